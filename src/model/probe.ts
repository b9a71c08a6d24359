import type { VisitStep } from "./visit.ts";

// What the program on probe hosts is told, and what its figures are called.

/** Paths of the door: who may ask what is told apart by certificate. */
export const probePaths = { metrics: "/metrics", heartbeat: "/heartbeat", watch: "/watch" } as const;

/** Seconds between two looks, visits, and signs of life of the monitor. */
export const probeSeconds = {
  page: 5,
  others: 15,
  visit: 60,
  /** After a visit that failed: whether it was a moment's fault should be known soon. */
  visitAgain: 15,
  heartbeat: 10,
  /** Without a sign of life for so long, the monitor counts as silent. */
  silence: 30,
} as const;

/** What is looked at. `page` is the front page with everything before it: name, connection, TLS. */
export const probeChecks = ["dns", "tcp", "tls", "page"] as const;
export type ProbeCheck = (typeof probeChecks)[number];

/** Names of figures; each has the label `region`. */
export const regionFigures = {
  success: "rampart_region_check_success",
  seconds: "rampart_region_check_seconds",
  checked: "rampart_region_checked_timestamp_seconds",
  phase: "rampart_region_phase_seconds",
  status: "rampart_region_status_code",
  certificate: "rampart_region_certificate_not_after_seconds",
  visit: "rampart_region_visit_success",
  visitSeconds: "rampart_region_visit_seconds",
  visited: "rampart_region_visit_timestamp_seconds",
  visits: "rampart_region_visits_total",
  visitsFailed: "rampart_region_visits_failed_total",
  step: "rampart_region_visit_step_success",
  stepSeconds: "rampart_region_visit_step_seconds",
  silence: "rampart_region_monitor_silence_seconds",
} as const;

/** `/etc/rampart/probe/probe.json`. */
export interface ProbeSettings {
  readonly site: string;
  readonly region: string;
  readonly listen: { readonly address: string; readonly port: number };
  readonly tls: { readonly ca: string; readonly certificate: string; readonly key: string };
  /** Common name of the monitors' certificate, and the monitors that it stands for. */
  readonly monitor: { readonly name: string; readonly hosts: readonly string[] };
  /** All probes in the order in which they speak, this one among them. */
  readonly probes: readonly ProbePeer[];
  /** Public names, the domain first, and the address that they should have. */
  readonly names: readonly string[];
  readonly address: string;
  readonly port: number;
  /** Files of the authorities that vouch for the site, separated by blanks. */
  readonly trust: string;
  /** host:port of the blackbox exporter. */
  readonly blackbox: string;
  readonly visit: readonly VisitStep[];
  /** By the name of the secret. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly webhook?: string | undefined;
  readonly mail?: ProbeMail | undefined;
  /** Files of the authorities that vouch for the webhook, separated by blanks; undefined: those that Debian knows. */
  readonly alertTrust?: string | undefined;
}

/** How a probe sends a letter. */
export interface ProbeMail {
  /** Name or IPv4 address of the mail server. */
  readonly host: string;
  /** 465: TLS from the first byte. Any other: STARTTLS, and nothing without it. */
  readonly port: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly user?: string | undefined;
  /** File with the password. */
  readonly password?: string | undefined;
  /** File of the authorities that vouch for the server besides those that Debian knows. */
  readonly trust?: string | undefined;
}

export interface ProbePeer {
  readonly region: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** What one probe tells the others of the monitor. */
export interface Watch {
  readonly region: string;
  /** Seconds since the last sign of life of any monitor; since its own start when there was none. */
  readonly silence: number;
  /** The page of the site was got in the last look. */
  readonly page: boolean;
  /** It could not deliver what it had to tell. */
  readonly mute: boolean;
  readonly told: Told | null;
}

/** That the operators were told of a silence. */
export interface Told {
  /** ISO 8601; the same on all probes. */
  readonly since: string;
  /** The region that told. */
  readonly by: string;
}
