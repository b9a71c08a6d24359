import type { DatabaseMode, DatabasePromise } from "./site.ts";
import type { Tier } from "./topology.ts";

/** Port of the dashboard on the loopback of a monitor host. */
export const dashboardPort = 8411;

/** Port on a monitor host's inside address at which the balancers reach it for people who logged in. */
export const dashboardDoorPort = 8412;

/** The dashboard on a public name. */
export interface SiteDashboard {
  readonly domain: string;
  /** The same for a browser on the operator's machine: `.localhost` for the last label. */
  readonly localDomain: string;
  /** File with who may log in, relative to the site file. */
  readonly users: string;
}

/** Who may log in, as HAProxy takes it, from the file that the site names. No variable of a service can be called so. */
export const dashboardUsers = "monitor.dashboard-users";

export interface DashboardUser {
  readonly name: string;
  /** As crypt(5) writes it: SHA-256 or SHA-512 with their usual 5,000 rounds. */
  readonly hash: string;
}

/**
 * A line of the file. Other hashes are refused: the balancer computes it for each request, in a thread that serves visitors too, and the usual
 * ones of bcrypt and yescrypt cost ten to a hundred times as much.
 */
export function dashboardUser(line: string): DashboardUser | undefined {
  const [, name, hash] =
    /^([A-Za-z0-9][A-Za-z0-9._@-]{0,63}):(\$[56]\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86})$/.exec(line) ?? [];
  return name === undefined || hash === undefined ? undefined : { name, hash };
}

/** The file's lines as those of a HAProxy userlist (configuration manual, section 12.2). */
export function dashboardUserList(text: string): string {
  const users = text.split("\n").flatMap((line) => dashboardUser(line.trim()) ?? []);
  return users.map(({ name, hash }) => `  user ${name} password ${hash}`).join("\n");
}

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
  /** The monitor host that keeps the logs. */
  readonly logs: string;
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
