/** The database that belongs to an app service: `shop-api` has `shop_api`. Service names hold no `_`, so no two collide. */
export function databaseName(service: string): string {
  return service.replaceAll("-", "_");
}

/** The account of an app service in the database; the certificate that it must show names the service itself. */
export function databaseAccount(service: string): string {
  return databaseName(service);
}

/**
 * The account by which a member replicates; one each, so that a single one can be shut out. Accounts of services hold no dot, so
 * it is never one of theirs.
 */
export function replicationAccount(member: string): string {
  return `${replicationPrefix}${member}`;
}

/** The member whose replication account this is; undefined for any other account. */
export function replicatingMember(account: string): string | undefined {
  return account.startsWith(replicationPrefix) ? account.slice(replicationPrefix.length) : undefined;
}

const replicationPrefix = "replica.";

/** Names of app services whose database or account would be one of MariaDB's or Rampart's own. */
export const reservedDatabaseServices: readonly string[] = [
  ...["information-schema", "performance-schema", "mysql", "sys", "rampart"],
  ...["root", "prometheus", "public"],
];

export type Standing = "primary" | "replica" | "unset";

/** How the agent of a host sees its MariaDB and the cluster: `GET /status` at its socket, one line of JSON. */
export interface DatabaseStatus {
  readonly host: string;
  /** What the host stands for now; "unset" before it has been told. */
  readonly standing: Standing;
  /** null in this and all other fields: unknown, because MariaDB did not answer (see `error`). */
  readonly readOnly: boolean | null;
  /** On the primary: commits wait for an acknowledgement. On a replica: it acknowledges. */
  readonly semiSync: boolean | null;
  /** Replicas that acknowledge to this primary; 0 on replicas. */
  readonly clients: number | null;
  /** Times since MariaDB's start that the primary answered a commit without an acknowledgement; 0 on replicas. */
  readonly unacknowledged: number | null;
  /** True when this host is one of those that may acknowledge. */
  readonly voter: boolean;
  /** Seconds behind the primary; null when that is unknown, 0 on the primary. */
  readonly lagSeconds: number | null;
  /** Replication threads; null on the primary. The first is "Yes", "No", "Connecting" or "Preparing". */
  readonly ioRunning: string | null;
  readonly sqlRunning: string | null;
  /** The last thing that is wrong, in MariaDB's words; "" when nothing is. */
  readonly error: string;
  /** The last transactions in this host's own binary log, as domain-server-sequence. */
  readonly gtid: string | null;
  /** The last transactions that it has received, applied or not. */
  readonly received: string | null;
  /** Why this member must be built anew; null when it need not. */
  readonly broken: string | null;
  /** What the agent decided last: the action's kind, and why as a sentence. */
  readonly doing: string;
  readonly reason: string;
  /** False when the agent did not answer, and somebody else wrote this line for it. */
  readonly agent: { readonly up: boolean };
  /** etcd as seen from here, and the member on whose host its leader runs. */
  readonly store: { readonly reachable: boolean; readonly leader: string | null };
  /** What etcd holds; null: it could not be read, or the cluster was not founded yet. */
  readonly cluster: DatabaseCluster | null;
  /** Does no-loss hold now, seen from here; only the primary's answer counts. */
  readonly promise: { readonly holds: boolean; readonly reason: string };
}

export interface DatabaseCluster {
  readonly term: number;
  readonly primary: string;
  /** Who holds the leader key now; null: nobody. */
  readonly leader: string | null;
  readonly voters: readonly string[];
  readonly admitting: string | null;
  readonly paused: boolean;
  readonly strict: boolean;
  /** Oldest first. */
  readonly history: readonly DatabaseChange[];
}

/** A change of primary. */
export interface DatabaseChange {
  readonly term: number;
  readonly primary: string;
  /** "first", "failover", "switchover" or "called off". */
  readonly kind: string;
  readonly position: string;
  readonly reason: string;
  /** ISO 8601; null: not known. */
  readonly at: string | null;
  /** How long writes waited; null: not known. */
  readonly gapSeconds: number | null;
}

/** What an operator asks: the body of `POST /request`. */
export interface DatabaseRequest {
  readonly kind: "switchover" | "failover" | "pause" | "resume";
  /** The member that shall lead; null lets the agents choose. */
  readonly to: string | null;
  /** For a failover by hand: voters that the operator vouches for as gone. */
  readonly without: readonly string[];
  /** Who asks, for the history. */
  readonly by: string;
}

/** What `GET /answer?id=…` says of a request. */
export interface DatabaseAnswer {
  readonly outcome: "waiting" | "done" | "refused";
  readonly reason: string;
}

/** Path of the program that prints a DatabaseStatus. */
export const databaseStatusProgram = "/usr/local/lib/rampart/database-status";

/** Socket of the agent on a database host, for root. */
export const agentSocket = "/run/rampart-agent/agent.sock";

/** Port of the agent on the inside address: health for the ways to the database, and what members tell each other. */
export const agentPort = 8407;
