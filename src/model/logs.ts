import { type Host, hostsOf, type Topology } from "./topology.ts";

/** Where hosts send their journals to: a port of the monitor host, the one that systemd-journal-remote(8) has. */
export const logsPort = 19_532;

/** Every host's journal, on the monitor host: one file for each sender, and older ones beside it. */
export const logsFolder = "/var/log/journal/remote";

/**
 * What stands for a host in the store: an address of the monitor's loopback that follows from its own. The store knows senders
 * by address alone; this one is given to a sender by its certificate, so nobody speaks in another's name.
 */
export function senderAddress({ inside }: Pick<Host, "inside">): string {
  return `127.${inside.split(".").slice(1).join(".")}`;
}

/** The journal files that hold what a host said, as journalctl's `--file` takes them. */
export function senderFiles(host: Pick<Host, "inside">): readonly string[] {
  const name = `${logsFolder}/remote-${senderAddress(host)}`;
  return [`${name}.journal`, `${name}@*.journal`];
}

/** The host that keeps everybody's logs; undefined when a site has no monitor. */
export function logsHost(topology: Topology): Host | undefined {
  return hostsOf(topology, "monitor")[0];
}

/** Seconds between two signs of life that every host says into its journal. */
export const signOfLifeSeconds = 300;
