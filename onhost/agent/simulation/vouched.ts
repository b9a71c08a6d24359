import type { Cluster } from "../model.ts";
import { gtid } from "./server.ts";
import { at, type Mariadb, type Tx, violate, type World } from "./world.ts";

// What must be true the moment a client sees OK and the moment the set changes, whether or not a fault follows that makes it cost something: an
// election hears every published voter, so as long as one of them holds a write, none can go without it. The rare schedules in which a
// wrong order is paid for need not be waited for.

/** At an OK: the published set is empty (rule 4), or one of it holds the write (rule 1). */
export function acknowledged(world: World, server: Mariadb, tx: Tx): void {
  const { cluster } = world.etcd.held;
  if (cluster === undefined || cluster.primary !== world.names[server.host]) return;
  if (!vouched(world, cluster.voters, tx))
    violate(world, `write ${tx.id} was acknowledged, and none of the published voters (${cluster.voters}) holds it`);
}

/** At a change of the set by the primary: what was acknowledged last lies with one of the new set (rule 3). */
export function setChanges(world: World, next: Cluster): void {
  const { cluster } = world.etcd.held;
  const last = world.acked.at(-1);
  if (cluster === undefined || last === undefined || next.term !== cluster.term || next.voters === cluster.voters)
    return;
  if (!vouched(world, next.voters, last))
    violate(world, `the voters become ${next.voters}, and none of them holds acknowledged ${gtid(last)}`);
}

/** A lost disk takes along what nobody can vouch for any more. */
function vouched(world: World, voters: readonly string[], tx: Tx): boolean {
  if (voters.length === 0 || world.diskLost > 0) return true;
  return voters.some((voter) => holds(at(world.servers, world.names.indexOf(voter)), tx));
}

/** Received or applied; either survives a restart. */
function holds({ log, relay }: Mariadb, tx: Tx): boolean {
  return log[tx.sequence - 1] === tx || relay[tx.sequence - 1 - log.length] === tx;
}

/** Before a running member's data are given up: it holds something that the leader lacks, or lacks something in the middle (rule 12). */
export function builtAnew(world: World, server: Mariadb): void {
  const { leader } = world.etcd.held;
  const primary = world.servers[world.names.indexOf(leader?.member ?? "")];
  if (primary === undefined || primary === server || server.state !== "running" || server.holes.size > 0) return;
  if (server.log.every((tx, place) => primary.log[place] === tx))
    violate(world, `${world.names[server.host]} is built anew, though ${leader?.member} holds all that it holds`);
}
