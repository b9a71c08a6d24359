import type { Line, Sample } from "./series.ts";

/** Asks the Prometheus beside us. Every question fails when no answer came in time, and never waits longer. */
export interface Prometheus {
  instant(query: string): Promise<readonly Sample[]>;
  range(query: string, from: number, to: number, step: number): Promise<readonly Line[]>;
  get(path: string): Promise<unknown>;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result?: readonly Result[] };
}

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** A value of its text form; what is no number is dropped, so that 0/0 is missing and not a figure. */
function known(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

export function prometheusAt(base: string, limitMs: number): Prometheus {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${base}${path}`, { signal: AbortSignal.timeout(limitMs) });
    const text = await response.text();
    if (!response.ok) throw new Error(`Prometheus answers ${response.status}: ${text.slice(0, 200)}`);
    return JSON.parse(text);
  };
  const results = async (path: string): Promise<readonly Result[]> => {
    const answer = (await get(path)) as Answer;
    if (answer.status !== "success") throw new Error(answer.error ?? "Prometheus does not understand the question");
    return answer.data?.result ?? [];
  };
  return {
    get,
    async instant(query) {
      const found = await results(`/api/v1/query?${new URLSearchParams({ query })}`);
      return found.flatMap(({ metric, value }) => {
        const number = known(value?.[1] ?? "");
        return number === undefined ? [] : [{ labels: metric, value: number }];
      });
    },
    async range(query, from, to, step) {
      const words = { query, start: String(from), end: String(to), step: String(step) };
      const found = await results(`/api/v1/query_range?${new URLSearchParams(words)}`);
      return found.map(({ metric, values = [] }) => ({
        labels: metric,
        points: values.flatMap(([time, text]) => {
          const number = known(text);
          return number === undefined ? [] : [[time, number] as const];
        }),
      }));
    },
  };
}
