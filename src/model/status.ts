import type { RegionStanding } from "./regions.ts";
import type { DatabasePromise } from "./site.ts";
import type { Tier } from "./topology.ts";

/** How a site is, as far as it could be seen. What is not known is null or said so; it never passes for healthy. */
export interface SiteStatus {
  readonly site: string;
  readonly environment: string;
  /** The address to open in a browser. */
  readonly url: string;
  /** Path of the CA certificate on this machine; null: the site has none yet. */
  readonly ca: string | null;
  readonly hosts: readonly HostStatus[];
  /** The virtual address, and the balancer that holds it; null: no balancer that answered says that it does. */
  readonly address: {
    readonly ip: string;
    readonly holder: string | null;
    /** What is wrong with it, as a phrase. */
    readonly detail?: string | undefined;
  };
  /** Addresses that are banned now; null: no balancer answered. */
  readonly bans: number | null;
  /** null: the site has none. */
  readonly database: DatabaseStanding | null;
  /** What is seen from outside; empty: the site is looked at from no region. */
  readonly regions: readonly RegionStanding[];
  readonly alerts: readonly AlertStatus[];
  /** False: the monitor did not answer, and `alerts` says nothing. */
  readonly alertsKnown: boolean;
}

export interface HostStatus {
  readonly name: string;
  readonly role: Tier;
  /** The app service that runs there; only for role "app". */
  readonly service?: string | undefined;
  readonly address: string;
  readonly state: HostState;
  /** What is wrong, as a phrase. */
  readonly detail?: string | undefined;
  /** Number of what it was last brought to. */
  readonly generation?: number | undefined;
}

/**
 * - well: it answers and all its checks hold.
 * - degraded: it answers, and something that it promises does not hold.
 * - unreachable: it should be on, and does not answer.
 * - off: it is switched off.
 * - not applied: it answers, and was never brought to what the site file says.
 */
export type HostState = "well" | "degraded" | "unreachable" | "off" | "not applied";

export interface DatabaseStanding {
  /** null: no host that answered says that it is. */
  readonly primary: string | null;
  /** What the site file promises; null: mode galera, which promises none of the two. */
  readonly promise: DatabasePromise | null;
  /** Whether the promise holds now. What is not known does not hold. */
  readonly noLoss: boolean;
  /** Why it holds, or why not. */
  readonly reason: string;
  /** How often somebody became primary; null: unknown. */
  readonly term: number | null;
  /** The agents only look: nobody takes over when the primary is lost. null: unknown. */
  readonly paused: boolean | null;
  /** Those that may acknowledge writes. */
  readonly voters: readonly string[];
  readonly members: readonly MemberStatus[];
  /** Changes of primary, oldest first; as many as the agents remember. */
  readonly changes: readonly PrimaryChange[];
  /** Only in mode galera. */
  readonly galera?: GaleraStanding | undefined;
  /** null: nothing is backed up, or no host said how backups stand. */
  readonly backup?: BackupStanding | null | undefined;
}

/** A Galera cluster as its members see it. */
export interface GaleraStanding {
  /** All members have everything, and all votes are in. */
  readonly whole: boolean;
  /** Members and arbiter in the part that may write; null: no member that answered belongs to one. */
  readonly size: number | null;
  /** Members and arbiter of the site. */
  readonly votes: number;
  readonly members: readonly GaleraMember[];
}

export interface GaleraMember {
  readonly host: string;
  /** "synced", "joining", "donor", "joined", "starting", "cut off", "held", "down", "unknown". */
  readonly standing: string;
  /** Members and arbiter in its part of the cluster; null: unknown. */
  readonly size: number | null;
  /** The history that its data belong to, and the last transaction that it has committed; null: unknown. */
  readonly history: string | null;
  readonly seqno: number | null;
  /** Share of the time since its start in which writes were held up for a slow member, 0 to 1; null: unknown. */
  readonly paused: number | null;
  /** Transactions received and not applied yet; null: unknown. */
  readonly queue: number | null;
  /** Transactions that lost against another member's since its start; null: unknown. */
  readonly conflicts: number | null;
  readonly doing: string;
  /** What is wrong, as a phrase. */
  readonly detail?: string | undefined;
}

/** Everything that the mode of the database can keep is kept now. */
export function isKept({ noLoss, galera }: DatabaseStanding): boolean {
  return galera?.whole ?? noLoss;
}

/** What the hosts last saw in the store of backups. Times are ISO 8601; null: there is none yet. */
export interface BackupStanding {
  /** Up to when the store has binary logs. */
  readonly logs: string | null;
  /** The newest physical backup. */
  readonly base: string | null;
  /** The last restore that was proved. */
  readonly proven: string | null;
  /** The last drill failed. */
  readonly drillFailed: boolean;
}

export interface MemberStatus {
  readonly host: string;
  /** "primary", "replica", "unset"; "unknown" when it did not answer. */
  readonly standing: string;
  /** Seconds behind the primary; null: unknown. */
  readonly lagSeconds: number | null;
  /** True when it is one of those that acknowledge writes. */
  readonly voter?: boolean | undefined;
  /** The last transactions that it has applied, as domain-server-sequence; null: unknown. */
  readonly position: string | null;
  /** The term that it knows of; null: unknown. */
  readonly term: number | null;
  /** What its agent does, in a word or two; "" when it only looks. */
  readonly doing: string;
  /** What is wrong, as a phrase or in MariaDB's words. */
  readonly detail?: string | undefined;
}

/** How somebody became primary. */
export interface PrimaryChange {
  readonly term: number;
  readonly primary: string;
  /** "first", "failover", "switchover" or "called off". */
  readonly kind: string;
  /** What the new primary had then, as domain-server-sequence. */
  readonly position: string;
  readonly reason: string;
  /** ISO 8601; null: not known. */
  readonly at: string | null;
  /** How long writes waited; null: not known. */
  readonly gapSeconds: number | null;
}

export interface AlertStatus {
  readonly name: string;
  /** As Prometheus says it: "firing" or "pending". */
  readonly state: string;
  readonly summary: string;
  readonly severity: string;
  /** ISO 8601. */
  readonly since: string;
}
