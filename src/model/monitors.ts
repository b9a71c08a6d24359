import type { Site } from "./site.ts";
import { type Host, hostsOf, type Topology } from "./topology.ts";

/** Port on a monitor host's inside address at which the other one hands it alerts and fetches its figures. */
export const peerPort = 8413;

/** Port at which the Alertmanagers of two monitor hosts tell each other what they have told. */
export const gossipPort = 9094;

/** Seconds that the second of two Alertmanagers waits to hear that the first has told an alert. */
export const peerSeconds = 3;

/** Whether each monitor host has another that watches it. */
export function watchEachOther({ monitor }: Site): boolean {
  return monitor.hosts > 1;
}

/**
 * Whether this monitor host keeps what one alone can keep: the journals, the site's own store of backups, the order of the public certificate,
 * an arbiter's vote. The other one watches and tells.
 */
export function keepsForAll({ index }: Pick<Host, "index">): boolean {
  return index === 0;
}

/** The monitor hosts besides this one. */
export function peersOf({ name }: Pick<Host, "name">, topology: Topology): readonly Host[] {
  return hostsOf(topology, "monitor").filter((one) => one.name !== name);
}
