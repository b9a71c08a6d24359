/** What the other members are told, and what they tell. */
export interface Peer {
  /** This host has belonged to a cluster. */
  readonly belonged: boolean;
  /** Its MariaDB belongs to the part of the cluster that may write. */
  readonly primary: boolean;
  /** Its MariaDB has all that the cluster has. */
  readonly synced: boolean;
}

/** What MariaDB says of the cluster. */
export interface Facts {
  readonly ready: boolean;
  readonly primary: boolean;
  /** 1 joining, 2 donor, 3 joined, 4 synced. */
  readonly state: number;
  readonly comment: string;
  readonly size: number;
  readonly history: string;
  readonly seqno: number;
  /** 0 to 1, since the start of MariaDB. */
  readonly paused: number;
  /** Seconds since the start of MariaDB. */
  readonly pausedSeconds: number;
  readonly queue: number;
  readonly conflicts: number;
}

/** Everything that a decision stands on. */
export interface View {
  readonly me: string;
  /** In the site's order; this one too. */
  readonly members: readonly string[];
  readonly unit: "alive" | "starting" | "stopping" | "stopped" | "unknown";
  /** undefined: MariaDB does not answer. */
  readonly facts: Facts | undefined;
  /** Others that answered lately. */
  readonly peers: Readonly<Record<string, Peer>>;
  readonly belonged: boolean;
  /** The data folder holds a database that was never part of a Galera cluster of this site. */
  readonly foreign: boolean;
  readonly held: boolean;
  /** Milliseconds since MariaDB was last started by this program; undefined: not in this life of it. */
  readonly sinceStart: number | undefined;
  /** Milliseconds for which this program runs. */
  readonly age: number;
}

export interface Decision {
  /** `found` begins a cluster, `join` starts MariaDB so that it can only join one, or come back with all who were in it. */
  readonly action: "wait" | "found" | "join";
  readonly reason: string;
}
