import { hostname, userInfo } from "node:os";
import { RampartError } from "../../base/problem.ts";
import { shellQuote } from "../../base/text.ts";
import { agentSocket, type DatabaseAnswer, type DatabaseRequest } from "../../contract/database.ts";
import { run } from "../../ssh/run.ts";
import type { SshTarget } from "../../ssh/target.ts";

/** What an agent answered, or why there was no answer. */
export type Reply =
  | { readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly status: undefined; readonly why: string };

/** Asks the agent of a database host through its socket. With a body it is a POST. */
export async function askAgent(target: SshTarget, path: string, body?: object): Promise<Reply> {
  const post = body === undefined ? "" : "-X POST -H 'content-type: application/json' --data-binary @- ";
  const script = `curl -sS --max-time 10 --unix-socket ${agentSocket} ${post}-w '\\n%{http_code}' ${shellQuote(`http://agent${path}`)}`;
  const stdin = body === undefined ? {} : { stdin: JSON.stringify(body) };
  const { exitCode, stdout, stderr, unreachable } = await run(target, script, { timeoutMs: 15_000, ...stdin });
  if (exitCode === 0) return replyOf(stdout);
  return { status: undefined, why: unreachable ?? (stderr.trim().split("\n").at(-1) || "no answer") };
}

/** curl's output with the status behind it. */
export function replyOf(output: string): Reply {
  const at = output.lastIndexOf("\n");
  try {
    const body: unknown = JSON.parse(output.slice(0, at) || "{}");
    return { status: Number(output.slice(at + 1)), body: typeof body === "object" && body !== null ? { ...body } : {} };
  } catch {
    return { status: undefined, why: `the agent answered: ${output.slice(0, at).trim()}` };
  }
}

/** Who asks, for the history: an account on a machine. */
export function operator(): string {
  return `${userInfo().username}@${hostname()}`;
}

/**
 * Hands a request in at the first agent that answers, and returns its number.
 * @throws RampartError when it is refused, or nobody takes it.
 */
export async function hand(
  targets: readonly SshTarget[],
  request: Omit<DatabaseRequest, "by">,
): Promise<{ readonly id: string }> {
  const failed: string[] = [];
  for (const target of targets) {
    const reply = await askAgent(target, "/request", { ...request, by: operator() });
    if (reply.status === undefined) failed.push(`${target.host}: ${reply.why}`);
    else if (reply.status < 300 && typeof reply.body.id === "string") return { id: reply.body.id };
    else throw refused(request.kind, String(reply.body.reason ?? `${target.host} answered ${reply.status}`));
  }
  throw new RampartError(
    "No agent took the request, nothing was changed",
    [{ path: "database", reason: failed.join("; ") || "no database host answers.", remedy: "See: rampart status" }],
    "rampart db status",
  );
}

export function refused(kind: string, reason: string): RampartError {
  return new RampartError(
    `The ${kind} was refused, nothing was changed`,
    [{ path: "database", reason, remedy: "See how the members stand: rampart db status" }],
    "rampart db status",
  );
}

/** What became of a request; "waiting" also when nobody could be asked just now. */
export async function answerTo(targets: readonly SshTarget[], id: string): Promise<DatabaseAnswer> {
  for (const target of targets) {
    const reply = await askAgent(target, `/answer?id=${encodeURIComponent(id)}`);
    if (reply.status !== 200) continue;
    const { outcome, reason } = reply.body;
    if (outcome === "done" || outcome === "refused") return { outcome, reason: String(reason ?? "") };
  }
  return { outcome: "waiting", reason: "" };
}
