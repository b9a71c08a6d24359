import type { Cluster } from "../model.ts";
import { nothingYet } from "../since.ts";
import { dice } from "./random.ts";
import { type Agent, type Held, type Hooks, type Mariadb, quickly, type World } from "./world.ts";

/** A cluster at rest, before anything happens to it. */
export function world(
  seed: number,
  options: { members: number; strict: boolean; bare: boolean; stale: number; hooks: Hooks; trace: boolean },
): World {
  const names = ["db1", "db2", "db3", "db4"].slice(0, options.members);
  const chances = dice(seed);
  const voters = options.bare ? [] : names.slice(1, 3);
  const cluster: Cluster = {
    term: 1,
    primary: "db1",
    start: "",
    voters,
    admitting: undefined,
    heir: undefined,
    paused: false,
    strict: options.strict,
    serverIds: Object.fromEntries(names.map((name, at) => [name, at + 1])),
    nextServerId: names.length + 1,
    history: [{ term: 1, primary: "db1", kind: "first", position: "", reason: "The cluster was founded." }],
  };
  const held: Held = {
    revision: 1,
    cluster,
    clusterRevision: 1,
    leader: { member: "db1", term: 1 },
    leaderLease: 1,
    votes: {},
    request: undefined,
  };
  return {
    names,
    dice: chances,
    hooks: options.hooks,
    settings: quickly,
    stale: options.stale,
    tick: 0,
    hostUp: names.map(() => true),
    cut: names.map(() => names.map(() => 0)),
    storeCut: names.map(() => 0),
    topologyChanged: true,
    storeReach: [],
    servers: names.map((name, host) => mariadb(host, host === 0, voters.includes(name))),
    agents: names.map((name, host) => agent(host, name, seed)),
    etcd: { held, past: [], leases: new Map([[1, 20]]), nextLease: 2, leader: 1, electedAt: 0, nodes: [0, 1, 2] },
    writing: true,
    nextWrite: 1,
    unsafeNext: false,
    acked: [],
    ackedBy: new Map(),
    termSince: [0, 0],
    lastAck: 0,
    twoSince: 0,
    diskLost: 0,
    faults: new Set(),
    violation: undefined,
    trace: options.trace ? [] : undefined,
  };
}

function mariadb(host: number, primary: boolean, voter: boolean): Mariadb {
  return {
    host,
    state: "running",
    readyAt: 0,
    startedAt: 0,
    how: "plain",
    lives: 1,
    frozen: false,
    serverId: host + 1,
    readOnly: !primary,
    openTerm: primary ? 1 : 0,
    needsAck: primary,
    ackEnabled: voter,
    acking: false,
    owed: 0,
    log: [],
    engine: 0,
    relay: [],
    holes: new Set(),
    source: primary ? undefined : 0,
    io: !primary,
    sql: !primary,
    linked: false,
    refused: false,
    unheard: 0,
    ioPosition: "",
    locked: new Set(),
    waiting: [],
    acks: [],
    slowUntil: 0,
    slowlyReceivingUntil: 0,
    lasts: [],
    history: undefined,
  };
}

function agent(host: number, name: string, seed: number): Agent {
  return {
    host,
    name,
    up: true,
    frozen: false,
    upAt: 0,
    nextAt: host,
    rate: 0.97 + ((seed + host * 7) % 7) / 100,
    offset: ((seed * 31 + host * 977) % 1000) * 1000,
    memory: { seen: 0, promised: 0, noted: undefined, led: host === 0 ? 1 : 0 },
    lease: host === 0 ? 1 : 0,
    leaseUntil: 0,
    since: nothingYet,
    failedOpens: 0,
    removal: undefined,
    admission: undefined,
    steps: [],
    doing: undefined,
    answers: {},
    status: undefined,
    told: "",
  };
}
