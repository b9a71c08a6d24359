import type { Sample } from "./series.ts";

/** The answers to one question, by figure. What is not there is not known. */
export interface Answers {
  all(figure: string): readonly Sample[];
  /** The value of the only series, or of the one with these labels. */
  one(figure: string, labels?: Readonly<Record<string, string>>): number | null;
  /** The sum of the series with these labels; null when there is none. */
  sum(figure: string, labels?: Readonly<Record<string, string>>): number | null;
}

export function answersOf(samples: readonly Sample[]): Answers {
  const byFigure = new Map<string, Sample[]>();
  for (const sample of samples) {
    const figure = sample.labels.figure ?? "";
    const group = byFigure.get(figure);
    if (group) group.push(sample);
    else byFigure.set(figure, [sample]);
  }
  const all = (figure: string) => byFigure.get(figure) ?? [];
  const fitting = (figure: string, labels: Readonly<Record<string, string>> = {}) =>
    all(figure).filter((sample) => Object.entries(labels).every(([name, value]) => sample.labels[name] === value));
  return {
    all,
    one: (figure, labels) => fitting(figure, labels)[0]?.value ?? null,
    sum: (figure, labels) => total(fitting(figure, labels).map(({ value }) => value)),
  };
}

/** null: nothing is known. */
export function total(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
