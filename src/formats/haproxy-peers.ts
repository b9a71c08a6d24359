import type { Site } from "../model/site.ts";
import { type Host, hostsOf, type Topology, tierName } from "../model/topology.ts";
import type { HaproxySection } from "./haproxy.ts";
import { haproxyPaths } from "./haproxy-parts.ts";
import { countsLogins } from "./haproxy-visitors.ts";

/** Port at which hosts tell each other of bans. */
export const peersPort = 10_000;

/**
 * Hosts that tell each other of bans: the balancers, and the web hosts too when they are the ones who see answers. HAProxy
 * passes on only what it decided itself, so each of them knows all others. Empty when there is nobody to tell.
 */
export function banPeers(topology: Topology): readonly Host[] {
  const hosts = [...hostsOf(topology, "balancer"), ...(webHostsBan(topology.site) ? hostsOf(topology, "web") : [])];
  return hosts.length > 1 ? hosts : [];
}

/** Whether the web hosts are the ones who see that log-ins fail. */
export function webHostsBan(site: Site): boolean {
  return site.tls.terminate === "web" && countsLogins(site);
}

/** The section `peers site` of one host, by mutual TLS; empty when there is nobody to tell. */
export function peersSections(host: Host, topology: Topology): readonly HaproxySection[] {
  const { certificate, ca } = haproxyPaths;
  const hosts = banPeers(topology);
  if (hosts.length === 0) return [];
  const line = ({ name, inside, tier }: Host) =>
    name === host.name
      ? `server ${name}`
      : `server ${name} ${inside}:${peersPort} verifyhost ${tierName(topology.site, tier)}`;
  return [
    {
      kind: "peers",
      name: "site",
      why: "Who is banned is known to all of them within milliseconds. The line without an address is this host.",
      lines: [
        `bind ${host.inside}:${peersPort} ssl crt ${certificate} ca-file ${ca} verify required ssl-min-ver TLSv1.3`,
        `default-server ssl crt ${certificate} ca-file ${ca} verify required`,
        ...hosts.map(line),
      ],
    },
  ];
}
