/** A day of the site, as the monitor measured it. null: nothing was measured. */
export interface DayReport {
  readonly site: string;
  /** 2026-11-30, UTC. */
  readonly day: string;
  /** Hours of the day for which the monitor has measurements. */
  readonly measuredHours: number;
  /** Share of the looks of the monitor itself that were well, 0 to 1. */
  readonly inside: number | null;
  readonly regions: readonly RegionDay[];
  /** The slowest hours of the page, over all regions; the slowest first. */
  readonly slowest: readonly { readonly hour: string; readonly seconds: number }[];
  readonly failedSteps: readonly { readonly step: string; readonly region: string; readonly minutes: number }[];
  readonly certificates: readonly { readonly name: string; readonly days: number }[];
  readonly alerts: readonly {
    readonly name: string;
    readonly severity: string;
    readonly where: string;
    readonly minutes: number;
  }[];
  /** Requests of visitors that the balancers answered, and those of them with status 500 to 599. */
  readonly requests: number | null;
  readonly failedRequests: number | null;
}

export interface RegionDay {
  readonly region: string;
  /** Share of the looks at the page that were well, 0 to 1. */
  readonly availability: number;
  /** Seconds of the page, on average. */
  readonly seconds: number | null;
  readonly visits: number | null;
  readonly failedVisits: number | null;
}

/** What the program that tells a day is given, as JSON. */
export interface DailyReportSettings {
  readonly site: string;
  readonly environment: string;
  /** Where both answer by HTTP, as address:port. */
  readonly prometheus: string;
  readonly alertmanager: string;
}
