import type { DatabaseMode, DatabasePromise } from "./site.ts";
import type { Tier } from "./topology.ts";

/** Port of the dashboard on the loopback of a monitor host. */
export const dashboardPort = 8411;

/** What the dashboard on a monitor host goes by, as JSON: the site as it was applied. No secrets. */
export interface DashboardSettings {
  /** Who made the file, and why. */
  readonly "//": string;
  readonly site: string;
  readonly environment: string;
  readonly domain: string;
  /** The address that visitors open. */
  readonly url: string;
  readonly listen: { readonly address: string; readonly port: number };
  /** Base addresses on the loopback. */
  readonly prometheus: string;
  readonly alertmanager: string;
  /** The monitor host itself. */
  readonly me: string;
  /** Where visitors' TLS is opened. */
  readonly opensTls: "balancer" | "web";
  /** IPv4 address that visitors reach. */
  readonly address: string;
  /** Days that measurements are kept. */
  readonly retentionDays: number;
  readonly hosts: readonly DashboardHost[];
  readonly services: readonly DashboardService[];
  readonly database: DashboardDatabase | null;
  /** Names that visitors type; each has a certificate. */
  readonly names: readonly string[];
  /** PEM files by which database agents know who asks. */
  readonly identity: { readonly ca: string; readonly certificate: string; readonly key: string };
}

export interface DashboardHost {
  readonly name: string;
  readonly tier: Tier;
  /** The app service that runs there; null on other tiers. */
  readonly service: string | null;
  readonly address: string;
  readonly fqdn: string;
  /** Journal files that hold what it said, as journalctl's `--file` takes them. */
  readonly journal: readonly string[];
}

export interface DashboardService {
  readonly name: string;
  /** Paths of the site that lead to it. */
  readonly routes: readonly string[];
  readonly database: boolean;
}

export interface DashboardDatabase {
  readonly mode: DatabaseMode;
  readonly promise: DatabasePromise | null;
  /** Port of the agents; only in mode replicated. */
  readonly agentPort: number;
  readonly backup: boolean;
}
