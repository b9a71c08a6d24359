import { type HaproxySection, haproxyFile } from "../../formats/haproxy.ts";
import { clientIs, globalSection, httpDefaults, insideBind, metricsFrontend } from "../../formats/haproxy-parts.ts";
import type { AppService } from "../../model/site.ts";
import { type Host, type Topology, tierName } from "../../model/topology.ts";
import { databaseSections } from "./database.ts";
import { serviceOf } from "./facts.ts";
import { pushSections } from "./push.ts";

/** haproxy.cfg of an app host: TLS in front of the service, and its ways to the database. */
export function appHaproxy(host: Host, topology: Topology): string {
  const { site } = topology;
  const service = serviceOf(host, site);
  const sections = [
    globalSection([], "none"),
    httpDefaults("1h"),
    serviceFrontend(host, service, topology),
    programBackend(host, service),
    ...(service.database ? databaseSections(topology) : []),
    ...pushSections(host, service, topology),
    metricsFrontend(host.inside, tierName(site, "monitor")),
  ];
  const why = "TLS in front of the service, and its ways to the database.";
  return haproxyFile(sections, `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`);
}

function serviceFrontend(host: Host, service: AppService, { site }: Topology): HaproxySection {
  const web = clientIs(tierName(site, "web"));
  const monitor = clientIs(tierName(site, "monitor"));
  const forMonitor = [service.health, ...(service.metrics === undefined ? [] : [service.metrics])];
  return {
    kind: "frontend",
    name: "service",
    from: "http",
    why: "The web hosts may ask for everything but the metrics, the monitor for health and metrics only.",
    lines: [
      insideBind(host.inside, service.port),
      "option dontlog-normal",
      "option httplog",
      `http-request deny deny_status 403 unless ${web} or ${monitor}`,
      `http-request deny deny_status 403 if ${monitor} !{ path ${forMonitor.join(" ")} }`,
      ...(service.metrics === undefined
        ? []
        : [`http-request return status 404 if ${web} { path -i ${service.metrics} }`]),
      "default_backend program",
    ],
  };
}

function programBackend(host: Host, service: AppService): HaproxySection {
  return {
    kind: "backend",
    name: "program",
    from: "http",
    why: "The program itself. Web hosts check its health through here.",
    lines: [
      "# Programs close waiting connections when they like (Node after 5 s), so each request has one of its own.",
      "http-reuse never",
      "option http-server-close",
      "# While the program restarts its port refuses: ask again every 200 ms, for 3 s. Nothing was sent, so nothing is sent twice.",
      "timeout connect 200ms",
      "retries 15",
      "retry-on conn-failure",
      "# No answer from the program is no answer from here: the web host then asks another host, if that is safe.",
      "errorfile 502 /dev/null",
      "errorfile 503 /dev/null",
      `server ${host.name} 127.0.0.1:${service.port}`,
    ],
  };
}
