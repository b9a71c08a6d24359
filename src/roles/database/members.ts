import { type Host, hostsOf, type Topology } from "../../model/topology.ts";

/** How the hosts of the tier stand to one another in this version: the first is the primary, the next two acknowledge. */
export interface Members {
  readonly primary: Host;
  readonly replicas: readonly Host[];
  /**
   * Replicas that acknowledge writes. Any one of them may, so a safe promotion must hear from all: two are enough to go on
   * when one is lost, and every further one would make a promotion harder.
   */
  readonly voters: readonly Host[];
}

export function members(topology: Topology): Members | undefined {
  const [primary, ...replicas] = hostsOf(topology, "database");
  if (primary === undefined) return undefined;
  return { primary, replicas, voters: replicas.slice(0, 2) };
}

/** The replication account of a member: services' accounts hold no dot, so it is never one of theirs. */
export function replicationAccount(host: Host): string {
  return `replica.${host.name}`;
}
