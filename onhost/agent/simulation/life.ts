import { between } from "./random.ts";
import { at, type Mariadb, type Tx, violate, type World } from "./world.ts";

/** The process ends; files stay. */
export function stopServer(server: Mariadb): void {
  if (server.state !== "running" && server.state !== "starting") return;
  Object.assign(server, {
    state: "stopped",
    frozen: false,
    io: false,
    sql: false,
    linked: false,
    refused: false,
    acking: false,
  });
  Object.assign(server, { ackEnabled: false, needsAck: false, readOnly: true, ioPosition: "" });
  server.acks.length = 0;
  server.waiting.length = 0;
}

/** After a power cut the engine may not know what it had committed last; the binlog does (sync_binlog=1). */
export function losePower(world: World, server: Mariadb): void {
  stopServer(server);
  server.engine = Math.max(0, server.engine - between(world.dice, 0, 2));
}

export function startServer(world: World, server: Mariadb, how: "plain" | "truncate"): void {
  if (server.state !== "stopped") return;
  server.state = "starting";
  server.how = how;
  server.startedAt = world.tick;
  server.readyAt = world.tick + between(world.dice, 3, 15);
}

/** Recovery is over: a plain start commits the tail, a truncating one takes it back where it can (point 8). */
export function begun(world: World, server: Mariadb): void {
  const tail = server.log.slice(server.engine);
  const unsafe = tail.some((tx) => tx.unsafe);
  if (server.how === "truncate" && unsafe && tail.length > 1) {
    server.state = "refuses";
    return;
  }
  if (server.how === "truncate" && !unsafe) truncate(server);
  server.engine = server.log.length;
  server.state = "running";
  server.lives++;
  if (server.how === "plain" && tail.length > 0 && server.openTerm > 0) inVain(world, server, tail);
}

/** Rule 11: a plain start shows what nobody acknowledged, so it must not happen where another has long been leading without that. */
function inVain(world: World, server: Mariadb, tail: readonly Tx[]): void {
  const { leader } = world.etcd.held;
  const name = world.names[server.host];
  if (leader === undefined || leader.member === name || (world.termSince[leader.term] ?? 0) + 20 > server.startedAt)
    return;
  const { log, readOnly } = at(world.servers, world.names.indexOf(leader.member));
  if (readOnly) return;
  const lost = tail.filter((tx) => !log.includes(tx));
  if (lost.length > 0)
    violate(
      world,
      `${name} was started plainly while ${leader.member} leads: it shows ${lost.length} writes that exist nowhere else`,
    );
}

function truncate(server: Mariadb): void {
  server.log.length = server.engine;
  server.lasts = [];
  for (const tx of server.log) if (!server.holes.has(tx)) server.lasts[tx.server] = tx.sequence;
  server.history = undefined;
}

/** A physical copy of what another has committed. */
export function seed(server: Mariadb, from: Mariadb, serverId: number): void {
  server.log = from.log.slice(0, from.engine);
  server.engine = server.log.length;
  server.relay = [];
  server.holes.clear();
  for (const hole of from.holes) server.holes.add(hole);
  server.lasts = [];
  for (const tx of server.log) if (!server.holes.has(tx)) server.lasts[tx.server] = tx.sequence;
  server.history = undefined;
  server.locked.clear();
  Object.assign(server, {
    state: "running",
    lives: server.lives + 1,
    frozen: false,
    serverId,
    readOnly: true,
    needsAck: false,
    ackEnabled: false,
  });
  Object.assign(server, {
    acking: false,
    source: undefined,
    io: false,
    sql: false,
    linked: false,
    refused: false,
    ioPosition: "",
    openTerm: 0,
  });
}

export function loseDisk(server: Mariadb): void {
  stopServer(server);
  server.state = "blank";
  server.log = [];
  server.engine = 0;
  server.relay = [];
  server.lasts = [];
  server.history = undefined;
  server.holes.clear();
  server.locked.clear();
  server.source = undefined;
}
