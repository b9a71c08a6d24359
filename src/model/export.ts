/** Where measurements and logs go besides the monitor. */
export interface SiteExport {
  readonly remoteWrite: RemoteWrite | undefined;
  readonly syslog: SyslogExport | undefined;
}

export interface RemoteWrite {
  /** https:// always: what is sent tells much about a site. */
  readonly url: string;
  readonly user: string | undefined;
  /** File with the account's password, relative to the site file. */
  readonly password: string | undefined;
  /** File with a token instead (Authorization: Bearer), relative to the site file. */
  readonly token: string | undefined;
  /** PEM file of the authorities that vouch for the place, relative to the site file; undefined: those that Debian knows. */
  readonly trust: string | undefined;
}

export interface SyslogExport {
  /** Name or IPv4 address. */
  readonly host: string;
  readonly port: number;
  /** As that of RemoteWrite. */
  readonly trust: string | undefined;
}

/** Secrets of files that the site names; none of them is ever made by the site. No variable of a service can be called so. */
export const exportSecrets = {
  password: "monitor.export-password",
  token: "monitor.export-token",
  metricsTrust: "monitor.export-metrics-trust",
  logsTrust: "monitor.export-logs-trust",
} as const;

/** True for what comes from files of the operator's. */
export function isExportFile(name: string): boolean {
  return Object.values<string>(exportSecrets).includes(name);
}

/** The site's own file for a secret; undefined when the name means none. */
export function exportFile(site: SiteExport | undefined, name: string): string | undefined {
  const { password, token, metricsTrust, logsTrust } = exportSecrets;
  const files: Readonly<Record<string, string | undefined>> = {
    [password]: site?.remoteWrite?.password,
    [token]: site?.remoteWrite?.token,
    [metricsTrust]: site?.remoteWrite?.trust,
    [logsTrust]: site?.syslog?.trust,
  };
  return files[name];
}

/** What the sender of logs is told: see onhost/log-export. */
export interface LogExportSettings {
  readonly host: string;
  readonly port: number;
  /** PEM file of the authorities that vouch for the place. */
  readonly trust: string;
  readonly senders: readonly {
    readonly host: string;
    /** Files of the store that hold what the host said, as journalctl's `--file` takes them; the first is the one that grows. */
    readonly journal: readonly string[];
  }[];
  /** File of figures for the node exporter. */
  readonly figures: string;
}
