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
import type { Dice } from "./random.ts";

/** One tick of the world, in ms. */
export const tickMs = 100;

/** Shorter than a site's, in the same proportions, so that a schedule has room for several elections. */
export const quickly: Settings = {
  lease: 2000,
  grace: 4000,
  absent: 3000,
  holdOff: 3000,
  hung: 1000,
  stuck: 1500,
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
  /** An acknowledgement that has not got through; TCP keeps it. */
  owed: number;
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
  failedOpens: number;
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
  /** How often a lagging etcd member answers. */
  stale: number;
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
