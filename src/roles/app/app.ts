import { drainScript, readyScript } from "../../formats/haproxy-drain.ts";
import { metricsPort } from "../../formats/haproxy-parts.ts";
import { isGalera } from "../../model/galera.ts";
import type { Around, Role } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import { type DeclaredFlow, type Host, hostsOf, type Service, type Topology, tierName } from "../../model/topology.ts";
import { appChecks } from "./checks.ts";
import { serviceOf } from "./facts.ts";
import { pushServices } from "./push.ts";
import { appResources } from "./resources.ts";

/** Runs one service a host, behind TLS of its own, with a way to the database. */
export const app: Role = {
  name: "app",
  summary:
    "Runs a service as a confined systemd unit, behind TLS, with one port for database writes and one for reads.",
  rollout: { after: ["database"], atOnce: 1 },
  services: (host, site) => services(host, site),
  flows: (site) => flows(site),
  resources: appResources,
  checks: appChecks,
  around,
};

function services(host: Host, site: Site): readonly Service[] {
  const service = serviceOf(host, site);
  const tlsName = tierName(site, service.name);
  const of = { role: "app" as const, host: host.name, address: host.inside, protocol: "tcp" as const, tlsName };
  return [
    {
      ...of,
      ...{ name: `app.${service.name}`, port: service.port },
      ...(service.metrics === undefined ? {} : { metrics: service.metrics }),
      summary: `The service ${service.name}, for the web hosts.`,
    },
    {
      ...of,
      ...{ name: "app.metrics", port: metricsPort, metrics: "/metrics" },
      summary: "Figures of the app host's HAProxy: the service and its ways to the database.",
    },
    ...pushServices(of, service),
  ];
}

function flows(site: Site): readonly DeclaredFlow[] {
  const asked = isGalera(site) ? "database.member" : "database.agent";
  return site.app
    .filter((service) => service.database)
    .flatMap(({ name }) => {
      const flow = {
        role: "app" as const,
        from: { kind: "service" as const, service: name },
        path: `app.${name}.database`,
      };
      return [
        { ...flow, to: "database.mariadb", why: `The service ${name} has a database.` },
        { ...flow, to: asked, why: `The hosts of ${name} ask who takes writes and who serves reads.` },
      ];
    });
}

/** The web hosts leave the host alone while its program restarts. */
function around(host: Host, topology: Topology): Around {
  const pool = `app_${serviceOf(host, topology.site).name}`;
  const webHosts = hostsOf(topology, "web").map((one) => one.name);
  const everywhere = (script: string) => Object.fromEntries(webHosts.map((name) => [name, script]));
  return { before: everywhere(drainScript(pool, host.name)), after: everywhere(readyScript(pool, host.name)) };
}
