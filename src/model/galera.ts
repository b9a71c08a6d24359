import type { SiteDatabase } from "./site.ts";
import { type Host, hostsOf, type Topology } from "./topology.ts";

// What the members of a Galera cluster and its arbiter, which belong to different roles, must agree on.

/** Ports of the cluster's own talk, of the transactions that a member missed, and of a whole copy. */
export const galeraPorts = { cluster: 4567, missed: 4568, copy: 4444 } as const;

export function isGalera({ database }: { readonly database: SiteDatabase | undefined }): boolean {
  return database?.mode === "galera";
}

export function hasArbiter({ database }: { readonly database: SiteDatabase | undefined }): boolean {
  return database?.mode === "galera" && database.arbiter === "monitor";
}

/** Members and arbiter. */
export function votesOf(database: SiteDatabase): number {
  return database.hosts + Number(database.arbiter === "monitor");
}

/** Those who vote, the arbiter last. */
export function votersOf(topology: Topology): readonly Host[] {
  return [
    ...hostsOf(topology, "database"),
    ...(hasArbiter(topology.site) ? hostsOf(topology, "monitor").slice(0, 1) : []),
  ];
}

/** "gcomm://10.77.3.1:4567,…": a member joins whoever of them answers. It never says "nobody", which would found a cluster. */
export function clusterAddress(topology: Topology): string {
  return `gcomm://${votersOf(topology)
    .map(({ inside }) => `${inside}:${galeraPorts.cluster}`)
    .join(",")}`;
}

/** Options of the group communication that all must have alike (Galera 26.4), certificates of both sides demanded. */
export function groupOptions(
  host: Host,
  files: { readonly ca: string; readonly certificate: string; readonly key: string },
): readonly (readonly [name: string, value: string])[] {
  return [
    ["gmcast.listen_addr", `ssl://${host.inside}:${galeraPorts.cluster}`],
    ["socket.ssl", "YES"],
    ["socket.ssl_ca", files.ca],
    ["socket.ssl_cert", files.certificate],
    ["socket.ssl_key", files.key],
    // A member that is silent for 3 s is suspected, and left out when all others suspect it too; after 8 s in any case.
    ["evs.keepalive_period", "PT0.5S"],
    ["evs.inactive_check_period", "PT0.5S"],
    ["evs.suspect_timeout", "PT3S"],
    ["evs.inactive_timeout", "PT8S"],
    ["evs.install_timeout", "PT8S"],
  ];
}

/** As MariaDB and garbd take them. */
export function optionText(options: readonly (readonly [string, string])[]): string {
  return options.map(([name, value]) => `${name}=${value}`).join("; ");
}
