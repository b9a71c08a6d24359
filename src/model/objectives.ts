/** What a site is to keep, measured over a month or as long as measurements are kept. */
export interface Objectives {
  /** Share of requests that are answered without a failure of the site's: 0.999. */
  readonly availability: number | undefined;
  readonly latency: LatencyObjective | undefined;
}

export interface LatencyObjective {
  /** Share of the answered requests: 0.95 for p95. */
  readonly share: number;
  /** … that are answered within so many seconds. */
  readonly seconds: number;
}

export type ObjectiveName = "availability" | "latency";

/** 0.999 of "99.9%"; undefined when it is no share from 90% to 99.999%. */
export function parseAvailability(text: string): number | undefined {
  const [, number] = /^(\d{2}(?:\.\d{1,3})?) ?%$/.exec(text.trim()) ?? [];
  const thousandths = Math.round(Number(number) * 1000);
  return thousandths >= 90_000 && thousandths <= 99_999 ? thousandths / 100_000 : undefined;
}

/** { share: 0.95, seconds: 0.3 } of "p95 < 300ms"; undefined when it is nothing of the kind. */
export function parseLatency(text: string): LatencyObjective | undefined {
  const [, share = "", number, unit] = /^p(\d{2}(?:\.\d)?) ?< ?(\d+(?:\.\d+)?) ?(ms|s)$/.exec(text.trim()) ?? [];
  const tenths = Math.round(Number(share) * 10);
  if (number === undefined || tenths < 900 || tenths > 999) return undefined;
  return { share: tenths / 1000, seconds: Number((Number(number) / (unit === "ms" ? 1000 : 1)).toFixed(6)) };
}

/** Days over which the error budget is counted: a month, or all that is kept. */
export function objectiveDays(retentionDays: number): number {
  return Math.min(30, retentionDays);
}
