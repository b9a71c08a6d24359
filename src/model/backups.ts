// What programs on database hosts say of backups, as one line of JSON each.

/** Answer of `backup-list`: what the store holds. */
export interface BackupList {
  /** The repository, without its parts. */
  readonly store: string;
  /** The host that ships binary logs now; null: nobody has yet. */
  readonly keeper: string | null;
  readonly backups: readonly StoredBackup[];
  readonly logs: readonly StoredLogs[];
  /** The newest last. */
  readonly drills: readonly StoredDrill[];
}

/** A physical backup. Times are ISO 8601 in UTC. */
export interface StoredBackup {
  readonly id: string;
  readonly host: string;
  /** The moment whose contents it holds. */
  readonly at: string;
  /** The last transaction that it holds, as domain-server-sequence. */
  readonly gtid: string;
  /** Before compression and encryption. */
  readonly bytes: number;
  /** What it added to the store. */
  readonly stored: number;
}

/** The binary logs of one member, as they were at `to`. */
export interface StoredLogs {
  readonly id: string;
  readonly host: string;
  /** Sequence number of the transaction before the first in it. */
  readonly after: number;
  /** Sequence number of the last in it. */
  readonly upTo: number;
  /** The first event's time. */
  readonly from: string;
  /** Everything committed until then is in it. */
  readonly to: string;
}

export interface StoredDrill {
  readonly at: string;
  readonly host: string;
  /** The second to which it restored. */
  readonly to: string;
  readonly proved: boolean;
  readonly seconds: number;
}

/** Last line of `backup-restore`, after RESULT. */
export interface RestoreResult {
  readonly host: string;
  readonly to: string;
  /** The backup from which it began. */
  readonly backup: { readonly id: string; readonly host: string; readonly at: string };
  /** The last transaction that was replayed. */
  readonly gtid: string;
  /** Transactions that were replayed onto the backup. */
  readonly replayed: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly proof: RestoreProof;
  readonly tables: readonly ComparedTable[];
}

export interface RestoreProof {
  /** By what: the rows that the live canary table still has, or the restored rows alone. */
  readonly by: "live rows" | "own rows";
  /** Rows compared. */
  readonly rows: number;
  /** The newest restored row. */
  readonly last: string;
}

/** One table of the services' databases; null: it is not there. */
export interface ComparedTable {
  readonly database: string;
  readonly table: string;
  readonly restored: TableFacts | null;
  readonly live: TableFacts | null;
}

export interface TableFacts {
  readonly rows: number;
  /** Of CHECKSUM TABLE. */
  readonly checksum: string;
}
