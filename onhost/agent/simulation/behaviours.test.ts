import { test } from "vitest";
import { world } from "./beginning.ts";
import { behaviours } from "./behaviours.ts";
import { startServer, stopServer } from "./life.ts";
import type { Answer, Name, Rig, Sight, Threads } from "./rig.ts";
import { changeMaster, purge, seen, serverTick, startSlave, stopIo } from "./server.ts";
import { at, type Mariadb, type World } from "./world.ts";

// The model does what MariaDB does: see test/scenarios/mariadb.test.ts, where real servers are asked the same.

test.each(behaviours)("point $point: $name", async ({ tryOn }) => {
  for (let seed = 1; seed <= 20; seed++) await tryOn(modelRig(seed));
});

const names: readonly Name[] = ["a", "b", "c"];

/** Servers of the simulation, without agents. */
function modelRig(seed: number): Rig {
  const model = world(seed, { members: 3, strict: true, bare: true, stale: 0, hooks: {}, trace: false });
  model.writing = false;
  at(model.servers, 0).needsAck = false;
  const of = (name: Name) => at(model.servers, names.indexOf(name));
  const settle = async () => {
    for (let ticks = 0; ticks < 40; ticks++) tick(model);
  };
  return {
    settle,
    write: async (on, what = "row") => written(model, of(on), what),
    look: async (member) => sight(model, of(member)),
    requireAcks: async (member) => set(of(member), { needsAck: true }),
    acknowledge: async (member, on) => set(of(member), { ackEnabled: on }),
    stop: async (member, threads) => stop(of(member), threads),
    start: async (member, threads) => startSlave(model, of(member), { io: threads !== "sql", sql: threads !== "io" }),
    changeMaster: async (member, source) => changeMaster(model, of(member), names.indexOf(source)),
    open: async (member) => open(model, of(member)),
    setServerId: async (member, id) => set(of(member), { serverId: id }),
    kill: async (member) => stopServer(of(member)),
    begin: async (member, how) => {
      startServer(model, of(member), how);
      await settle();
    },
    freeze: async (member) => set(of(member), { frozen: true }),
    thaw: async (member) => set(of(member), { frozen: false }),
  };
}

function set(server: Mariadb, change: Partial<Mariadb>): void {
  Object.assign(server, change);
}

function tick(model: World): void {
  model.tick++;
  for (const server of model.servers) serverTick(model, server);
}

function written(model: World, server: Mariadb, what: "row" | "definition"): () => Promise<Answer> {
  const place = server.log.length;
  const { lives } = server;
  model.writing = true;
  model.unsafeNext = what === "definition";
  while (server.log.length === place) {
    model.tick++;
    serverTick(model, server);
  }
  model.writing = false;
  const tx = at(server.log, place);
  return async () => {
    if (model.acked.includes(tx)) return "ok";
    return server.state === "running" && server.lives === lives ? "waiting" : "failed";
  };
}

function stop(server: Mariadb, threads: Threads): void {
  if (threads !== "sql") stopIo(server);
  if (threads !== "io") server.sql = false;
}

function open(model: World, server: Mariadb): void {
  stop(server, "both");
  purge(model, server);
  Object.assign(server, { source: undefined, readOnly: false, openTerm: 2 });
}

function sight(model: World, server: Mariadb): Sight {
  const { connected, receiving, acking } = seen(model, server);
  const shown = server.log.slice(0, server.engine).filter((tx) => !tx.unsafe && !server.holes.has(tx));
  const told = /(\d+)$/.exec(server.ioPosition)?.[1];
  return {
    ...{ runs: server.state === "running", logged: server.log.length, unapplied: server.relay.length },
    ...{ rows: shown.length, acking, receiving, told: told === undefined ? undefined : Number(told) },
    connected: names.filter((_, host) => connected.includes(at(model.names, host))),
  };
}
