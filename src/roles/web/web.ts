import { drainScript, readyScript } from "../../formats/haproxy-drain.ts";
import { metricsPort } from "../../formats/haproxy-parts.ts";
import type { Around, Role } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import { type DeclaredFlow, type Host, hostsOf, type Service, type Topology, tierName } from "../../model/topology.ts";
import { webChecks } from "./checks.ts";
import { webPort } from "./facts.ts";
import { exporterPort, webResources } from "./resources.ts";

/** Serves the site's files, and passes requests to the services they belong to. */
export const web: Role = {
  name: "web",
  summary: "Serves the site's files, and passes everything else to the service it belongs to.",
  rollout: { after: ["app"], atOnce: 1 },
  services: (host, site) => services(host, site),
  flows: (site) => flows(site),
  resources: webResources,
  checks: webChecks,
  around,
};

function services(host: Host, site: Site): readonly Service[] {
  const of = { role: "web" as const, host: host.name, address: host.inside, protocol: "tcp" as const };
  const tlsName = tierName(site, "web");
  return [
    { ...of, name: "web.https", port: webPort, tlsName, summary: "The site, for the balancers." },
    {
      ...of,
      ...{ name: "web.metrics", port: metricsPort, tlsName, metrics: "/metrics" },
      summary: "Figures of the web host's HAProxy: requests and health by service.",
    },
    {
      ...of,
      ...{ name: "web.nginx-exporter", port: exporterPort, tlsName: host.fqdn, metrics: "/metrics" },
      summary: "Figures of nginx.",
    },
  ];
}

function flows(site: Site): readonly DeclaredFlow[] {
  return site.app.map((service) => ({
    role: "web",
    from: { kind: "tier", tier: "web" },
    to: `app.${service.name}`,
    why: `The web hosts pass requests to the service ${service.name}.`,
    path: `app.${service.name}.routes`,
  }));
}

/** The balancers leave the host alone while it restarts. */
function around(host: Host, topology: Topology): Around {
  const balancers = hostsOf(topology, "balancer").map((one) => one.name);
  const everywhere = (script: string) => Object.fromEntries(balancers.map((name) => [name, script]));
  return { before: everywhere(drainScript("web", host.name)), after: everywhere(readyScript("web", host.name)) };
}
