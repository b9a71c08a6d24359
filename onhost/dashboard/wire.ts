// What the server and its page say to each other, beside the overview.

export interface Chart {
  readonly title: string;
  /** "requests/s", "s", "share", "bytes/s", "days" …: how values are written. */
  readonly unit: string;
  readonly about: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  /** A moment without a measurement is null. */
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  /** How many lines were left out. */
  readonly leftOut: number;
}

export interface LogLine {
  readonly host: string;
  /** ISO 8601. */
  readonly at: string;
  readonly name: string;
  /** syslog(3): 0 the gravest, 7 the least; null: not said. */
  readonly priority: number | null;
  readonly message: string;
}

export interface LogAnswer {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** Why there may be more than these, as a sentence; "" when these are all. */
  readonly more: string;
}
