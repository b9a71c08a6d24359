import type { Server } from "../model.ts";
import { between, chance } from "./random.ts";
import { at, type Mariadb, note, passes, type Tx, violate, type World } from "./world.ts";

/** MariaDB as DATABASE.md and MARIADB.md number it: one tick of one server. */
export function serverTick(world: World, server: Mariadb): void {
  if (server.state === "starting" && world.tick >= server.readyAt && !server.frozen) started(world, server);
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
  server.acking = server.ackEnabled;
  server.ioPosition = last === undefined ? "" : gtid(last);
  if (server.acking) sendAck(world, server, source, place);
}

function sendAck(world: World, server: Mariadb, source: Mariadb, upTo: number): void {
  if (!passes(world, server.host, source.host)) return;
  source.acks.push({ upTo, at: world.tick + between(world.dice, 0, 2) });
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

function started(world: World, server: Mariadb): void {
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
  const { log } = at(world.servers, world.names.indexOf(leader.member));
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
