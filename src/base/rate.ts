/** So many within so many seconds. */
export interface Rate {
  readonly count: number;
  readonly seconds: number;
}

/** Seconds of each unit of time in which people write. */
export const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a text such as "90s", "5m", "1h", "7d"; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = ""] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  const seconds = units[unit];
  return count === undefined || seconds === undefined ? undefined : Number(count) * seconds;
}

/** A rate as people write it: "200/s", "10/5m", "1000/h"; undefined when the text is none. */
export function parseRate(text: string): Rate | undefined {
  const [, count, each = ""] = /^([1-9]\d{0,6})\/(\d*[smh])$/.exec(text) ?? [];
  const seconds = parseDuration(/^\d/.test(each) ? each : `1${each}`);
  return count === undefined || seconds === undefined || seconds > 3600 ? undefined : { count: Number(count), seconds };
}

/**
 * The same rate counted over ten seconds at least: a page with many parts is asked for in one second and is no flood.
 * "200/s" becomes 2,000 in 10 s.
 */
export function calmRate({ count, seconds }: Rate): Rate {
  return seconds >= 10 ? { count, seconds } : { count: Math.ceil((count * 10) / seconds), seconds: 10 };
}

/** Whole seconds in the largest unit that fits: 3600 is "1h". */
export function durationText(seconds: number): string {
  const [unit = "s", size = 1] = Object.entries(units).findLast(([, each]) => seconds % each === 0) ?? [];
  return `${seconds / size}${unit}`;
}
