import { RampartError } from "../../base/problem.ts";
import { shellQuote } from "../../base/text.ts";
import { type GaleraAnswer, type GaleraPosition, memberSocket } from "../../contract/galera.ts";
import { run } from "../../ssh/run.ts";
import { targetsOf } from "../hosts.ts";
import type { OpenSite } from "../site.ts";

/** Asks the member program of a host for a deed, through its socket. */
export async function askMember(
  open: OpenSite,
  host: string,
  deed: string,
  options: { readonly words?: object; readonly within: number },
): Promise<GaleraAnswer> {
  const body = await asked(open, host, deed, options);
  return { done: body.done === true, reason: String(body.reason ?? "it gave no reason.") };
}

/** How far the data of a held member go. */
export async function askPosition(open: OpenSite, host: string): Promise<GaleraPosition> {
  const body = await asked(open, host, "position", { within: 900 });
  const { history, seqno, source, reason } = body;
  if (typeof seqno !== "number" || typeof source !== "string")
    throw new RampartError("No position was read, nothing was changed", [
      { path: host, reason: String(reason ?? "it did not say."), remedy: `See: rampart logs ${host} rampart-member` },
    ]);
  return { host, history: typeof history === "string" ? history : null, seqno, source };
}

async function asked(
  open: OpenSite,
  host: string,
  deed: string,
  { words = {}, within }: { readonly words?: object; readonly within: number },
): Promise<Readonly<Record<string, unknown>>> {
  const json = "-H 'content-type: application/json' --data-binary @-";
  const script = `curl -sS --max-time ${within} --unix-socket ${memberSocket} -X POST ${json} ${shellQuote(`http://member/${deed}`)}`;
  const stdin = JSON.stringify(words);
  const result = await run(targetsOf(open)(host), script, { timeoutMs: (within + 10) * 1000, stdin });
  try {
    const value: unknown = JSON.parse(result.stdout);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // What it said instead is below.
  }
  const why = result.unreachable ?? (result.stderr.trim().split("\n").at(-1) || result.stdout.trim() || "no answer");
  return { done: false, reason: why };
}
