import { RampartError } from "../base/problem.ts";
import { plural } from "../base/text.ts";
import type { CheckResult } from "../converge/checks.ts";
import type { Emit } from "../model/event.ts";
import { progressReporter } from "../report/progress.ts";
import { styleOf } from "../report/style.ts";
import type { GlobalOptions } from "./options.ts";

/** For verbs that take too little time to report on. */
export const silent: Emit = () => undefined;

export function writeText(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function writeJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Width and colours of standard output. */
export function reportStyle() {
  return styleOf(process.stdout);
}

/** Runs work while its progress is shown on standard error, live on a terminal and a line a stage elsewhere. */
export async function withProgress<T>(options: GlobalOptions, work: (emit: Emit) => Promise<T>): Promise<T> {
  const reporter = progressReporter(process.stderr, { live: process.stderr.isTTY === true && !options.json });
  try {
    return await work(reporter.emit);
  } finally {
    reporter.stop();
  }
}

/** The error that says which promises do not hold; undefined when all do. */
export function failedChecks(results: readonly CheckResult[]): RampartError | undefined {
  const failed = results.filter((result) => !result.ok);
  if (failed.length === 0) return undefined;
  return new RampartError(
    `The changes are made, but ${plural(failed.length, "check does", "checks do")} not hold`,
    failed.map(({ check, message }) => ({
      path: `${check.host}: ${check.id}`,
      reason: `does not hold: ${check.promise}${message ? `\n${message}` : ""}`,
      remedy: `Look at it: rampart logs ${check.host}`,
    })),
    "rampart verify",
  );
}
