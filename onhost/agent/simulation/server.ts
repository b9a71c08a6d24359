import type { Server } from "../model.ts";
import { begun } from "./life.ts";
import { between, chance } from "./random.ts";
import { acknowledged } from "./vouched.ts";
import { at, type Mariadb, note, passes, type Tx, violate, type World } from "./world.ts";

/** MariaDB as DATABASE.md and MARIADB.md number it: one tick of one server. */
export function serverTick(world: World, server: Mariadb): void {
  if (server.state === "starting" && world.tick >= server.readyAt && !server.frozen) begun(world, server);
  if (server.state !== "running" || server.frozen) return;
  if (!server.readOnly && world.writing) write(world, server);
  if (server.acks.length > 0) acknowledge(world, server);
  if (server.io) receive(world, server);
  if (server.sql && server.relay.length > 0 && world.tick >= server.slowUntil) apply(world, server);
}

function write(world: World, server: Mariadb): void {
  if (server.waiting.length >= 3 || !chance(world.dice, 0.35)) return;
  const last = server.log.at(-1)?.sequence ?? 0;
  const tx: Tx = {
    id: world.nextWrite++,
    server: server.serverId,
    sequence: last + 1,
    unsafe: world.unsafeNext,
    born: world.tick,
    mark: 0,
  };
  world.unsafeNext = false;
  append(server, tx);
  if (server.needsAck) {
    server.waiting.push(server.log.length);
    return;
  }
  server.engine = server.log.length;
  ok(world, server, tx);
}

/** Point 1: one acknowledgement of any replica commits everything up to it. */
function acknowledge(world: World, server: Mariadb): void {
  let upTo = 0;
  for (let index = server.acks.length - 1; index >= 0; index--) {
    const ack = at(server.acks, index);
    if (ack.at > world.tick) continue;
    upTo = Math.max(upTo, ack.upTo);
    server.acks.splice(index, 1);
  }
  commitUpTo(world, server, upTo);
}

export function commitUpTo(world: World, server: Mariadb, upTo: number): void {
  while (server.waiting.length > 0 && at(server.waiting, 0) <= upTo) {
    const place = server.waiting.shift() ?? 0;
    server.engine = Math.max(server.engine, place);
    ok(world, server, at(server.log, place - 1));
  }
}

/** The client sees OK: from here on the write must never be lost. */
function ok(world: World, server: Mariadb, tx: Tx): void {
  world.acked.push(tx);
  world.lastAck = world.tick;
  acknowledged(world, server, tx);
  const other = world.ackedBy.get(server.openTerm);
  if (other === undefined) world.ackedBy.set(server.openTerm, server.host);
  else if (other !== server.host) violate(world, `two members acknowledged in term ${server.openTerm}`);
  const { cluster } = world.etcd.held;
  if (
    cluster !== undefined &&
    cluster.primary !== world.names[server.host] &&
    tx.born > (world.termSince[cluster.term] ?? 0)
  ) {
    violate(
      world,
      `${world.names[server.host]} acknowledged write ${tx.id}, begun after ${cluster.primary} was elected`,
    );
  }
}

function receive(world: World, server: Mariadb): void {
  const source = server.source === undefined ? undefined : world.servers[server.source];
  if (source === undefined) return;
  const heard = source.state === "running" && passes(world, source.host, server.host);
  if (!server.linked) {
    if (heard && !source.frozen && passes(world, server.host, source.host) && !source.locked.has(server.host))
      connect(world, server, source);
    return;
  }
  if (!heard || source.frozen) {
    server.unheard++;
    if (source.state !== "running" || server.unheard > 20) server.linked = false;
    return;
  }
  server.unheard = 0;
  if (server.owed > 0) sendAck(world, server, source, server.owed);
  let place = server.log.length + server.relay.length;
  const most = world.tick < server.slowlyReceivingUntil ? Number(chance(world.dice, 0.1)) : between(world.dice, 0, 4);
  const goal = Math.min(source.log.length, place + most);
  if (goal === place) return;
  for (; place < goal; place++) fetchOne(world, server, at(source.log, place));
  server.ioPosition = gtid(at(source.log, goal - 1));
  if (server.acking) sendAck(world, server, source, goal);
}

/** Point 7: its own events are skipped without a word, unless it is set to acknowledge. */
function fetchOne(world: World, server: Mariadb, tx: Tx): void {
  if (tx.server === server.serverId && !server.ackEnabled) {
    server.holes.add(tx);
    violate(world, `${world.names[server.host]} silently skipped transaction ${gtid(tx)} with all signs green`);
  }
  server.relay.push(tx);
}

/** The position asked for counts as received; one that the source does not know is refused with error 1236. */
function connect(world: World, server: Mariadb, source: Mariadb): void {
  const place = server.log.length + server.relay.length;
  const last = server.relay.at(-1) ?? server.log.at(-1);
  if (place > source.log.length || (place > 0 && source.log[place - 1] !== last)) {
    server.io = false;
    server.refused = true;
    note(world, `${world.names[server.host]} is refused by ${world.names[source.host]}: error 1236`);
    return;
  }
  server.linked = true;
  server.unheard = 0;
  server.owed = 0;
  server.acking = server.ackEnabled;
  server.ioPosition = last === undefined ? "" : gtid(last);
  // It acknowledges from where the source begins to read: an entry of its GTID index, which may lie well before.
  if (server.acking) sendAck(world, server, source, Math.max(0, place - between(world.dice, 0, 4)));
}

function sendAck(world: World, server: Mariadb, source: Mariadb, upTo: number): void {
  server.owed = passes(world, server.host, source.host) ? 0 : upTo;
  if (server.owed === 0) source.acks.push({ upTo, at: world.tick + between(world.dice, 0, 2) });
}

function apply(world: World, server: Mariadb): void {
  for (let count = between(world.dice, 0, 5); count > 0; count--) {
    const tx = server.relay.shift();
    if (tx === undefined) return;
    append(server, tx);
    server.engine = server.log.length;
  }
}

function append(server: Mariadb, tx: Tx): void {
  server.log.push(tx);
  if (server.holes.has(tx)) return;
  server.lasts[tx.server] = tx.sequence;
  server.history = undefined;
}

/** Point 6: START SLAVE in any form with both threads stopped purges what was received and not applied. */
export function startSlave(world: World, server: Mariadb, threads: { io: boolean; sql: boolean }): void {
  if (!server.io && !server.sql) purge(world, server);
  if (threads.io) {
    server.io = true;
    server.refused = false;
  }
  if (threads.sql) server.sql = true;
}

export function stopIo(server: Mariadb): void {
  server.io = false;
  server.linked = false;
  server.acking = false;
}

/** CHANGE MASTER purges at once, and `Gtid_IO_Pos` goes on showing what it did. */
export function changeMaster(world: World, server: Mariadb, source: number): void {
  purge(world, server);
  server.source = source;
  server.refused = false;
}

export function purge(world: World, server: Mariadb): void {
  if (server.relay.length > 0)
    note(world, `${world.names[server.host]} purges ${server.relay.length} received transactions`);
  server.relay = [];
}

export function gtid({ server, sequence }: Tx): string {
  return `1-${server}-${sequence}`;
}

export function position(server: Mariadb): string {
  const last = server.log.at(-1);
  return last === undefined ? "" : gtid(last);
}

/** What the agent on the same host sees. */
export function seen(world: World, server: Mariadb): Server {
  const running = server.state === "running" && !server.frozen;
  const last = server.relay.at(-1) ?? server.log.at(-1);
  server.history ??= historyText(server);
  return {
    state: server.state === "running" && server.frozen ? "hung" : server.state,
    start: running ? `${server.host}.${server.lives}` : "",
    serverId: server.serverId,
    readOnly: server.readOnly,
    needsAck: server.needsAck,
    waiting: server.waiting.length,
    connected: running ? connected(world, server) : [],
    locked: server.locked.size === 0 ? [] : [...server.locked].map((host) => at(world.names, host)),
    ackEnabled: server.ackEnabled,
    acking: server.linked && server.acking,
    source: server.source === undefined ? undefined : world.names[server.source],
    receiving: server.refused ? "refused" : !server.io ? "no" : server.linked ? "yes" : "connecting",
    applying: server.sql,
    received: last === undefined ? "" : gtid(last),
    position: position(server),
    history: server.history,
  };
}

function connected(world: World, server: Mariadb): string[] {
  const found: string[] = [];
  for (const other of world.servers)
    if (other.linked && other.source === server.host) found.push(at(world.names, other.host));
  return found;
}

function historyText(server: Mariadb): string {
  let text = "";
  server.lasts.forEach((sequence, number) => {
    text += `${text === "" ? "" : ","}1-${number}-${sequence}`;
  });
  return text;
}
