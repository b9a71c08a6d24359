// Figures for people: a unit on each of them, and a word where there is none to tell.

/** Stands where a figure should be. It is never zero, and never looks like one. */
export const noData = "no data";

/** Three figures that count: 0.42, 9.7, 96.2, 1,240. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en-US");
  if (size >= 10) return value.toFixed(1);
  return size === 0 || size >= 0.995 ? value.toFixed(size === 0 ? 0 : 1) : value.toFixed(2);
}

/** "96.2 requests/s". */
export function rateText(value: number | null, unit: string): string {
  return value === null ? noData : `${numberText(value)} ${unit}`;
}

/** A time in seconds: "4.2 ms", "1.3 s", "2 min". */
export function secondsText(value: number | null): string {
  if (value === null) return noData;
  if (value === 0) return "0 s";
  if (value < 0.0995) return `${value < 0.00995 ? (value * 1000).toFixed(1) : Math.round(value * 1000)} ms`;
  if (value < 0.995) return `${Math.round(value * 1000)} ms`;
  return value < 90 ? `${value.toFixed(1)} s` : longText(value);
}

/** A share of 0 to 1: "0.12 %", "43 %". */
export function shareText(value: number | null): string {
  if (value === null) return noData;
  const percent = value * 100;
  if (percent === 0) return "0 %";
  return `${percent < 0.995 ? percent.toFixed(2) : percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** A share of 0 to 1 that should be 1, rounded down so that what failed is never rounded away: "99.998 %". */
export function availabilityText(value: number | null): string {
  return value === null ? noData : `${(Math.floor(value * 100_000) / 1000).toFixed(3)} %`;
}

/** A number of things, all of its figures: "1,234,567". */
export function countText(value: number | null): string {
  return value === null ? noData : value.toLocaleString("en-US");
}

const sizes = ["B", "KB", "MB", "GB", "TB"] as const;

/** A number of bytes, by powers of 1,000. */
export function bytesText(value: number | null): string {
  if (value === null) return noData;
  const power = Math.min(sizes.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${numberText(value / 1000 ** power)} ${sizes[power]}`;
}

/** A long time in its largest unit: "40 s", "12 min", "9 h", "3 days". */
export function longText(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 60) return `${Math.round(seconds)} s`;
  if (size < 3600) return `${Math.round(seconds / 60)} min`;
  if (size < 2 * 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** How long ago something was; `null` is told as "never". */
export function agoText(iso: string | null, nowMs: number): string {
  if (iso === null) return "never";
  const seconds = (nowMs - Date.parse(iso)) / 1000;
  return seconds < 5 ? "just now" : `${longText(seconds)} ago`;
}

const bars = "▁▂▃▄▅▆▇█";

/** A line of a terminal as high as the values; a blank where nothing is known. */
export function sparkline(values: readonly (number | null)[]): string {
  const top = Math.max(0, ...values.map((value) => value ?? 0));
  return values
    .map((value) =>
      value === null ? " " : (bars[top === 0 ? 0 : Math.round((value / top) * (bars.length - 1))] ?? " "),
    )
    .join("");
}
