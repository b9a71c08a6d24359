// What a site file may say, for editors. A type check in schema.ts and a test of the comments keep it like the schema.
import type { MonitorInput } from "./input-monitor.ts";

export type * from "./input-monitor.ts";

/** A site: one file that becomes a complete web infrastructure. */
export interface SiteInput {
  /** Short name of the site: hosts are called web1.<name>.internal inside. Small letters, digits and "-"; at most 20. */
  readonly name: string;
  /** The public name that visitors type. */
  readonly domain: string;
  /** Further public names: visitors who type them are redirected to the domain. */
  readonly aliases?: readonly string[] | undefined;
  /** How visitors' connections are encrypted. */
  readonly tls?: TlsInput | undefined;
  /** The tier that visitors reach: hosts that share one address and pass requests on to the web tier. */
  readonly balancer?: BalancerInput | undefined;
  /** The tier that serves static files and passes everything else on to the services. */
  readonly web?: WebInput | undefined;
  /** The services that make up the application, by name. Each has hosts of its own, called <name>1, <name>2 … */
  readonly app?: Readonly<Record<string, AppServiceInput>> | undefined;
  /** The replicated MariaDB database. Made as soon as one service says `database: true`. */
  readonly database?: DatabaseInput | undefined;
  /** The tier that watches all others and raises alerts. */
  readonly monitor?: MonitorInput | undefined;
  /** What one visitor may do, counted by address. The site's own hosts and operators' networks are never limited. */
  readonly limits?: LimitsInput | undefined;
  /** Who may reach the hosts, beyond what the site itself needs. */
  readonly firewall?: FirewallInput | undefined;
  /** Where the site runs. Each environment may later override keys of the site; this version knows `lab` only. */
  readonly environments?: EnvironmentsInput | undefined;
}

export interface TlsInput {
  /** The certificate that visitors see. "own": issued by the site's own certificate authority. "acme": fetched from a public one such as Let's Encrypt, and renewed. Or files of yours, { certificate, key }, relative to the site file. */
  readonly certificate?: "own" | "acme" | CertificateFilesInput | undefined;
  /** With "acme": where the authority writes to when something is wrong. */
  readonly email?: string | undefined;
  /** With "acme": the address of the authority's directory; Let's Encrypt's if it is left out. */
  readonly directory?: string | undefined;
  /** PEM file of authorities that Debian does not know, when one of them issues the public certificate: a company's, or an ACME server of your own. */
  readonly trust?: string | undefined;
  /** Where the encryption of visitors ends: at the "balancer", which encrypts anew towards the web tier, or at the "web" hosts: the balancers then pass it through and never hold the key. */
  readonly terminate?: "balancer" | "web" | undefined;
}

export interface CertificateFilesInput {
  /** PEM file: the certificate, then the chain to an authority that browsers know. */
  readonly certificate: string;
  /** PEM file of its private key, not encrypted. Keep it out of version control. */
  readonly key: string;
}

export interface BalancerInput {
  /** How many balancers; with two, one takes over the address when the other is lost. */
  readonly hosts?: number | undefined;
}

export interface WebInput {
  /** How many web hosts. */
  readonly hosts?: number | undefined;
  /** Folder of static files, relative to the site file. */
  readonly files?: string | undefined;
  /** Largest request that visitors may send (an upload, say), in MiB. */
  readonly maxBodyMiB?: number | undefined;
  /** The web application firewall: "watch" tells of attacks, "block" refuses them too, "off" looks at nothing. */
  readonly waf?: "off" | "watch" | "block" | undefined;
  /** What the web application firewall objects to although it is no attack; `rampart waf findings` prints these lines. */
  readonly wafExceptions?: readonly WafExceptionInput[] | undefined;
  /** Whether a small script is added to HTML pages that tells how fast they were for real visitors, and which errors scripts had. It keeps neither cookies nor addresses. */
  readonly beacon?: boolean | undefined;
}

export interface WafExceptionInput {
  /** The rule that is not to apply, such as 942100, or a range of them, such as "942100-942199". */
  readonly rule: number | string;
  /** Only at this path and below it; everywhere if it is left out. */
  readonly path?: string | undefined;
  /** Only in this parameter of a query, a form or JSON, or in "cookie:NAME" or "header:NAME"; in the whole request if it is left out. */
  readonly parameter?: string | undefined;
  /** Why it is no attack. */
  readonly why: string;
}

export interface AppServiceInput {
  /** Folder with the service's source, relative to the site file. */
  readonly source: string;
  /** Debian packages that the service needs on its hosts, beyond what Rampart installs. */
  readonly packages?: readonly string[] | undefined;
  /** Command that is run on your machine in a copy of the source folder; its result is what the hosts get. */
  readonly build?: string | undefined;
  /** Command that is run on one host before a new release starts there: changes of the database schema. */
  readonly migrate?: string | undefined;
  /** Command that starts the service. It must go on running, and listen on 127.0.0.1 at `port`. */
  readonly start: string;
  /** Port at which the service listens, from 1024 up. */
  readonly port: number;
  /** Path that answers 200 when the service can serve; visitors are sent only to hosts where it does. */
  readonly health?: string | undefined;
  /** Path of the service's own Prometheus metrics, hidden from visitors. */
  readonly metrics?: string | undefined;
  /** Whether the service pushes measurements of its own: it gets STATSD_HOST and STATSD_PORT, and what it sends there by StatsD is watched. */
  readonly push?: boolean | undefined;
  /** Path to which visitors send their log-in form. Answers of status 401, 403, 422 or 429 to a POST there, or with the header X-Rampart-Login: failed, count as failed log-ins. */
  readonly login?: string | undefined;
  /** Requests that each web host gives to one host of the service at once, WebSockets among them; further ones wait up to 5 s, then get 503. */
  readonly concurrency?: number | undefined;
  /** What the service answers: path prefixes such as "/api", with a public name before them if it is not the domain. */
  readonly routes?: readonly (string | RouteInput)[] | undefined;
  /** Environment variables. For passwords and keys use `secrets`. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Environment variables that get a random value each, the same on all hosts of the service. */
  readonly secrets?: readonly string[] | undefined;
  /** Whether the service gets a database and an account of its own, reached by the DATABASE_* variables. */
  readonly database?: boolean | undefined;
  /** How many hosts run the service. */
  readonly hosts?: number | undefined;
}

export interface RouteInput {
  /** Public name; the site's domain when it is left out. */
  readonly host?: string | undefined;
  /** Path prefix; the longest that matches wins. */
  readonly path: string;
}

export interface DatabaseInput {
  /** How many database hosts: one primary and its replicas; with mode "galera", members. */
  readonly hosts?: number | undefined;
  /** How copies are kept: "replicated" is one primary that takes writes, and replicas that follow it: the mode that promises no loss. "galera" is a Galera cluster, in which any member can take writes; what it does not promise stands in the guide. */
  readonly mode?: "replicated" | "galera" | undefined;
  /** With mode "galera" and an even number of hosts: where a further vote without data runs, so that one side of a split is the larger one. "monitor": on the monitor host. */
  readonly arbiter?: "none" | "monitor" | undefined;
  /** What an acknowledged write survives. "no-loss": any single fault, and a power cut of all hosts together. "no-loss-unless-all-lose-power": any single fault, about twice as fast. */
  readonly promise?: "no-loss" | "no-loss-unless-all-lose-power" | undefined;
  /** Memory of each database host for cached data (the InnoDB buffer pool), in MiB. */
  readonly bufferPoolMiB?: number | undefined;
  /** Nightly backups and continuous binary logs, from which any second can be restored. */
  readonly backup?: BackupInput | undefined;
}

export interface BackupInput {
  /** Where backups go, encrypted. "monitor": the site's monitor host. Or a place of yours: a folder that is mounted on all database hosts, "sftp://user@host/folder", or "s3:https://host/bucket". "none": nothing is backed up. */
  readonly store?: string | undefined;
  /** For a store by SFTP: the file with its private SSH key. For S3: a file with the lines AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…. Keep it out of version control. */
  readonly credentials?: string | undefined;
  /** For S3: PEM file of authorities that Debian does not know, when one of them vouches for the store. */
  readonly trust?: string | undefined;
  /** When the nightly backup begins, in UTC. */
  readonly at?: string | undefined;
  /** How long backups are kept. */
  readonly keep?: BackupKeepInput | undefined;
  /** How often a restore is carried out and proved, into an instance that is thrown away. */
  readonly drill?: "daily" | "weekly" | "monthly" | "never" | undefined;
}

export interface BackupKeepInput {
  /** Days: a backup of each, and binary logs to go to any second of them. */
  readonly daily?: number | undefined;
  /** Weeks of which a backup is kept. */
  readonly weekly?: number | undefined;
  /** Months of which a backup is kept. */
  readonly monthly?: number | undefined;
}

export interface FirewallInput {
  /** IPv4 networks from which operators come by SSH. */
  readonly admin?: readonly string[] | undefined;
  /** IPv4 addresses, networks, and files of them (one a line) that no balancer answers. */
  readonly block?: readonly string[] | undefined;
  /** Outside access to a service inside the site: from where, to what, until when, and why. */
  readonly extra?: readonly ExtraAccessInput[] | undefined;
}

export interface ExtraAccessInput {
  /** IPv4 addresses or networks. */
  readonly from: readonly string[];
  /** What they may reach: "database", or the name of a service. */
  readonly to: string;
  /** The last day on which it is open, such as "2026-12-31". */
  readonly until: string;
  /** Who needs it and what for: the comment of the rule. */
  readonly why: string;
}

export interface LimitsInput {
  /** Requests of one visitor; further ones get 429. A rate by the second is counted over ten seconds. */
  readonly requests?: string | false | undefined;
  /** New connections of one visitor; further ones are closed. */
  readonly connections?: string | false | undefined;
  /** Connections of one visitor at the same time; further ones are closed. */
  readonly open?: number | false | undefined;
  /** Answers of status 400 to 499 for one visitor, as scanners collect them; then 429. */
  readonly errors?: string | false | undefined;
  /** Failed log-ins of one visitor, at the `login` paths of the services; then a ban. */
  readonly logins?: string | false | undefined;
  /** How long a ban lasts, 14 days at most. */
  readonly ban?: string | undefined;
}

export interface EnvironmentsInput {
  /** Hosts made on this machine. */
  readonly lab?: LabInput | undefined;
}

export interface LabInput {
  /** Port of this machine (127.0.0.1) at which the site is published by HTTPS. */
  readonly httpsPort?: number | undefined;
  /** Port of this machine (127.0.0.1) at which the redirect from HTTP is published. */
  readonly httpPort?: number | undefined;
}
