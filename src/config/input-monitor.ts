// What a site file may say of the monitor.

export interface MonitorInput {
  /** How many monitor hosts, 1 or 2. Two watch each other: when one is lost the other goes on telling, and each alert is told once. */
  readonly hosts?: number | undefined;
  /** How long measurements are kept, in days. */
  readonly retentionDays?: number | undefined;
  /** Where alerts go. */
  readonly alerts?: AlertsInput | undefined;
  /** Where measurements and logs go besides the monitor. */
  readonly export?: ExportInput | undefined;
  /** The dashboard on a public name of its own, behind a log-in. Without it: `rampart dashboard`, through SSH. */
  readonly dashboard?: DashboardInput | undefined;
  /** Path of a public page that says how the site is and was; made by the monitor, and served by the web tier also when the application is down. */
  readonly statusPage?: string | undefined;
  /** What the site is to keep: alerts tell when it is about to miss it. */
  readonly objectives?: ObjectivesInput | undefined;
  /** Places outside the site from which it is looked at, by names of yours. A host called probe-<region> stands for each. */
  readonly regions?: readonly string[] | undefined;
  /** What every region does once a minute as a customer would: steps in order, with cookies kept from one to the next. */
  readonly visit?: readonly VisitStepInput[] | undefined;
}

export interface DashboardInput {
  /** The public name at which the balancers serve it. */
  readonly domain: string;
  /** File with who may log in, a line each: a name, a colon, and what `openssl passwd -6` makes of the password. Keep it out of version control. */
  readonly users: string;
}

export interface ObjectivesInput {
  /** Share of requests that are answered without a failure of the site's, over 30 days or as long as measurements are kept. */
  readonly availability?: string | undefined;
  /** Share of the answered requests that take no longer than a time: "p95 < 300ms" means 95 % of them. */
  readonly latency?: string | undefined;
}

export interface VisitStepInput {
  /** What the step is called in figures and alerts. */
  readonly step: string;
  /** Path that is asked for. */
  readonly get?: string | undefined;
  /** Path to which the form is sent. */
  readonly post?: string | undefined;
  /** Fields of the form. A value is a text, in which ${name} stands for what an earlier step took, or { secret: "service.VARIABLE" }. */
  readonly form?: Readonly<Record<string, string | SecretValueInput>> | undefined;
  /** Status that the answer must have: redirects are answers, and are not followed. */
  readonly status?: number | undefined;
  /** Text that the answer must hold. */
  readonly text?: string | undefined;
  /** What later steps need of the answer: by name, a regular expression whose group is taken. */
  readonly take?: Readonly<Record<string, string>> | undefined;
}

export interface SecretValueInput {
  /** A secret of a service, as service.VARIABLE: one of `app.<name>.secrets`. */
  readonly secret: string;
}

export interface AlertsInput {
  /** Address that receives alerts as JSON by HTTP POST (Alertmanager's webhook format). */
  readonly webhook?: string | undefined;
  /** E-mail, beside the webhook or without one. */
  readonly email?: EmailInput | undefined;
  /** PEM file of authorities that Debian does not know, when one of them vouches for the webhook or the mail server. */
  readonly trust?: string | undefined;
  /** Address that the monitor asks for every 15 s while it is well: a dead man's switch elsewhere, which tells you when it was not asked for long. */
  readonly heartbeat?: string | undefined;
  /** When the day before is told by webhook and mail, as "06:00", UTC: how the site was seen, what was asked of it, what went wrong. */
  readonly dailyReport?: string | undefined;
}

export interface EmailInput {
  /** Who gets them. */
  readonly to: readonly string[];
  /** The sender that they have. */
  readonly from: string;
  /** The mail server that takes them, always by TLS: from the first byte at port 465, else by STARTTLS. Its certificate is verified. */
  readonly server: string;
  /** The account there; without one nobody logs in. */
  readonly user?: string | undefined;
  /** File that holds the account's password, relative to the site file. Keep it out of version control. */
  readonly password?: string | undefined;
}

export interface ExportInput {
  /** All measurements, as they are taken, by Prometheus' remote write. */
  readonly remoteWrite?: RemoteWriteInput | undefined;
  /** The journals of all hosts, line by line, by syslog over TLS. */
  readonly syslog?: SyslogInput | undefined;
}

export interface RemoteWriteInput extends Pick<EmailInput, "user" | "password"> {
  /** Address that takes Prometheus' remote write. */
  readonly url: string;
  /** File that holds a token, sent as Authorization: Bearer, in place of an account. Keep it out of version control. */
  readonly token?: string | undefined;
  /** PEM file of the authorities that vouch for that place; without it those that Debian knows. */
  readonly trust?: string | undefined;
}

export interface SyslogInput extends Pick<RemoteWriteInput, "trust"> {
  /** The place that takes syslog by TLS (RFC 5425). Its certificate is verified. */
  readonly server: string;
}
