import { type Problem, RampartError } from "../../base/problem.ts";
import type { RemoteResult } from "../../ssh/result.ts";
import { run } from "../../ssh/run.ts";
import { targetsOf } from "../hosts.ts";
import type { OpenSite } from "../site.ts";
import type { Waiting } from "../waiting.ts";

/** What is run on a database host, and what is said when it does not succeed. */
export interface Deed {
  readonly host: string;
  readonly script: string;
  /** Title of the error: what was not done. */
  readonly title: string;
  readonly timeoutMs?: number;
  readonly stdin?: string;
  /** The next command to type when it did not succeed. */
  readonly next?: string;
}

/** Runs a program on a host, such as those of backups; its steps are shown as they come. Resolves with what it says at its end. */
export async function carryOut<T>(open: OpenSite, deed: Deed, line: Waiting): Promise<T> {
  let rest = "";
  const onStdout = (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) if (text.startsWith("STEP ")) line.say(`  ${deed.host}  ${text.slice(5)}`);
  };
  const answer = await run(targetsOf(open)(deed.host), deed.script, {
    timeoutMs: deed.timeoutMs ?? 24 * 3_600_000,
    onStdout,
    ...(deed.stdin === undefined ? {} : { stdin: deed.stdin }),
  }).finally(() => line.end());
  const result = /^RESULT (.*)$/m.exec(answer.stdout)?.[1];
  if (answer.exitCode !== 0 || result === undefined) throw refused(deed, answer);
  return JSON.parse(result) as T;
}

/** A refusal of the program in its own words; anything else by its last line. */
export function refused(
  { host, title, next = "rampart db backups" }: Pick<Deed, "host" | "title" | "next">,
  answer: RemoteResult,
): RampartError {
  return new RampartError(title, [problemOf(host, answer)], next);
}

function problemOf(host: string, { stderr, unreachable, timedOut }: RemoteResult): Problem {
  const reason = /^refused: (.*)$/m.exec(stderr)?.[1];
  const remedy = /^remedy: (.*)$/m.exec(stderr)?.[1];
  if (reason !== undefined) return { path: host, reason: ended(reason), remedy: remedy ?? "" };
  const last = unreachable ?? (timedOut ? "it took too long" : stderr.trim().split("\n").at(-1));
  return {
    path: host,
    reason: ended(last || "it ended without a word"),
    remedy: "See how it stands: rampart db status",
  };
}

function ended(sentence: string): string {
  return /[.:]$/.test(sentence) ? sentence : `${sentence}.`;
}
