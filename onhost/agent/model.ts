import type { Gtids } from "./gtid.ts";

/** What etcd holds of the cluster under one key; changed by compare-and-swap on its revision only. */
export interface Cluster {
  /** Counts the times the leader key was taken; every promise and every vote names one. */
  readonly term: number;
  /** The member that may accept writes; it stays so until another is elected, even while nobody holds the key. */
  readonly primary: string;
  /** Where the primary stood when it was elected: everything that was acknowledged before lies within. */
  readonly start: Gtids;
  /** Who may acknowledge. The set that can acknowledge is always a subset of this and of `admitting` (rule 1). */
  readonly voters: readonly string[];
  /** The first voter while it is being admitted: it acknowledges already, and no election counts it yet (rule 2). */
  readonly admitting: string | undefined;
  /** Who takes over in a switchover, once the old primary has closed and let go of the key. */
  readonly heir: Heir | undefined;
  /** No elections, no kills, no restarts by the agents. */
  readonly paused: boolean;
  /** Without a voter, writes wait. Otherwise the primary goes on alone (rule 4). */
  readonly strict: boolean;
  /** The server number of each member. A fresh one for every life as primary and every seeding (rule 5). */
  readonly serverIds: Readonly<Record<string, number>>;
  readonly nextServerId: number;
  /** Changes of primary, oldest first; the last twenty. */
  readonly history: readonly Change[];
}

export interface Heir {
  readonly member: string;
  /** All that the closed primary has; the heir must have applied it. */
  readonly position: Gtids;
}

export interface Change {
  readonly term: number;
  readonly primary: string;
  readonly kind: "first" | "failover" | "switchover" | "called off";
  readonly position: Gtids;
  readonly reason: string;
}

/** The leader key; it lives as long as the lease of that member's agent. */
export interface Leader {
  readonly member: string;
  readonly term: number;
}

/** A voter's answer to "who leads term N?": it has stopped receiving, it will not receive for an older term again, and this is what it holds. */
export interface Vote {
  readonly term: number;
  readonly received: Gtids;
  readonly applied: Gtids;
  /** Which life of its server answered. */
  readonly serverStart: string;
  /** False when it cannot tell what it acknowledged: its relay files are missing, purged or unreadable (rule 8). */
  readonly countable: boolean;
}

/** An operator's wish. */
export interface Request {
  readonly id: string;
  readonly kind: "switchover" | "failover" | "pause" | "resume";
  /** For a switchover: the member that shall lead; undefined lets the agents choose. */
  readonly to: string | undefined;
  /** For a failover by hand: voters that the operator vouches for as gone; their votes are not waited for. */
  readonly without: readonly string[];
  readonly by: string;
}

/** What was read from etcd in one look. */
export interface Store {
  /** Revision of the `cluster` key. */
  readonly revision: number;
  readonly cluster: Cluster | undefined;
  readonly leader: Leader | undefined;
  readonly votes: Readonly<Record<string, Vote>>;
  readonly request: Request | undefined;
  /** The member on whose host etcd's own leader runs, when known. */
  readonly storeLeader: string | undefined;
}

/**
 * The member's MariaDB, as far as it can be seen without a statement that hangs while a commit waits. When it does not run, what it would answer
 * is empty or false.
 */
export interface Server {
  /** `hung` does not answer within the client-side time limit; `refuses` ended its start with an error; `blank` has no data. */
  readonly state: "running" | "stopped" | "starting" | "hung" | "refuses" | "blank";
  /** Names this life of the process: differs after every start. Empty when it does not run. */
  readonly start: string;
  readonly serverId: number;
  readonly readOnly: boolean;
  /** Semi-synchronous as primary: a commit waits for an acknowledgement. Status ON and time-out, wait point and wait_no_slave as set (rule 6). */
  readonly needsAck: boolean;
  /** Commits that wait for an acknowledgement. */
  readonly waiting: number;
  /** Members whose dump thread is here. A frozen one is still among them. */
  readonly connected: readonly string[];
  /** Members whose replication account is locked here. */
  readonly locked: readonly string[];
  /** `rpl_semi_sync_slave_enabled`: takes effect when the IO thread connects. */
  readonly ackEnabled: boolean;
  /** `Rpl_semi_sync_slave_status`: its IO thread acknowledges. */
  readonly acking: boolean;
  /** The member that it replicates from, as configured. */
  readonly source: string | undefined;
  /** The IO thread; `refused` ended with error 1236: the source does not know our position. */
  readonly receiving: "no" | "connecting" | "yes" | "refused";
  /** The SQL thread runs. */
  readonly applying: boolean;
  /**
   * The last transaction that it holds, applied or not. `Gtid_IO_Pos` only while the IO thread has run in this life of the server and since the
   * last CHANGE MASTER; after a restart the last complete one of the relay files; undefined when these cannot be read (rule 8).
   */
  readonly received: Gtids | undefined;
  /** The last transaction that it has applied or written: `@@gtid_binlog_pos`, or `@@gtid_slave_pos` after seeding. */
  readonly position: Gtids;
  /** `@@gtid_binlog_state`; a seeding takes the source's along, or others would seem to hold what this member lacks. */
  readonly history: Gtids;
}

/** What another member's agent answered. */
export interface Peer {
  /** This agent's clock when the answer came, in ms. */
  readonly at: number;
  /** Revision of `cluster` that its look was at. All it does until its next answer follows from that or a later one. */
  readonly seen: number;
  readonly promised: number;
  /** The term in which it is open for writes as leader; 0 if it is not. */
  readonly leads: number;
  /** Why it must be built anew, if it must. */
  readonly broken: string | undefined;
  readonly server: Server;
}

/** What an agent keeps on disk. Written before what it allows is done. */
export interface Memory {
  /** The latest revision of `cluster` that it has seen. An older look is not acted on: a lagging etcd member may have answered. */
  readonly seen: number;
  /** The greatest term voted for or handed over for: never again receive or open for an older one. */
  readonly promised: number;
  /** The vote as given; never read again (rule 7). */
  readonly noted: Vote | undefined;
  /** The term in which this server was opened for writes; 0 again once it has rejoined another. Then its next start truncates (rule 11). */
  readonly led: number;
}

/** What an agent knows for as long as it runs, by its own monotonic clock (ms). */
export interface Recent {
  /** When the lease ends if it is not renewed: counted from before the last renewal was sent. */
  readonly leaseUntil: number;
  /** A voter that was locked out, and all that it may have acknowledged: read after its dump thread was gone (rule 3). */
  readonly removal: Noted | undefined;
  /** The first voter, and what it must have received to be published: read after it acknowledged (rule 2). */
  readonly admission: Noted | undefined;
  /** How often `open` was cut off by an error since this agent took the key (rule 15). */
  readonly failedOpens: number;
  /** Since when this holds; absent when it does not. */
  readonly since: Since;
}

export interface Noted {
  readonly member: string;
  readonly position: Gtids;
}

export interface Since {
  readonly noLeader: number | undefined;
  readonly hung: number | undefined;
  /** Since when no voter acknowledges, seen from the leader. */
  readonly unacknowledged: number | undefined;
  /** Since when commits wait at this position, although a voter that acknowledges has all of it: seen from the leader. */
  readonly stuck: { readonly position: Gtids; readonly at: number } | undefined;
  /** The last change of primary and since when it is known here. */
  readonly change: { readonly term: number; readonly at: number } | undefined;
  /** The request and since when it is known here. */
  readonly request: { readonly id: string; readonly at: number } | undefined;
  /** Members that do not follow the leader as they should, seen from the leader. */
  readonly absent: Readonly<Record<string, number>>;
  /** Members that do. */
  readonly fit: Readonly<Record<string, number>>;
}

/** Times in ms; see `settings` for those that a site runs with. */
export interface Settings {
  readonly lease: number;
  /** How long an election may take before an old primary starts again. */
  readonly grace: number;
  /** How long a voter may be away before it is taken out of the set. */
  readonly absent: number;
  /** How long the next automatic failover waits after one. */
  readonly holdOff: number;
  /** How long a server may be silent before it counts as hung. */
  readonly hung: number;
  /** How long commits may wait for an acknowledgement that must have come. */
  readonly stuck: number;
  /** How old a peer's answer may be. */
  readonly fresh: number;
  /** How long a switchover may keep writes waiting. */
  readonly switchover: number;
  /** How many voters are kept. */
  readonly voters: number;
}

/** What a site runs with. */
export const settings: Settings = {
  lease: 3000,
  grace: 10_000,
  absent: 10_000,
  holdOff: 30_000,
  hung: 3000,
  stuck: 5000,
  fresh: 2500,
  switchover: 2000,
  voters: 2,
};

/** Everything that a decision is made from. */
export interface View {
  readonly me: string;
  /** All members, this one too, in the site's order. */
  readonly members: readonly string[];
  readonly settings: Settings;
  /** Undefined when etcd does not answer. */
  readonly store: Store | undefined;
  readonly server: Server;
  readonly peers: Readonly<Record<string, Peer | undefined>>;
  readonly memory: Memory;
  readonly recent: Recent;
}

/** One etcd transaction: all comparisons hold, or nothing happens. */
export interface Commit {
  /** `cluster` must still be at this revision. */
  readonly revision: number;
  /** What the leader key must be: nobody's, this member's, or whatever it is. */
  readonly leader: "nobody" | "me" | "any";
  readonly cluster: Cluster;
  /** The leader key afterwards: taken with this agent's lease and the term of `cluster`, dropped, or as it is. */
  readonly key: "take" | "drop" | "keep";
  readonly request: "drop" | "keep";
}

/** What to do, exactly one thing. Every one may be cut off at any point and is then decided anew from what remains. */
export type Action =
  | { readonly kind: "wait" }
  /** Change `cluster`, and with it perhaps the leader key. */
  | { readonly kind: "commit"; readonly what: string; readonly commit: Commit }
  /** Promise durable, so that no older look opens it again; then the commit. */
  | { readonly kind: "hand over"; readonly term: number; readonly commit: Commit }
  /** Beside each other: STOP SLAVE IO_THREAD, which takes a while, and the commit by which an heir leads. */
  | { readonly kind: "take over"; readonly commit: Commit }
  /** STOP SLAVE IO_THREAD; the SQL thread goes on. */
  | { readonly kind: "stop receiving" }
  /** STOP SLAVE IO_THREAD; promise durable; read and note received and applied; publish (rule 7). */
  | { readonly kind: "vote"; readonly term: number }
  /** Apply the relay files that a restart left, without START SLAVE's purge (MARIADB.md, rescue A). */
  | { readonly kind: "rescue" }
  /**
   * `led` durable beside STOP SLAVE; accounts of `lock` locked and their dump threads gone, all others unlocked; server number; semi-sync ON and
   * seen ON; read_only=0; RESET SLAVE ALL, for which no write waits.
   */
  | { readonly kind: "open"; readonly term: number; readonly serverId: number; readonly lock: readonly string[] }
  /** SET GLOBAL read_only=1 with a deadline; when it passes, only that statement is killed. */
  | { readonly kind: "close" }
  /** Delete the leader key if it is still ours. */
  | { readonly kind: "resign" }
  /** SIGKILL of mariadbd. */
  | { readonly kind: "kill" }
  /** Start mariadbd; `truncate` with --init-rpl-role=SLAVE. */
  | { readonly kind: "start"; readonly how: "plain" | "truncate" }
  /** STOP SLAVE; semi-sync as primary off; server number; gtid_slave_pos; ackEnabled; CHANGE MASTER; `led` forgotten; START SLAVE (rule 12). */
  | { readonly kind: "follow"; readonly source: string; readonly serverId: number; readonly ack: boolean }
  /** START SLAVE IO_THREAD, the SQL thread runs. */
  | { readonly kind: "receive" }
  /** Set rpl_semi_sync_slave_enabled and reconnect the IO thread. */
  | { readonly kind: "acknowledge"; readonly on: boolean }
  /** Rule 3: lock its account with sql_log_bin=0, kill its dump thread, see it gone, then note @@gtid_binlog_pos as `recent.removal`. */
  | { readonly kind: "lock out"; readonly member: string }
  | { readonly kind: "unlock"; readonly member: string }
  /** Note @@gtid_binlog_pos as `recent.admission`, after `needsAck` and the voter's `acking` have been seen. */
  | { readonly kind: "note admission"; readonly member: string }
  /** Semi-sync as primary on, and seen ON. */
  | { readonly kind: "need ack" }
  /** Rule 4: the set emptied in etcd first, then semi-sync as primary off; `recent.admission` is forgotten. */
  | { readonly kind: "go alone"; readonly commit: Commit }
  /** Take the request away and leave the answer for who asked. */
  | { readonly kind: "answer"; readonly request: string; readonly outcome: "done" | "refused" }
  /** Nothing here, but `Peer.broken` says why, so that the leader takes it out of the voters or makes a backup possible. */
  | { readonly kind: "report broken"; readonly why: string }
  /** Take a number; keep the binlogs as evidence; seed from another member, its position and binlog state as of the backup; start. */
  | { readonly kind: "rebuild"; readonly from: string; readonly why: string; readonly commit: Commit }
  | { readonly kind: "move store leader"; readonly to: string };

/** An action and why, as a sentence for people. */
export interface Decision {
  readonly action: Action;
  readonly reason: string;
}
