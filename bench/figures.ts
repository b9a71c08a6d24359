/** One line of the table: what was measured, in how many runs, and what it is held against. */
export interface Row {
  readonly what: string;
  readonly unit: "s" | "ms" | "×" | "GiB" | "MiB" | "%";
  /** One value a run. */
  readonly values: readonly number[];
  /** How many runs a single value is the median of. */
  readonly runs?: number;
  /** `least`: the value has to stay below its limits; `most`: above them. */
  readonly better: "least" | "most";
  readonly reach: number | undefined;
  readonly aim: number | undefined;
  /** How it was measured, and what else was seen; a sentence or a few. */
  readonly notes: readonly string[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** `12.3 s (11.9–13.0, 3 runs)` */
export function measured({ values, unit, runs: inside }: Row): string {
  const count = inside ?? values.length;
  const runs = count === 1 ? "1 run" : `${count} runs`;
  const spread = `${figure(Math.min(...values), unit)}–${figure(Math.max(...values), unit)}`;
  return `${withUnit(median(values), unit)} (${values.length > 1 ? `${spread}, ` : ""}${runs})`;
}

export function limit(value: number | undefined, { unit }: Row): string {
  return value === undefined ? "" : withUnit(value, unit);
}

/** The verdict in one word or two. */
export function verdict(row: Row): string {
  const value = median(row.values);
  const holds = (bound: number | undefined) =>
    bound !== undefined && (row.better === "least" ? value <= bound : value >= bound);
  if (row.reach === undefined) return "";
  if (holds(row.aim)) return "aim met";
  return holds(row.reach) ? "reach met" : "MISSED";
}

function withUnit(value: number, unit: Row["unit"]): string {
  return unit === "×" ? figure(value, unit) : `${figure(value, unit)} ${unit}`;
}

function figure(value: number, unit: Row["unit"]): string {
  if (unit === "ms" || unit === "MiB") return value.toFixed(0);
  return value.toFixed(unit === "s" && value >= 20 ? 0 : 2);
}
