import type { SiteAlerts } from "./alerts.ts";
import type { SiteDashboard } from "./dashboard.ts";
import type { SiteExport } from "./export.ts";
import type { Objectives } from "./objectives.ts";
import type { VisitStep } from "./visit.ts";

/** The complete configuration: every default filled in, every name checked. Made by config/, read by all else. */
export interface Site {
  /** Short name: host names inside end in `<name>.internal`. [a-z][a-z0-9-]*, at most 20 characters. */
  readonly name: string;
  /** The public name that visitors type, e.g. www.shop.example. */
  readonly domain: string;
  /** Further public names, redirected to `domain`. */
  readonly aliases: readonly string[];
  readonly tls: SiteTls;
  readonly balancer: { readonly hosts: number };
  readonly web: {
    readonly hosts: number;
    /** Folder of static files, relative to the site file; undefined when the site has none. */
    readonly files: string | undefined;
    /** Largest request body that visitors may send, in MiB. */
    readonly maxBodyMiB: number;
    readonly waf: WafMode;
    readonly wafExceptions: readonly WafException[];
    /** True: pages tell how fast they were for visitors, and which errors their scripts had. */
    readonly beacon: boolean;
  };
  /** In the order of the site file. */
  readonly app: readonly AppService[];
  readonly database: SiteDatabase | undefined;
  readonly monitor: {
    readonly hosts: number;
    readonly retentionDays: number;
    readonly alerts: SiteAlerts;
    readonly export?: SiteExport | undefined;
    readonly dashboard?: SiteDashboard | undefined;
    /** Path at which visitors find the public status page; undefined: there is none. */
    readonly statusPage: string | undefined;
    readonly objectives?: Objectives | undefined;
    /** Names of the places outside from which the site is looked at; a probe host stands for each. */
    readonly regions: readonly string[];
    /** What a probe does as a customer would, again and again; empty: nothing. */
    readonly visit: readonly VisitStep[];
  };
  readonly limits: SiteLimits;
  readonly firewall: {
    /** IPv4 networks from which operators come by SSH. In the lab the lab's own operator address is added. */
    readonly admin: readonly string[];
    /** IPv4 addresses and networks that no balancer answers; those of files are among them. */
    readonly block: readonly string[];
    /** Outside access to a service inside, each with an end. */
    readonly extra: readonly ExtraAccess[];
  };
  readonly environment: Environment;
}

/** What the web application firewall does with an attack: nothing at all, tell of it, or refuse it. */
export type WafMode = "off" | "watch" | "block";

/** What the web application firewall is not to object to. */
export interface WafException {
  /** Ids of rules, both ends included. */
  readonly first: number;
  readonly last: number;
  /** Path prefix that ends at a slash, as those of routes do; undefined: everywhere. */
  readonly path: string | undefined;
  /** The only thing in requests that is let off: "q", "cookie:theme", "header:Referer"; undefined: the whole request. */
  readonly parameter: string | undefined;
  readonly why: string;
}

/** Outside access to one service inside. */
export interface ExtraAccess {
  /** IPv4 addresses or networks. */
  readonly from: readonly string[];
  /** "database", or the name of an app service. */
  readonly to: string;
  /** The last day on which it is open, as 2026-12-31 (UTC). */
  readonly until: string;
  readonly why: string;
}

/** The network in which the hosts of every lab stand. */
export const labInside = "10.77.0.0/16";

export interface SiteTls {
  /** Who issues what visitors see. "own": the site's own CA. */
  readonly certificate: "own" | GivenCertificate | AcmeCertificate;
  /**
   * PEM file, relative to the site file, of CAs that Debian does not know: those of a company, or of an ACME server of one's
   * own. The site's ACME client and its probes trust them.
   */
  readonly trust?: string | undefined;
  /**
   * - balancer: opened at the balancer, inspected, encrypted again to the web hosts.
   * - web: passed through the balancer, which never has the key, and opened at the web hosts.
   */
  readonly terminate: "balancer" | "web";
}

/** What one visitor (one address) may do. Rates are as in the site file: "200/s", "10/5m"; false: no limit. */
export interface SiteLimits {
  readonly requests: string | false;
  /** New connections. */
  readonly connections: string | false;
  /** Connections at the same time. */
  readonly open: number | false;
  /** Answers of status 400 to 499. */
  readonly errors: string | false;
  /** Failed log-ins before a ban. */
  readonly logins: string | false;
  /** How long a ban lasts: "1h". */
  readonly ban: string;
}

/** Files of the user's, relative to the site file. */
export interface GivenCertificate {
  readonly kind: "files";
  /** PEM: the certificate first, then the chain to a CA that browsers know. */
  readonly certificate: string;
  /** PEM, not encrypted. */
  readonly key: string;
}

/** Fetched and renewed by the site itself (RFC 8555), by answering at `/.well-known/acme-challenge/` (http-01). */
export interface AcmeCertificate {
  readonly kind: "acme";
  /** Where the CA writes to when something is wrong. */
  readonly email: string;
  /** Address of the CA's directory. */
  readonly directory: string;
}

export interface AppService {
  /** [a-z][a-z0-9-]*, at most 20 characters; hosts are called name1, name2 … */
  readonly name: string;
  /** Source folder, relative to the site file. */
  readonly source: string;
  /** Debian packages that the service needs on its hosts, beyond those of the role. */
  readonly packages: readonly string[];
  /** Command run on the operator's machine in a copy of the source folder. */
  readonly build: string | undefined;
  /** Command run on one host of the service before a new release starts there. */
  readonly migrate: string | undefined;
  readonly start: string;
  /** The program listens on 127.0.0.1:port; the host offers the same port, by TLS, on its inside address. */
  readonly port: number;
  /** Path that answers 200 when the program can serve. */
  readonly health: string;
  /** Path of Prometheus metrics, hidden from visitors; undefined when it has none. */
  readonly metrics: string | undefined;
  /** True: it pushes measurements to STATSD_HOST and STATSD_PORT of its own host. */
  readonly push: boolean;
  /** Path to which visitors send their log-in form; undefined: failed log-ins are not counted. */
  readonly login: string | undefined;
  /** How many requests each web host gives to one host of the service at once; further ones wait. */
  readonly concurrency: number;
  readonly routes: readonly Route[];
  readonly env: Readonly<Record<string, string>>;
  /** Names of environment variables that get a random value of their own, the same on all hosts of the service. */
  readonly secrets: readonly string[];
  /** True: a database and an account of its own, reached by DATABASE_* variables. */
  readonly database: boolean;
  readonly hosts: number;
}

export interface Route {
  /** Public host name; undefined: the site's domain. */
  readonly host: string | undefined;
  /** Path prefix that starts with "/"; the longest matching prefix wins. */
  readonly path: string;
}

/**
 * What survives what:
 * - `no-loss`: an acknowledged write survives any single fault, and a power cut of all hosts together.
 * - `no-loss-unless-all-lose-power`: any single fault; about twice as fast.
 */
export type DatabasePromise = "no-loss" | "no-loss-unless-all-lose-power";

/**
 * How copies of the data are kept:
 * - `replicated`: one primary, replicas that must acknowledge its writes, and agents that agree on who is what.
 * - `galera`: a Galera cluster, whose members certify each other's writes.
 */
export type DatabaseMode = "replicated" | "galera";

export interface SiteDatabase {
  readonly hosts: number;
  readonly mode: DatabaseMode;
  /** Where a vote without data runs; only in mode `galera`. */
  readonly arbiter: "none" | "monitor";
  /** undefined: mode `galera` keeps none of the two. */
  readonly promise: DatabasePromise | undefined;
  /** InnoDB buffer pool of each host, in MiB. */
  readonly bufferPoolMiB: number;
  readonly backup: SiteBackup;
}

export interface SiteBackup {
  /** "monitor": the site's monitor host. "none": nothing is backed up. Else a place of the operator's: see `storePlace` in backup.ts. */
  readonly store: string;
  /** File with what the operator's store asks for, relative to the site file. */
  readonly credentials: string | undefined;
  /** PEM file, relative to the site file, of CAs that Debian does not know and that vouch for a store by S3. */
  readonly trust: string | undefined;
  /** When the nightly backup begins: "03:00", UTC. */
  readonly at: string;
  /** How many days, weeks and months a backup of is kept. Binary logs are kept for the days. */
  readonly keep: { readonly daily: number; readonly weekly: number; readonly monthly: number };
  readonly drill: DrillInterval;
}

/** How often a restore is proved. */
export type DrillInterval = "daily" | "weekly" | "monthly" | "never";

/** Where the site runs. Named environments of real servers will be a second kind. */
export interface Environment {
  readonly name: string;
  readonly kind: "lab";
  /** The name by which a browser on this machine reaches the site: the domain with `.localhost` for its last label. */
  readonly localDomain: string;
  /** Ports on 127.0.0.1 at which the site is published. */
  readonly httpsPort: number;
  readonly httpPort: number;
}
