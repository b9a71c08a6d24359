import type { DashboardSettings } from "../../src/model/dashboard.ts";
import { chartPlan } from "./charts.ts";
import type { Prometheus } from "./prometheus.ts";
import type { Line } from "./series.ts";
import type { Chart } from "./wire.ts";

/** More points than a screen has columns tell nothing, and cost the monitor much. */
export const mostPoints = 1500;
/** More lines than this cannot be told apart. */
const mostLines = 40;

export interface ChartQuestion {
  readonly name: string;
  readonly of: string;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two points; 0: as fits. */
  readonly step: number;
}

/** Why a question is not asked, as a sentence for the user. */
export class Refusal extends Error {}

/** Takes a question apart; throws a Refusal that says what is wrong with it. */
export function chartQuestion(words: URLSearchParams, now: number): ChartQuestion {
  const number = (name: string, otherwise: number) => {
    const text = words.get(name);
    const value = text === null ? otherwise : Number(text);
    if (!Number.isFinite(value)) throw new Refusal(`"${name}" is no number.`);
    return value;
  };
  const to = Math.min(number("to", now), now);
  const from = number("from", to - 3600);
  const step = number("step", 0);
  if (from >= to) throw new Refusal("The time begins after its end.");
  if (step < 0) throw new Refusal("Points cannot be less than nothing apart.");
  const points = step === 0 ? 0 : Math.floor((to - from) / step) + 1;
  if (points > mostPoints)
    throw new Refusal(
      `That would be ${points.toLocaleString("en-US")} points of each line; at most ${mostPoints.toLocaleString("en-US")} are drawn. Choose a shorter time, or leave the step out.`,
    );
  return { name: words.get("name") ?? "", of: words.get("of") ?? "", from, to, step };
}

/** Distances of points that people can read, s. */
const steps = [2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** About 240 points, and never more often than Prometheus asks. */
export function stepFor(seconds: number): number {
  return steps.find((step) => seconds / step <= 240) ?? Math.ceil(seconds / 240 / 86_400) * 86_400;
}

export async function chartOf(
  settings: DashboardSettings,
  prometheus: Prometheus,
  question: ChartQuestion,
): Promise<Chart> {
  const step = question.step > 0 ? question.step : stepFor(question.to - question.from);
  // On a grid, so that a chart that is asked for again has the same points.
  const to = Math.floor(question.to / step) * step;
  const from = Math.ceil(question.from / step) * step;
  const plan = chartPlan(question.name, question.of, `${Math.max(step, 10)}s`, settings);
  if (plan === undefined) throw new Refusal("There is no such chart.");
  const answers = await Promise.all(plan.parts.map(({ query }) => prometheus.range(query, from, to, step)));
  const times = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
  const lines = plan.parts.flatMap((part, index) =>
    (answers[index] ?? []).map((line) => ({
      name: part.by === undefined ? (part.name ?? "") : (line.labels[part.by] ?? ""),
      values: valuesAt(times, line),
    })),
  );
  const { title, unit, about } = plan;
  const sorted = lines.toSorted((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
  return {
    title,
    unit,
    about,
    times,
    lines: sorted.slice(0, mostLines),
    leftOut: Math.max(0, lines.length - mostLines),
  };
}

/** A moment without a measurement is a gap. */
function valuesAt(times: readonly number[], line: Line): readonly (number | null)[] {
  const points = new Map(line.points);
  return times.map((time) => points.get(time) ?? null);
}
