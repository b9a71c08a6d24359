import { gtid } from "./server.ts";
import { at, type Mariadb, violate, type World } from "./world.ts";

/** A cluster that is whole: a leader whose writes are acknowledged, and every member following it, voters acknowledging. */
export function settled(world: World, since: number): boolean {
  const { leader, cluster } = world.etcd.held;
  if (leader === undefined || cluster === undefined || cluster.primary !== leader.member) return false;
  const primary = at(world.servers, world.names.indexOf(leader.member));
  if (primary.state !== "running" || primary.readOnly || !primary.needsAck || cluster.voters.length < 2) return false;
  if (world.lastAck <= since) return false;
  return world.servers.every((server) => server === primary || inLine(world, server, primary, cluster.voters));
}

function inLine(world: World, server: Mariadb, primary: Mariadb, voters: readonly string[]): boolean {
  const voter = voters.includes(at(world.names, server.host));
  return (
    server.state === "running" &&
    server.linked &&
    server.sql &&
    server.source === primary.host &&
    server.acking === voter
  );
}

/** The reckoning, with all writers silent: nothing acknowledged is missing, nothing is there twice, all members are alike. */
export function finalFault(world: World): string | undefined {
  const primary = leading(world);
  if (primary === undefined) return "there is no leader any more";
  return (
    lostWrites(world) ??
    world.servers.map((server) => unlike(world, server, primary)).find((fault) => fault !== undefined)
  );
}

/** What an open primary should have and has not, or has twice. */
export function lostWrites(world: World): string | undefined {
  const primary = leading(world);
  if (primary === undefined || primary.state !== "running" || primary.readOnly) return undefined;
  for (const tx of primary.log) tx.mark = 0;
  for (const tx of primary.log) {
    if (tx.mark > 0) return `write ${tx.id} is there twice`;
    if (!primary.holes.has(tx)) tx.mark = 1;
  }
  const lost = world.acked.filter((tx) => tx.mark === 0 || primary.log[tx.sequence - 1] !== tx);
  const [first] = lost;
  if (first === undefined) return undefined;
  return `${lost.length} acknowledged ${lost.length === 1 ? "write is" : "writes are"} lost, the first ${gtid(first)} (write ${first.id})`;
}

function leading(world: World): Mariadb | undefined {
  const { leader } = world.etcd.held;
  return leader === undefined ? undefined : world.servers[world.names.indexOf(leader.member)];
}

function unlike(world: World, server: Mariadb, primary: Mariadb): string | undefined {
  if (server === primary) return undefined;
  const name = world.names[server.host];
  if (server.log.some((tx, index) => primary.log[index] !== tx))
    return `${name} holds a transaction that the primary lacks, and nobody noticed`;
  if (server.holes.size > 0) return `${name} lacks a transaction in the middle, and nobody noticed`;
  return server.log.length < primary.log.length ? `${name} does not catch up` : undefined;
}

/** Rule 2 of the promise, seen from the clients: an old primary whose agent runs must not stay open beside a new one. */
export function twoOpen(world: World): void {
  const other = leading(world);
  const two =
    other !== undefined &&
    other.state === "running" &&
    !other.readOnly &&
    world.etcd.held.cluster?.paused === false &&
    world.servers.some((server) => server !== other && lingering(world, server));
  if (!two) {
    world.twoSince = world.tick;
    return;
  }
  if (world.tick - world.twoSince > 30)
    violate(
      world,
      `two members have been open for writes for 3 s: ${world.etcd.held.leader?.member} and an old primary`,
    );
}

function lingering(world: World, server: Mariadb): boolean {
  const agent = at(world.agents, server.host);
  return server.state === "running" && !server.readOnly && !server.frozen && agent.up && !agent.frozen;
}
