import type {
  Action,
  Cluster,
  Decision,
  Leader,
  Memory,
  Noted,
  Peer,
  Request,
  Settings,
  Since,
  View,
  Vote,
} from "../model.ts";
import { nothingYet } from "../since.ts";
import { type Dice, dice } from "./random.ts";

/** One tick of the world, in ms. */
export const tickMs = 100;

/** Shorter than a site's, in the same proportions, so that a schedule has room for several elections. */
export const quickly: Settings = {
  lease: 2000,
  grace: 4000,
  absent: 3000,
  holdOff: 3000,
  hung: 1000,
  fresh: 800,
  switchover: 1500,
  voters: 2,
};

/** A transaction; replicas hold the same object, so identity is "the same transaction". */
export interface Tx {
  readonly id: number;
  readonly server: number;
  readonly sequence: number;
  /** DDL or MyISAM: a truncating start cannot take it back. */
  readonly unsafe: boolean;
  readonly born: number;
  mark: number;
}

export interface Mariadb {
  readonly host: number;
  state: "running" | "stopped" | "starting" | "refuses" | "blank";
  readyAt: number;
  startedAt: number;
  how: "plain" | "truncate";
  lives: number;
  frozen: boolean;
  serverId: number;
  readOnly: boolean;
  /** The term in which it was last opened. */
  openTerm: number;
  needsAck: boolean;
  ackEnabled: boolean;
  acking: boolean;
  /** The binlog. For a replica, what it has applied. */
  log: Tx[];
  /** How much of the log is committed in the engine; the rest waits for an acknowledgement. */
  engine: number;
  /** What the IO thread has written and the SQL thread has not applied; survives restarts. */
  relay: Tx[];
  /** Transactions that were skipped silently. */
  readonly holes: Set<Tx>;
  source: number | undefined;
  io: boolean;
  sql: boolean;
  linked: boolean;
  refused: boolean;
  /** Ticks for which the source was not heard. */
  unheard: number;
  /** What `Gtid_IO_Pos` shows: empty after a restart, a lie after CHANGE MASTER. */
  ioPosition: string;
  readonly locked: Set<number>;
  readonly waiting: number[];
  readonly acks: { upTo: number; at: number }[];
  slowUntil: number;
  slowlyReceivingUntil: number;
  /** Last sequence by server number, and its text while nothing changed. */
  lasts: number[];
  history: string | undefined;
}

export interface Step {
  readonly name: string;
  /** What happens; "again" to be called at the next tick once more, "stop" to give the rest up. */
  readonly run: () => "on" | "again" | "stop";
}

export interface Agent {
  readonly host: number;
  readonly name: string;
  up: boolean;
  frozen: boolean;
  upAt: number;
  nextAt: number;
  readonly rate: number;
  readonly offset: number;
  memory: Memory;
  lease: number;
  leaseUntil: number;
  since: Since;
  removal: Noted | undefined;
  admission: Noted | undefined;
  steps: Step[];
  doing: Action | undefined;
  answers: Record<string, Peer | undefined>;
  status: Peer | undefined;
  told: string;
}

/** What etcd holds; replaced as a whole by every change, so that an old one can be answered by a lagging member. */
export interface Held {
  readonly revision: number;
  readonly cluster: Cluster | undefined;
  readonly clusterRevision: number;
  readonly leader: Leader | undefined;
  readonly leaderLease: number;
  readonly votes: Readonly<Record<string, Vote>>;
  readonly request: Request | undefined;
}

export interface Etcd {
  held: Held;
  past: Held[];
  readonly leases: Map<number, number>;
  nextLease: number;
  leader: number | undefined;
  electedAt: number;
  /** Hosts that have a member. */
  readonly nodes: readonly number[];
}

/** Where a mutation reaches in: rules are broken from outside, never by a flag in the product. */
export interface Hooks {
  readonly view?: (view: View, world: World, agent: Agent) => View;
  readonly decision?: (decision: Decision, view: View, world: World, agent: Agent) => Decision;
  readonly steps?: (steps: Step[], action: Action, world: World, agent: Agent) => Step[];
  /** Compare the revision in an etcd transaction. */
  readonly ignoreRevision?: boolean;
  readonly forgetPromise?: boolean;
}

export interface World {
  readonly names: readonly string[];
  readonly dice: Dice;
  readonly hooks: Hooks;
  readonly settings: Settings;
  tick: number;
  readonly hostUp: boolean[];
  /** `cut[from][to]` counts the faults that keep messages from passing. */
  readonly cut: number[][];
  /** Counts faults between a host and etcd only. */
  readonly storeCut: number[];
  topologyChanged: boolean;
  storeReach: { send: boolean; hear: boolean }[];
  readonly servers: Mariadb[];
  readonly agents: Agent[];
  readonly etcd: Etcd;
  writing: boolean;
  nextWrite: number;
  unsafeNext: boolean;
  readonly acked: Tx[];
  readonly ackedBy: Map<number, number>;
  /** When each term began in etcd. */
  readonly termSince: number[];
  lastAck: number;
  twoSince: number;
  diskLost: number;
  readonly faults: Set<string>;
  violation: string | undefined;
  trace: string[] | undefined;
}

export function world(
  seed: number,
  options: { members: number; strict: boolean; bare: boolean; hooks: Hooks; trace: boolean },
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
    removal: undefined,
    admission: undefined,
    steps: [],
    doing: undefined,
    answers: {},
    status: undefined,
    told: "",
  };
}

export function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
}

export function note(one: World, text: string): void {
  one.trace?.push(`${((one.tick * tickMs) / 1000).toFixed(1).padStart(5)} s  ${text}`);
}

export function violate(one: World, text: string): void {
  if (one.violation !== undefined) return;
  one.violation = text;
  note(one, `✖ ${text}`);
}

/** Whether a message passes from one host to another now. */
export function passes(one: World, from: number, to: number): boolean {
  return from === to || (one.hostUp[from] === true && one.hostUp[to] === true && one.cut[from]?.[to] === 0);
}

export function indexOf(one: World, name: string): number {
  return one.names.indexOf(name);
}
