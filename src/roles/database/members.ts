import { type Host, hostsOf, type Topology } from "../../model/topology.ts";

/** Replicas that acknowledge writes. Two are enough to go on when one is lost; each further one makes an election harder. */
export const mostVoters = 2;

/** How many members hold the store: with three, one may be lost. More would only make each of its writes slower. */
const storeMembers = 3;

/** The hosts on which etcd runs. */
export function storeHosts(topology: Topology): readonly Host[] {
  return hostsOf(topology, "database").slice(0, storeMembers);
}

export function holdsStore(host: Host): boolean {
  return host.index < storeMembers;
}
