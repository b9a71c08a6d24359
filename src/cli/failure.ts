import { RampartError } from "../base/problem.ts";
import { problemsJson, problemsText } from "../report/problems.ts";
import { styleOf } from "../report/style.ts";
import { exitCodes } from "./options.ts";

/** The one place where a failure is told: a user's mistake without a stack trace, a defect of ours with it. */
export function reportFailure(error: unknown): number {
  if (error instanceof RampartError) {
    const json = process.argv.includes("--json");
    if (json) process.stdout.write(`${JSON.stringify(problemsJson(error), undefined, 2)}\n`);
    process.stderr.write(`${problemsText(error, styleOf(process.stderr))}\n`);
    return exitCodes.failed;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`This is a defect of Rampart, not of your site. Nothing further was changed.\n\n${trace}\n`);
  return exitCodes.failed;
}
