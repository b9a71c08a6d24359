import { RampartError } from "../base/problem.ts";
import { defectText, problemsJson, problemsText } from "../report/problems.ts";
import { styleOf } from "../report/style.ts";
import { UsageError } from "./arguments.ts";
import { exitCodes } from "./options.ts";

/** The one place where a failure is told: a user's mistake without a stack trace, a defect of ours with it. */
export function reportFailure(error: unknown): number {
  const style = styleOf(process.stderr);
  if (!(error instanceof RampartError)) process.stderr.write(defectText(error, style));
  else if (process.argv.includes("--json"))
    process.stdout.write(`${JSON.stringify(problemsJson(error), undefined, 2)}\n`);
  else process.stderr.write(problemsText(error, style));
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}
