/** Where alerts are delivered. */
export interface SiteAlerts {
  readonly webhook: string | undefined;
  readonly email?: AlertEmail | undefined;
  /** Address that the monitor asks for while it is well. */
  readonly heartbeat?: string | undefined;
  /** When the day before is told, "06:00", UTC. */
  readonly dailyReport?: string | undefined;
  /** PEM file, relative to the site file, of CAs that Debian does not know and that vouch for webhook or mail server. */
  readonly trust?: string | undefined;
}

export interface AlertEmail {
  readonly to: readonly string[];
  readonly from: string;
  /** Name or IPv4 address of the mail server. */
  readonly host: string;
  /** 465: TLS from the first byte. Any other: STARTTLS, and nothing without it. */
  readonly port: number;
  readonly user: string | undefined;
  /** File with the password, relative to the site file. */
  readonly password: string | undefined;
}

/** The mail account's password, from the file that the site names. No variable of a service can be called so. */
export const mailPassword = "monitor.alerts-mail-password";
/** PEM of the CAs that vouch for webhook and mail server, from the file that the site names. */
export const alertTrust = "monitor.alerts-trust";

/** True for what comes from files of the operator's and is never made by the site. */
export function isAlertFile(name: string): boolean {
  return name === mailPassword || name === alertTrust;
}

/** A rule of the monitor's, for one host or thing when it is active there. */
export interface RuleStanding {
  readonly name: string;
  readonly state: "firing" | "pending" | "inactive";
  readonly severity: string;
  /** What the alert is about; "" when the rule is of no one host. */
  readonly about: string;
  /** In the alert's own words; "" while it is inactive. */
  readonly summary: string;
  /** ISO 8601; null while it is inactive. */
  readonly since: string | null;
  /** Path of its runbook. */
  readonly runbook: string;
  /** A silence keeps it from being told. */
  readonly silenced: boolean;
}

/** What is not told for a while, on purpose. */
export interface Silence {
  readonly id: string;
  /** In words: "host web1". */
  readonly what: string;
  readonly why: string;
  readonly by: string;
  /** ISO 8601. */
  readonly until: string;
}

/** Alerts that no planned work hides: what visitors feel, broken promises of the database, and that nobody is told. */
export const neverQuiet: readonly string[] = [
  ...["SiteDown", "AddressHeldByNobody", "AddressHeldByTwo", "NoHealthyWebHost", "NoHealthyAppHost", "ServiceErrors"],
  ...["NoWritableDatabase", "TwoWritableDatabases", "DatabasePromiseBroken", "WriteNotAcknowledged"],
  ...["AlertsNotDelivered", "AlertmanagerUnreached", "RulesFail"],
];

/** Label of an alert that only tries the delivery; its value is one run's. Nothing that really fires has it. */
export const trialLabel = "rampart_test";

/** Names of Alertmanager's receivers of alerts; it has others, which reports go to. */
export const alertChannels = { webhook: "webhook", email: "email" } as const;

/** Severity of what is no fault: the report of a day, which goes the way of alerts. */
export const reportSeverity = "report";
export const reportName = "DailyReport";

/** What became of a trial on one channel. */
export interface TrialOutcome {
  /** As the site file calls it: "webhook", "email". */
  readonly channel: string;
  /** Seconds until the other side had taken it; null: it has not. */
  readonly told: number | null;
  /** Seconds until the other side had taken the notice of its end; null: it has not. */
  readonly ended: number | null;
  /** Why it was not delivered, or its end was not; null: both were. */
  readonly why: string | null;
}

/** An alert as one rule would give it, sent as a trial. */
export interface AlertTrial {
  readonly name: string;
  /** What tells rules of one name apart; "" for most. */
  readonly about: string;
  readonly severity: string;
  /** The channels to which Alertmanager led it. */
  readonly routedTo: readonly string[];
  readonly outcomes: readonly TrialOutcome[];
}

export interface TrialReport {
  /** What the trial's messages have as label `rampart_test`. */
  readonly id: string;
  readonly channels: readonly string[];
  readonly trials: readonly AlertTrial[];
  /** By Alertmanager's own counters, with whatever else was told meanwhile; by channel. */
  readonly counted: Readonly<Record<string, { readonly sent: number; readonly failed: number }>>;
}

/** What visitors feel is judged twice as often as it is measured, so that no time is lost between the two. */
export const urgentAlerts: readonly string[] = [
  ...["SiteDown", "NoHealthyWebHost", "NoHealthyAppHost", "HostDown", "AddressHeldByNobody", "NoWritableDatabase"],
];

/** Seconds between two judgements of an alert's rule. */
export const judgedEvery = { urgent: 1, others: 2 } as const;

/** What an alert is told apart by: its labels, without the site's name, which Prometheus adds when it sends. */
export function labelsKey({ site: _site, ...own }: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(own).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
