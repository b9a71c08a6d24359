/** What became of a request in which the web application firewall found something. */
export type WafAction =
  | "blocked"
  /** It would have been refused, had the mode been "block". */
  | "would-block"
  /** Too little to refuse it. */
  | "noted";

/** A request in which it found something: one line of the journal of rampart-waf.service. */
export interface WafFinding {
  /** ISO 8601. */
  readonly time: string;
  /** The id of the request in all logs, and on the page that a refused visitor sees. */
  readonly id: string;
  /** The visitor's address. */
  readonly src: string;
  readonly method: string;
  /** Without the query, which may hold something private. */
  readonly path: string;
  readonly status: number;
  readonly action: WafAction;
  readonly rules: readonly WafMatch[];
}

export interface WafMatch {
  readonly rule: number;
  readonly severity: string;
  readonly message: string;
  /** The part of the request that matched, such as ARGS:q; empty when the rule does not say. */
  readonly at: string;
}

export type SampleOutcome = "passed" | "failed" | "skipped";

/** What became of one test of a rule set. */
export interface SampleResult {
  readonly file: string;
  readonly name: string;
  readonly outcome: SampleOutcome;
  /** Why it failed or was skipped; empty when it passed. */
  readonly why: string;
}

/** A run of such tests against a host. */
export interface SampleRun {
  readonly host: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly durationMs: number;
  readonly results: readonly SampleResult[];
}
