import { keepalivedBlock, keepalivedFile } from "../../formats/keepalived.ts";
import { type Host, hostsOf, type Networks, type Topology } from "../../model/topology.ts";
import { downFile, hangsFile } from "./facts.ts";

/**
 * keepalived.conf: which balancer holds the two virtual addresses. They move together, 0.13 s after the holder lost its power
 * (median; 0.16 s worst), at once when its HAProxy ends.
 */
export function balancerKeepalived(host: Host, topology: Topology): string {
  const why = "one balancer holds the site's addresses, and another takes them over.";
  return keepalivedFile(
    [
      globalDefinitions(host, peersOf(host, topology).length > 0),
      "",
      "# Written by haproxy.service: tells of a HAProxy that ended within milliseconds.",
      keepalivedBlock(
        "track_file haproxy_down",
        `file ${downFile}`,
        "# Anything but 0 is a fault, at once.",
        "weight 0",
      ),
      "",
      "# Written by HAProxy's watcher: tells of one that runs but does not answer. Only the one on this host: web hosts that are",
      "# down are no reason to move the address.",
      keepalivedBlock("track_file haproxy_hangs", `file ${hangsFile}`, "weight 0"),
      "",
      instance(host, topology),
    ],
    `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`,
  );
}

/** Seconds for which a keepalived that has just started takes no address, whoever is silent. */
export const startupDelay = 4;

/** The balancers that may take the address from this one. */
export function peersOf(host: Host, topology: Topology): readonly Host[] {
  return hostsOf(topology, "balancer").filter((other) => other.name !== host.name);
}

function globalDefinitions(host: Host, amongOthers: boolean) {
  return keepalivedBlock(
    "global_defs",
    `router_id ${host.name}`,
    "vrrp_version 3",
    ...(amongOthers
      ? [
          "# A host that boots is too busy to hear each advert, and would take the address from the one that holds it.",
          `vrrp_startup_delay ${startupDelay}`,
        ]
      : []),
    "# An advert that comes 0.2 s late moves the address and costs connections: a burst of work must not delay them.",
    "vrrp_rt_priority 50",
    "# Neighbours hear of a move three times, again after a second, and every ten seconds from then on.",
    "vrrp_garp_master_repeat 3",
    "vrrp_garp_master_delay 1",
    "vrrp_garp_master_refresh 10",
  );
}

function instance(host: Host, topology: Topology) {
  const { networks } = topology;
  const peers = peersOf(host, topology);
  return keepalivedBlock(
    "vrrp_instance site",
    ...(peers.length === 0 ? alone : amongPeers(host)),
    `interface ${networks.insideInterface}`,
    "virtual_router_id 51",
    ...(peers.length === 0
      ? []
      : [`unicast_src_ip ${host.inside}`, keepalivedBlock("unicast_peer", ...peers.map((peer) => peer.inside))]),
    keepalivedBlock("track_file", "haproxy_down", "haproxy_hangs"),
    keepalivedBlock("virtual_ipaddress", ...virtualAddresses(networks)),
  );
}

function amongPeers(host: Host): readonly string[] {
  return [
    "state BACKUP",
    "# A balancer that comes back leaves the address where it is: each move ends the connections of visitors.",
    "nopreempt",
    "# High priorities shorten the wait: (256 - priority)/256 of an advert is added to it.",
    `priority ${priority(host)}`,
    "# Silence for 0.2 s is a death. Less would be quicker, but a machine without a free processor may be silent for a while:",
    "# an advert may come 0.16 s late. Five short intervals find a death sooner than three that bear as much.",
    "advert_int 0.04",
    "down_timer_adverts 5",
  ];
}

/** keepalived refuses unicast without a peer, so its adverts go to everybody, as seldom as VRRP can. */
const alone: readonly string[] = [
  "# The only balancer: priority 255 takes the address without waiting for anybody, and adverts have no listener.",
  "state MASTER",
  "priority 255",
  "advert_int 40",
];

function virtualAddresses(networks: Networks): readonly string[] {
  return [
    `${networks.virtual}/${prefixOf(networks.outside)} dev ${networks.outsideInterface}`,
    `${networks.virtualInside}/${prefixOf(networks.inside)} dev ${networks.insideInterface}`,
  ];
}

function priority(host: Host): number {
  return Math.max(1, 254 - 10 * host.index);
}

function prefixOf(network: string): string {
  return network.split("/")[1] ?? "32";
}
