import { drainScript, readyScript } from "../../formats/haproxy-drain.ts";
import { metricsPort } from "../../formats/haproxy-parts.ts";
import { peersPort, webHostsBan } from "../../formats/haproxy-peers.ts";
import { acmeOf } from "../../model/certificate.ts";
import type { Around, Role } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import { type DeclaredFlow, type Host, hostsOf, type Service, type Topology, tierName } from "../../model/topology.ts";
import { webChecks } from "./checks.ts";
import { opensTls, webPort } from "./facts.ts";
import { exporterPort, webResources } from "./resources.ts";
import { statusPageFlows } from "./status-page.ts";

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
    {
      ...of,
      name: "web.https",
      port: webPort(site),
      tlsName: opensTls(site) ? site.domain : tlsName,
      summary: "The site, for the balancers.",
    },
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
    ...(webHostsBan(site)
      ? [{ ...of, name: "web.peers", port: peersPort, tlsName, summary: "Who is banned is told to the other hosts." }]
      : []),
  ];
}

function flows(site: Site): readonly DeclaredFlow[] {
  const peers = { role: "web", from: { kind: "tier", tier: "web" }, path: "limits.ban" } as const;
  const why = "A visitor who guesses passwords is banned at all balancers at once.";
  const ban = ["balancer.peers", "web.peers"].map((to): DeclaredFlow => ({ ...peers, to, why }));
  const services = site.app.map(
    (service): DeclaredFlow => ({
      role: "web",
      from: { kind: "tier", tier: "web" },
      to: `app.${service.name}`,
      why: `The web hosts pass requests to the service ${service.name}.`,
      path: `app.${service.name}.routes`,
    }),
  );
  const fetched: DeclaredFlow = {
    ...{ role: "web", from: { kind: "tier", tier: "web" }, to: "monitor.issuer", path: "tls.certificate" },
    why: "The web hosts fetch the public certificate, which they show to visitors.",
  };
  const fetches = opensTls(site) && acmeOf(site) !== undefined;
  return [...services, ...(fetches ? [fetched] : []), ...(webHostsBan(site) ? ban : []), ...statusPageFlows(site)];
}

/** The balancers leave the host alone while it restarts. */
function around(host: Host, topology: Topology): Around {
  const balancers = hostsOf(topology, "balancer").map((one) => one.name);
  const everywhere = (script: string) => Object.fromEntries(balancers.map((name) => [name, script]));
  return { before: everywhere(drainScript("web", host.name)), after: everywhere(readyScript("web", host.name)) };
}
