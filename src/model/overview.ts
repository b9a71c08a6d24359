import type { Tier } from "./topology.ts";

// The site at a glance, as the dashboard on a monitor host tells it: for its page, for `rampart top` and `rampart qps`. A figure that
// is not known is null; it never passes for zero or for well.

export interface Overview {
  readonly site: string;
  readonly environment: string;
  readonly domain: string;
  readonly url: string;
  /** ISO 8601, by the clock of the monitor host. */
  readonly now: string;
  readonly data: Freshness;
  readonly verdict: Verdict;
  readonly traffic: Traffic;
  /** In the order of the tiers. */
  readonly hosts: readonly HostNow[];
  readonly edges: readonly Edge[];
  readonly address: {
    readonly ip: string;
    /** Balancers that hold it; null: not known. */
    readonly holders: readonly string[] | null;
  };
  /** True when the site answered the monitor's last question, asked as a visitor would. */
  readonly answersVisitors: boolean | null;
  /** null: the site has none. */
  readonly database: DatabaseNow | null;
  readonly certificates: readonly CertificateNow[];
  readonly alerts: readonly AlertNow[];
  /** False: nobody could say which alerts fire. */
  readonly alertsKnown: boolean;
  /** Addresses that are banned now. */
  readonly bans: number | null;
  /** null: nothing is backed up. */
  readonly backup: BackupNow | null;
  /** The last fault that was injected on purpose, or undone; null: none is known. */
  readonly lastDrill: Mark | null;
}

/** Whether there is anything to tell. */
export interface Freshness {
  readonly fresh: boolean;
  /** When the newest measurement was taken, ISO 8601; null: none is known. */
  readonly at: string | null;
  /** Why there is none, as a sentence; "" while it is fresh. */
  readonly why: string;
}

/** - well: everything was seen to be well. - attention: visitors are served, and something needs somebody. - trouble: visitors feel it, or writes are at risk. - unknown: nothing can be told. */
export type Health = "well" | "attention" | "trouble" | "unknown";

export interface Verdict {
  readonly health: Health;
  /** A sentence. */
  readonly headline: string;
  /** What else is to be known, a sentence each; the gravest first. */
  readonly reasons: readonly string[];
}

export type StatusClass = "1xx" | "2xx" | "3xx" | "4xx" | "5xx";

/** Requests as one tier, service or host gets them. */
export interface TrafficRow {
  readonly tier: "visitors" | "web" | "app" | "database";
  /** The tier's, service's or host's name. */
  readonly name: string;
  /** The row that it is a part of; "" for a tier. */
  readonly of: string;
  readonly unit: "requests/s" | "statements/s";
  /** Over the last ten seconds. */
  readonly now: number | null;
  /** Over the last minute. */
  readonly minute: number | null;
  /** Over the last ten seconds, by class of the answer's status; empty for a database. */
  readonly classes: Readonly<Partial<Record<StatusClass | "none", number | null>>>;
  /** One value each five seconds, the oldest first. */
  readonly history: readonly (number | null)[];
}

export interface Traffic {
  readonly rows: readonly TrafficRow[];
  /** Share of visitors' answers with status 5xx in the last minute, 0 to 1; null: unknown, or nobody asked. */
  readonly errorShare: number | null;
  /** Time until an answer was whole, in seconds, for visitors in the last minute. null: unknown, or nobody asked. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface HostNow {
  readonly name: string;
  readonly tier: Tier;
  readonly service: string | null;
  readonly address: string;
  readonly state: "up" | "down" | "unknown";
  /** Shares, 0 to 1. Disk: the fullest file system. */
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly disk: number | null;
  /** Bytes a second, both ways. */
  readonly network: number | null;
  /** Requests (database: statements) a second. */
  readonly rate: number | null;
  /** What stands out about it, in a few words each: "holds 198.51.100.10", "primary", "out of service at web1". */
  readonly notes: readonly string[];
}

/** Who talks to whom. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** "requests": `rate` a second. "connections": `rate` of them are open. "replication": `rate` seconds behind. */
  readonly kind: "requests" | "connections" | "replication";
  readonly rate: number | null;
  /** False: `from` has taken `to` out of service. null: not known. */
  readonly up: boolean | null;
}

export interface DatabaseNow {
  readonly mode: "replicated" | "galera";
  readonly primary: string | null;
  /** Whether the promise holds now; null: not known. */
  readonly promiseHolds: boolean | null;
  readonly promise: string;
  readonly reason: string;
  readonly term: number | null;
  readonly paused: boolean | null;
  readonly members: readonly DatabaseMember[];
  /** Oldest first. */
  readonly changes: readonly DatabaseChangeNow[];
}

export interface DatabaseMember {
  readonly host: string;
  /** "primary", "replica", "unset", "synced" …; "unknown". */
  readonly standing: string;
  readonly voter: boolean | null;
  readonly lagSeconds: number | null;
  readonly position: string | null;
  readonly doing: string;
  readonly detail: string;
}

export interface DatabaseChangeNow {
  readonly term: number;
  readonly primary: string;
  readonly kind: string;
  readonly reason: string;
  readonly at: string | null;
  readonly gapSeconds: number | null;
}

export interface CertificateNow {
  /** The name that visitors type, or the balancer that serves it. */
  readonly name: string;
  readonly seenBy: string;
  /** ISO 8601; null: not known. */
  readonly expires: string | null;
  readonly daysLeft: number | null;
}

export interface AlertNow {
  readonly name: string;
  readonly state: "firing" | "pending";
  readonly severity: string;
  readonly summary: string;
  readonly description: string;
  /** ISO 8601. */
  readonly since: string;
  /** Path in the documentation; "" when it has none. */
  readonly runbook: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Somebody said that nobody is to be told. */
  readonly silenced: boolean;
}

export interface BackupNow {
  /** ISO 8601; null: there is none yet, or it is not known. */
  readonly base: string | null;
  readonly logs: string | null;
  readonly proven: string | null;
  readonly drillFailed: boolean | null;
}

/** Something that happened, for the charts. */
export interface Mark {
  /** ISO 8601. */
  readonly at: string;
  readonly kind: "deploy" | "drill" | "takeover" | "restore";
  readonly text: string;
}
