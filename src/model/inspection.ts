/** What was found on a host that no connection from outside shows. Plain data. */
export interface HostInspection {
  readonly host: string;
  /** The site's own long-running services there, by name. */
  readonly units: readonly UnitExposure[];
  readonly findings: readonly HostFinding[];
}

/** How much of the system a running service could do harm to, by `systemd-analyze security`: 0 (nothing) to 10. */
export interface UnitExposure {
  readonly unit: string;
  readonly score: number;
  readonly bound: number;
  /** Why this unit may have more than its like; only for exceptions. */
  readonly exception?: string;
}

export interface HostFinding {
  /** `base.<what>` */
  readonly id: string;
  /** A sentence: what is true when it holds. */
  readonly promise: string;
  /** unknown: it cannot be told, which is said and is no failure. */
  readonly state: "holds" | "fails" | "unknown";
  /** What was found instead, or why it is not known. */
  readonly message: string;
}
