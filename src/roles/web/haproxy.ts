import { type HaproxySection, haproxyFile } from "../../formats/haproxy.ts";
import {
  globalSection,
  haproxyPaths,
  httpDefaults,
  metricsFrontend,
  noteRequest,
  poolSections,
  usePool,
} from "../../formats/haproxy-parts.ts";
import type { AppService, Site } from "../../model/site.ts";
import { type Host, offersOf, type Topology, tierName } from "../../model/topology.ts";
import { poolName, serviceHeader, servicesPort } from "./facts.ts";

/**
 * haproxy.cfg of a web host: takes requests from the nginx beside it and spreads them over the hosts of their service. It
 * does what nginx cannot: active health checks, tries elsewhere, draining by socket, figures by service.
 */
export function webHaproxy(host: Host, topology: Topology): string {
  const { site } = topology;
  const sections = [
    globalSection(),
    httpDefaults("1h"),
    ...(site.app.length > 0 ? [servicesFrontend(site)] : []),
    ...servicePools(topology),
    metricsFrontend(host.inside, tierName(site, "monitor")),
  ];
  const why = "spreads requests over the hosts of the services.";
  return haproxyFile(sections, `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`);
}

function servicesFrontend(site: Site): HaproxySection {
  return {
    kind: "frontend",
    name: "services",
    from: "http",
    why: "nginx on this host asks here; it has chosen the service already.",
    lines: [
      `bind 127.0.0.1:${servicesPort}`,
      ...noteRequest("var(txn.request)"),
      "http-request set-var(txn.request) req.hdr(X-Request-ID)",
      "http-request set-src hdr(X-Forwarded-For)",
      `http-request set-var(txn.service) req.hdr(${serviceHeader})`,
      `http-request del-header ${serviceHeader}`,
      "http-request set-log-level silent if { path /.rampart/ping }",
      "http-request return status 200 content-type text/plain string alive if { path /.rampart/ping }",
      "# An answer of unknown length is a stream: nginx passes each piece at once.",
      "http-response set-header X-Accel-Buffering no unless { res.hdr(Content-Length) -m found }",
      ...site.app.flatMap((service) => usePool(poolName(service), `{ var(txn.service) -m str ${service.name} }`)),
    ],
  };
}

const poolsOf = new WeakMap<Topology, readonly HaproxySection[]>();

/** The same on all web hosts, so they are made once. */
function servicePools(topology: Topology): readonly HaproxySection[] {
  const pools = poolsOf.get(topology) ?? topology.site.app.flatMap((service) => servicePool(service, topology));
  poolsOf.set(topology, pools);
  return pools;
}

function servicePool(service: AppService, topology: Topology): readonly HaproxySection[] {
  return poolSections({
    name: poolName(service),
    why: `The service ${service.name}.`,
    tlsName: tierName(topology.site, service.name),
    health: service.health,
    servers: offersOf(topology, `app.${service.name}`).map(({ host, address, port }) => ({
      name: host,
      address,
      port,
    })),
    lines: [502, 503, 504].map((status) => `errorfile ${status} ${haproxyPaths.errors}/rampart-${status}.http`),
  });
}
