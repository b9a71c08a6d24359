import type { Mark, Overview } from "../../../src/model/overview.ts";
import type { Chart, LogAnswer } from "../wire.ts";

export type { Chart, LogAnswer, Mark, Overview };

/** What the server said is wrong, or that it said nothing. */
export class Silence extends Error {}

/** Asks the server; fails with a sentence for the user. */
export async function ask<T>(path: string, limitMs: number): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { signal: AbortSignal.timeout(limitMs), credentials: "same-origin" });
  } catch {
    throw new Silence("The dashboard does not answer.");
  }
  const value = (await response.json().catch(() => ({}))) as T & { readonly error?: string };
  if (!response.ok) throw new Error(value.error ?? `The dashboard answers ${response.status}.`);
  return value;
}
