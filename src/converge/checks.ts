import { spawn } from "node:child_process";
import { shellQuote } from "../base/text.ts";
import { type Check, changesBegan } from "../model/role.ts";
import type { Host } from "../model/topology.ts";
import { run } from "../ssh/run.ts";
import { rolesOf } from "../topology/topology.ts";
import type { World } from "./world.ts";

export interface CheckResult {
  readonly check: Check;
  readonly ok: boolean;
  /** The last line that the script said; "" when it held in silence. */
  readonly message: string;
}

export interface CheckOptions {
  /** Hosts that cannot be reached: another vantage point is taken where a check names one. */
  readonly gone: ReadonlySet<string>;
  /** False: nobody waits for what may still come about. */
  readonly patient: boolean;
  /** Seconds that each check has when it may wait, if that is more than its own time. */
  readonly atLeast?: number;
  /**
   * Unix time at which the changes were begun that these checks judge, ms of this machine's clock: what was wrong before is not
   * held against them. Left out: nothing is let pass.
   */
  readonly began?: number;
}

/** Between two rounds of what did not hold yet, ms: at first at once, later less often, since on a small machine the questions keep the answer away. */
const pauses = { first: 250, longest: 2000, growth: 1.5 };
/**
 * Seconds that everything has at the end of an apply, whatever a check allows: all hosts have just been changed at once, and on a
 * small machine that holds them all (a lab) their programs still fight for the processor.
 */
export const afterwardsSeconds = 60;
/**
 * A check that fails is asked again this often, whatever its time: all are asked at once, and one that fails in that crowd alone,
 * for want of a processor, is no fault of the site.
 */
const againAtLeast = 2;

/** What the roles of these hosts promise. */
export function checksOf(hosts: readonly Host[], world: World): readonly Check[] {
  return hosts.flatMap((host) => rolesOf(host, world.roles).flatMap((role) => role.checks(host, world.topology)));
}

/** Tries every check until it holds or its time is over; all side by side, those with one vantage point in one round trip. */
export async function runChecks(
  checks: readonly Check[],
  world: World,
  options: CheckOptions,
): Promise<readonly CheckResult[]> {
  const patience = ({ within }: Check) => (options.patient ? Math.max(within, options.atLeast ?? 0) : 0);
  const began = Date.now();
  const results = new Map<Check, CheckResult>();
  let open = checks;
  for (let round = 0; open.length > 0; round++) {
    for (const result of await tryOnce(open, world, options)) results.set(result.check, result);
    const elapsed = (Date.now() - began) / 1000;
    open = open.filter(
      (check) => !results.get(check)?.ok && (elapsed < patience(check) || round < againAtLeast) && !world.interrupted(),
    );
    const pause = Math.min(pauses.longest, pauses.first * pauses.growth ** round);
    if (open.length > 0) await new Promise((wake) => setTimeout(wake, pause));
  }
  for (const result of results.values()) {
    const { id, host } = result.check;
    world.emit({ type: "verify.check.done", id, host, ok: result.ok, message: result.message });
  }
  return checks.flatMap((check) => results.get(check) ?? []);
}

async function tryOnce(
  checks: readonly Check[],
  world: World,
  { gone, began }: CheckOptions,
): Promise<readonly CheckResult[]> {
  const places = new Map<string, Check[]>();
  for (const check of checks) {
    const place =
      check.from === "visitor" ? "visitor" : (check.from.find((host) => !gone.has(host)) ?? check.from[0] ?? "");
    places.set(place, [...(places.get(place) ?? []), check]);
  }
  const batches = await Promise.all(
    [...places].map(async ([place, group]) => {
      const script = batchScript(group, began);
      const output = place === "visitor" ? await atVisitor(script, world) : await atHost(place, script, world);
      return group.map((check, index) => resultIn(check, index, output));
    }),
  );
  return batches.flat();
}

/**
 * All scripts side by side, each with its own output; the end of each is reported as `== N CODE`. How long ago the changes were
 * begun is told in seconds, and not as a time of day: this machine's clock may be another one than the hosts'.
 */
function batchScript(checks: readonly Check[], began: number | undefined): string {
  const ago = began === undefined ? "" : `export ${changesBegan}=${Math.ceil((Date.now() - began) / 1000)}\n`;
  const each = checks.map(
    ({ script }, index) => `( timeout 10 sh -c ${shellQuote(script)} > ${index} 2>&1; echo $? > ${index}.code ) &`,
  );
  return `${ago}mkdir -p /run/rampart; cd "$(mktemp -d /run/rampart/checks.XXXXXX)" || exit 1
${each.join("\n")}
wait
for n in $(seq 0 ${checks.length - 1}); do echo "== $n $(cat $n.code) $(grep . $n | tail -n 1 | cut -c 1-300)"; done
rm -rf "$PWD"
`;
}

function resultIn(
  check: Check,
  index: number,
  output: { readonly text: string; readonly trouble: string },
): CheckResult {
  const [, code, message = ""] = new RegExp(`^== ${index} (\\d+) ?(.*)$`, "m").exec(output.text) ?? [];
  if (code === undefined) return { check, ok: false, message: output.trouble || "the check gave no answer" };
  const late = code === "124" ? "no answer within 10 s" : "";
  return { check, ok: code === "0", message: message || late };
}

async function atHost(host: string, script: string, world: World) {
  const result = await run(world.targetOf(host), script, { timeoutMs: 20_000 });
  return { text: result.stdout, trouble: result.unreachable ?? result.stderr.trim() };
}

async function atVisitor(script: string, world: World): Promise<{ text: string; trouble: string }> {
  const [command = "sh", ...args] = world.visitor(["sh", "-s"]);
  return await new Promise((done) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
    let text = "";
    let trouble = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.stderr.on("data", (chunk) => (trouble += chunk));
    child.on("error", (error) => done({ text, trouble: error.message }));
    child.on("close", () => done({ text, trouble }));
    child.stdin.on("error", () => {});
    child.stdin.end(`CA=${shellQuote(world.caFile)}; export CA\n${script}`);
  });
}
