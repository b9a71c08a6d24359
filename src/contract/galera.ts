// Mode galera: what the member program of a database host says, and what it is asked.

/** Socket of the member program, for root. */
export const memberSocket = "/run/rampart-member/member.sock";

/** How a member stands: `GET /status` at its socket, one line of JSON. null: unknown, because MariaDB did not answer (see `error`). */
export interface GaleraStatus {
  readonly mode: "galera";
  readonly host: string;
  /** False when the member program did not answer, and somebody else wrote this line for it. */
  readonly teller: { readonly up: boolean };
  /** mariadb.service as systemd sees it: "alive", "starting", "stopping", "stopped", "unknown". */
  readonly unit: string;
  /** wsrep_ready: it takes statements. */
  readonly ready: boolean | null;
  /** It belongs to the part of the cluster that may write. */
  readonly primary: boolean | null;
  /** wsrep_local_state: 1 joining, 2 donor, 3 joined, 4 synced. */
  readonly state: number | null;
  /** MariaDB's word for it. */
  readonly comment: string | null;
  /** How many belong to its part of the cluster now, the arbiter too. */
  readonly size: number | null;
  /** How many the site has, the arbiter too. */
  readonly votes: number;
  /** The history that its data belong to, and the last transaction of it that it has committed. */
  readonly history: string | null;
  readonly seqno: number | null;
  /** Share of the time since the start of MariaDB in which writes were held up for a member that was behind; 0 to 1. */
  readonly paused: number | null;
  /** The same in seconds. */
  readonly pausedSeconds: number | null;
  /** Transactions received and not applied yet. */
  readonly queue: number | null;
  /** Transactions that lost against one of another member since the start of MariaDB. */
  readonly conflicts: number | null;
  /** What the ways to the database are told. */
  readonly writable: boolean;
  readonly readable: boolean;
  /** This host has belonged to a cluster: its data may be gone, but they are not new. */
  readonly belonged: boolean;
  /** MariaDB is held back, because a bootstrap goes on or was broken off. */
  readonly held: boolean;
  /** What the member program decided last, and why as a sentence. */
  readonly doing: string;
  readonly reason: string;
  /** The last thing that is wrong; "" when nothing is. */
  readonly error: string;
}

/** What a member that is held says of its data: `POST /position`. */
export interface GaleraPosition {
  readonly host: string;
  /** null: its data are none to begin from. */
  readonly history: string | null;
  readonly seqno: number;
  /** Where that was read, or why there is nothing to read. */
  readonly source: string;
}

/** Any other deed: what became of it. */
export interface GaleraAnswer {
  readonly done: boolean;
  readonly reason: string;
}
