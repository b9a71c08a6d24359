import { type Fault, type Schedule, schedule } from "./faults.ts";
import { type Outcome, run } from "./run.ts";
import type { Hooks } from "./world.ts";

/** The first seed from `from` on, of `count`, whose schedule fails; undefined when none does. */
export function firstFailure(
  from: number,
  count: number,
  hooks: Hooks = {},
): { seed: number; violation: string } | undefined {
  for (let seed = from; seed < from + count; seed++) {
    const { violation } = run(schedule(seed), hooks);
    if (violation !== undefined) return { seed, violation };
  }
  return undefined;
}

/** The same schedule with every fault taken out that the failure does not need. */
export function shrunk(failing: Schedule, hooks: Hooks = {}): Schedule {
  for (const fault of failing.faults) {
    const less = { ...failing, faults: failing.faults.filter((one: Fault) => one !== fault) };
    if (run(less, hooks).violation !== undefined) return shrunk(less, hooks);
  }
  return failing;
}

/** What happened, for people: the seed, and every decision with its reason. */
export function story(seed: number, hooks: Hooks = {}): string {
  const least = shrunk(schedule(seed), hooks);
  const outcome: Outcome = run(least, hooks, true);
  const { members, strict, bare, faults } = least;
  return [
    `Schedule ${seed} fails (replay: RAMPART_SEED=${seed}): ${outcome.violation ?? "only with faults that the shrunk one lacks"}`,
    `${members} members, ${strict ? "strict" : "degraded"}${bare ? ", no voters at first" : ""}, ${faults.length} of its faults are needed:`,
    ...outcome.trace,
  ].join("\n");
}
