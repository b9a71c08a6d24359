import type { Problem } from "../base/problem.ts";
import type { DesiredHost, Generation, ObservedHost } from "../model/plan.ts";
import { generationFile, stateFolder } from "../model/plan.ts";
import { desiredHost } from "../plan/desired.ts";
import { parseProbe, probeScript } from "../plan/diff.ts";
import type { RemoteResult } from "../ssh/result.ts";
import { hold, run } from "../ssh/run.ts";
import { unreachableProblem } from "../ssh/unreachable.ts";
import { rolesOf } from "../topology/topology.ts";
import { awaitRunningApply, busyProblem, lockedError, lockHolder, lockScript } from "./lock.ts";
import type { World } from "./world.ts";

export interface Observation {
  /** Unix time at which it was begun, ms of this machine's clock. */
  readonly began: number;
  readonly desired: ReadonlyMap<string, DesiredHost>;
  readonly observed: ReadonlyMap<string, ObservedHost>;
  /** Hosts that could not be looked at, each with the reason. */
  readonly problems: readonly Problem[];
  /** Gives the site lock back; does nothing when none was taken. */
  readonly release: () => Promise<void>;
}

/** Looks at every host at once, one round trip each. With `lock`, nobody else may change the site until `release`. */
export async function observeSite(
  world: World,
  options: { readonly lock: boolean; readonly without?: ReadonlySet<string> },
): Promise<Observation> {
  const began = Date.now();
  const desired = new Map(
    world.topology.hosts.map((host) => [host.name, desiredHost(host, world.topology, rolesOf(host, world.roles))]),
  );
  const there = [...desired.values()].filter((wanted) => !options.without?.has(wanted.host));
  const looks = await Promise.all(there.map((wanted) => look(wanted, world, options.lock)));
  const release = async () => void (await Promise.all(looks.map((one) => one.release())));
  const observed = new Map(looks.flatMap((one) => (one.observed ? [[one.host, one.observed] as const] : [])));
  const problems = looks.flatMap((one) => one.problem ?? []);
  const refused = looks.flatMap((one) => (one.holder === undefined ? [] : [one.holder]));
  if (refused.length > 0) {
    await release();
    throw lockedError(world.topology.site.name, refused[0] ?? "");
  }
  return { began, desired, observed, problems, release };
}

interface Look {
  readonly host: string;
  readonly observed?: ObservedHost;
  readonly problem?: Problem;
  /** Set when another holds the lock. */
  readonly holder?: string;
  readonly release: () => Promise<unknown>;
}

async function look(wanted: DesiredHost, world: World, lock: boolean): Promise<Look> {
  const { host } = wanted;
  const holder = `${world.by} since ${new Date().toISOString()}`;
  const script = observeScript(wanted, lock ? holder : undefined);
  const target = world.targetOf(host);
  if (!lock) {
    const result = await run(target, script, { timeoutMs: 90_000 });
    return { ...judged(wanted, result, world), release: async () => {} };
  }
  const held = await hold(target, script, { readyLine: endLine, timeoutMs: 90_000 });
  if (!held.held) return { ...judged(wanted, held.result, world), release: async () => {} };
  return { ...judgedOutput(wanted, held.output, world), release: held.release };
}

const endLine = "== end";

/** Everything that is to be known of a host, in one script. Without a holder it changes nothing. */
function observeScript(wanted: DesiredHost, holder: string | undefined): string {
  return `set -u
[ -d /run/rampart ] || mkdir -p /run/rampart
${awaitRunningApply}
${holder === undefined ? "" : lockScript(holder)}
echo "== system"
. /etc/os-release && echo "$ID \${VERSION_ID:-}"
df --output=avail -k ${stateFolder} / 2>/dev/null
echo "== generation"
cat ${generationFile} 2>/dev/null; echo
${probeScript(wanted)}
echo "${endLine}"
${holder === undefined ? "" : "cat >/dev/null"}
`;
}

function judged(wanted: DesiredHost, result: RemoteResult, world: World): Omit<Look, "release"> {
  const { host } = wanted;
  const holder = lockHolder(result.stdout);
  if (holder !== undefined) return { host, holder };
  if (result.unreachable !== undefined) return { host, problem: unreachableProblem(result) };
  if (!result.stdout.includes(endLine)) return { host, problem: unfinished(result) };
  return judgedOutput(wanted, result.stdout, world);
}

function judgedOutput(wanted: DesiredHost, output: string, world: World): Omit<Look, "release"> {
  const { host } = wanted;
  const problem = hostProblem(host, output);
  if (problem) return { host, problem };
  world.emit({ type: "plan.host.observed", host });
  return { host, observed: { host, generation: generationIn(output), seen: parseProbe(wanted, output) } };
}

/** What makes a host unfit: another system, or no room left for what is to come. */
function hostProblem(host: string, output: string): Problem | undefined {
  const lines = (output.split("== system\n")[1]?.split("== ")[0] ?? "").trim().split("\n");
  const system = lines[0] ?? "";
  // What is applied goes to both places; they may be disks of their own.
  const free = Math.min(...lines.filter((line) => /^ *\d+$/.test(line)).map(Number));
  if (system.trim() !== "debian 13") {
    return {
      path: host,
      reason: `runs ${system.trim() || "an unknown system"}, and Rampart's configuration is made and checked for Debian 13.`,
      remedy: "Install Debian 13 (trixie) on it, or name another host.",
    };
  }
  if (free < 100_000) {
    return {
      path: host,
      reason: `has ${Math.round(free / 1024)} MiB of disk left; an apply could stop half-way.`,
      remedy: `Free at least 100 MiB, for example: rampart exec ${host} -- journalctl --vacuum-size=50M`,
    };
  }
  return undefined;
}

function generationIn(output: string): Generation | undefined {
  const text = (output.split("== generation\n")[1] ?? "").split("\n== ")[0]?.trim() ?? "";
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as Generation;
  } catch {
    // A power cut can leave an empty or torn file: the host is then looked at as a new one, which is always safe.
    return undefined;
  }
}

function unfinished(result: RemoteResult): Problem {
  const busy = busyProblem(result);
  if (busy !== undefined) return busy;
  const last = result.stderr.trim().split("\n").pop() || `exit code ${result.exitCode}`;
  return {
    path: result.host,
    reason: `could not be looked at: ${last}.`,
    remedy: "Try again; if it stays, log in and look.",
  };
}
