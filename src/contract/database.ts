/** The database that belongs to an app service: `shop-api` has `shop_api`. Service names hold no `_`, so no two collide. */
export function databaseName(service: string): string {
  return service.replaceAll("-", "_");
}

/** The account of an app service in the database; the certificate that it must show names the service itself. */
export function databaseAccount(service: string): string {
  return databaseName(service);
}

/** Names of app services whose database or account would be one of MariaDB's or Rampart's own. */
export const reservedDatabaseServices: readonly string[] = [
  ...["information-schema", "performance-schema", "mysql", "sys", "rampart"],
  ...["root", "prometheus", "public"],
];

export type Standing = "primary" | "replica" | "unset";

/** The line of JSON that `/usr/local/lib/rampart/database-status` prints on a host. */
export interface DatabaseStatus {
  readonly host: string;
  /** What the host was last brought to; "unset" before the first time. */
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
}

/** Path of the program that prints a DatabaseStatus. */
export const databaseStatusProgram = "/usr/local/lib/rampart/database-status";
