import { type Problem, RampartError } from "../base/problem.ts";
import { shellQuote } from "../base/text.ts";
import type { Change, DesiredHost, Generation, HostChanges, ObservedHost } from "../model/plan.ts";
import { resourceId } from "../model/resource.ts";
import type { RemoteResult } from "../ssh/result.ts";
import { run } from "../ssh/run.ts";
import type { SshTarget } from "../ssh/target.ts";
import { unreachableProblem } from "../ssh/unreachable.ts";
import { applyScript, type Payload } from "./compile.ts";
import { confirmationAsked, confirmReach, guardProblem } from "./guard.ts";
import { archiveOf } from "./payload.ts";
import { readyChanges } from "./ready.ts";
import { sha256 } from "./references.ts";
import type { World } from "./world.ts";

/** Longest that one host may take: a build-less release with its packages over a slow line. */
const hostTimeout = 15 * 60_000;

/**
 * Makes one host's changes in one round trip. Throws a RampartError that names the change and what its daemon said.
 * @param last true when no later stage of the plan comes back to this host: its new Generation is then recorded.
 */
export async function applyHost(
  work: HostChanges,
  last: boolean,
  facts: { readonly desired: DesiredHost; readonly observed: ObservedHost | undefined },
  world: World,
): Promise<void> {
  const { changes, payloads } = await readyChanges(work.changes, world);
  const generations = nextGenerations(facts.desired, facts.observed?.generation, world);
  const script = applyScript(changes, { intent: generations.intent, done: last ? generations.done : undefined });
  const all: Payload[] = [...payloads, { name: "apply.sh", content: script }];
  world.emit({ type: "apply.host.started", host: work.host, changes: work.changes.length });
  const target = world.targetOf(work.host);
  const guard = reachGuard(target);
  const progress = progressListener(work, world);
  const result = await run(target, receiveScript(work.host), {
    stdin: await archiveOf(all),
    timeoutMs: hostTimeout,
    onStdout: eachLine((line) => {
      guard.heed(line);
      progress(line);
    }),
  });
  const unreached = await guard.over();
  if (!/^@@ end$/m.test(result.stdout)) throw hostError(work, result, unreached);
  world.emit({ type: "apply.host.done", host: work.host, durationMs: result.durationMs });
}

/** Unpacks what comes by standard input into a private folder, runs it there and leaves nothing behind. */
function receiveScript(host: string): string {
  return `set -u
trap '' HUP PIPE
umask 077
mkdir -p /run/rampart /var/lib/rampart/staging
S=$(mktemp -d /var/lib/rampart/staging/${shellQuote(host)}.XXXXXX) || exit 1
cd "$S" || exit 1
tar -xf - || { rm -rf "$S"; exit 1; }
sh ./apply.sh < /dev/null
code=$?
rm -rf "$S"
exit $code
`;
}

/** What the host is to own: until the end both what it had and what it gets, so that a crash orphans nothing. */
function nextGenerations(
  desired: DesiredHost,
  before: Generation | undefined,
  world: World,
): { readonly intent: Generation; readonly done: Generation } {
  const wanted = desired.resources.map(resourceId);
  const at = new Date().toISOString();
  const number = before?.number ?? 0;
  const owned = [...new Set([...(before?.owned ?? []), ...wanted])];
  const digest = sha256(JSON.stringify(desired.resources)).slice(0, 16);
  return {
    intent: { number, digest: before?.digest ?? "", at, by: world.by, owned },
    done: { number: number + 1, digest, at, by: world.by, owned: wanted },
  };
}

function eachLine(take: (line: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  };
}

function progressListener(work: HostChanges, world: World): (line: string) => void {
  return (line) => {
    const [, verb, index] = /^@@ (start|done) (\d+)$/.exec(line) ?? [];
    const change = index === undefined ? undefined : work.changes[Number(index)];
    if (change && verb) {
      const type = verb === "start" ? "apply.change.started" : "apply.change.done";
      world.emit({ type, host: work.host, id: change.id, verb: change.verb, effect: change.effect });
    }
  };
}

/** Comes over a new connection when the host asks for it; `over` tells why that failed, or undefined. */
function reachGuard(target: SshTarget) {
  let ended = false;
  let answer: Promise<string | undefined> = Promise.resolve(undefined);
  return {
    heed(line: string) {
      const token = confirmationAsked(line);
      if (token !== undefined) answer = confirmReach(target, token, () => ended);
    },
    over: () => {
      ended = true;
      return answer;
    },
  };
}

function hostError(work: HostChanges, result: RemoteResult, unreached: string | undefined): RampartError {
  const title = `${work.host} could not be changed`;
  return new RampartError(title, [hostErrorProblem(work, result, unreached)]);
}

function hostErrorProblem(
  { host, changes }: HostChanges,
  result: RemoteResult,
  unreached: string | undefined,
): Problem {
  if (/^@@ unconfirmed$/m.test(result.stdout)) return guardProblem(host, "taken back", unreached);
  const isOpen = (index: number) =>
    new RegExp(`^@@ start ${index}$`, "m").test(result.stdout) &&
    !new RegExp(`^@@ done ${index}$`, "m").test(result.stdout);
  const isGuarded = ({ steps }: Change, index: number) => steps.some((one) => one.kind === "guarded") && isOpen(index);
  if (result.unreachable !== undefined && changes.some(isGuarded)) return guardProblem(host, "lost", unreached);
  if (result.unreachable !== undefined) return unreachableProblem(result);
  const failed = changes[Number(/^@@ fail (\d+)$/m.exec(result.stdout)?.[1] ?? "-1")];
  const said = [...result.stdout.matchAll(/^\|\| (.*)$/gm)].map(([, line]) => line).join("\n");
  if (result.timedOut) {
    return {
      path: host,
      reason: `was not done after ${hostTimeout / 60_000} minutes, and was ended there.`,
      remedy: `Look what it waited for: rampart logs ${host}. Then run the same command again: it goes on from here.`,
    };
  }
  if (/No space left on device/.test(said + result.stderr)) {
    return { path: host, reason: "its disk is full.", remedy: `Free some space: rampart exec ${host} -- df -h` };
  }
  return {
    path: failed ? `${host}:${nameOf(failed)}` : host,
    reason: `${failed ? `${failed.origin.role} wants it: ${failed.origin.why}\n` : ""}${said || result.stderr.trim() || `exit code ${result.exitCode}`}`,
    remedy: "Files that were not taken are back as they were. Mend the cause and run the same command again.",
  };
}

function nameOf(change: Change): string {
  return change.id.slice(change.id.indexOf(":") + 1);
}
