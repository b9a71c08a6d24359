import { shopSite } from "../../../test/fixture.ts";
import type { Role, RoleNetworks } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import { type Host, type RoleName, type Service, type Topology, tierName } from "../../model/topology.ts";
import { siteTopology } from "../../topology/topology.ts";
import { monitor } from "./monitor.ts";

/** The shop with services as the other roles declare them, and nothing else of those roles. */
export function watchedTopology(site: Site = shopSite): Topology {
  return siteTopology(site, [role("base"), role("balancer"), role("web"), role("app"), role("database"), monitor]);
}

function role(name: RoleName): Role {
  return {
    ...{ name, summary: "", rollout: { after: [], atOnce: 1 } },
    services: (host, site, networks) => offered(name, host, site, networks),
    flows: () => [],
    resources: () => [],
    checks: () => [],
  };
}

function offered(name: RoleName, host: Host, site: Site, networks: RoleNetworks): readonly Service[] {
  const service = (what: string, port: number, tlsName: string, metrics?: string): Service => ({
    ...{ name: `${name}.${what}`, role: name, host: host.name, address: host.inside, port, protocol: "tcp", tlsName },
    ...(metrics === undefined ? {} : { metrics }),
    summary: "",
  });
  const own = host.fqdn;
  const tier = tierName(site, host.service ?? host.tier);
  const app = site.app.find((one) => one.name === host.service);
  switch (name) {
    case "base":
      return [service("node-exporter", 9100, own, "/metrics")];
    case "balancer":
      return [
        { ...service("https", 443, site.domain), address: networks.virtual },
        service("metrics", 8405, tier, "/metrics"),
      ];
    case "web":
      return [service("metrics", 8405, tier, "/metrics"), service("nginx-exporter", 9113, own, "/metrics")];
    case "app":
      return [
        service("metrics", 8405, tier, "/metrics"),
        service(app?.name ?? "", app?.port ?? 0, tier, app?.metrics),
        ...(app?.push ? [service("pushed", 9102, tier, "/metrics")] : []),
      ];
    case "database":
      return [
        service("exporter", 9104, own, "/metrics"),
        service("agent", 8407, own, "/metrics"),
        service("store", 2379, own),
      ];
    default:
      return [];
  }
}
