import { type Problem, RampartError } from "../base/problem.ts";
import type { Change, ObservedHost, Plan } from "../model/plan.ts";
import { hostChanges } from "../plan/diff.ts";
import { sitePlan } from "../plan/order.ts";
import { applyPlan } from "./apply.ts";
import { afterwardsSeconds, type CheckOptions, type CheckResult, checksOf, runChecks } from "./checks.ts";
import { type Observation, observeSite } from "./observe.ts";
import { diffWorld } from "./references.ts";
import type { World } from "./world.ts";

/** Brings the site to what its file says: lock, observe, plan, apply, verify; each host records what it was brought to. */
export async function converge(
  world: World,
): Promise<{ readonly plan: Plan; readonly checks: readonly CheckResult[] }> {
  const observation = await observeSite(world, { lock: true });
  try {
    refuseUnreachable(observation.problems);
    const plan = planFrom(observation, world);
    world.emit({ type: "plan.made", plan });
    await quietly(plan, world, () => applyPlan(plan, observation, world));
    const { began } = observation;
    const afterwards = { gone: new Set<string>(), patient: true, atLeast: afterwardsSeconds, began };
    const checks = plan.stages.length === 0 ? [] : await verifySite(world, afterwards);
    return { plan, checks };
  } finally {
    await observation.release();
  }
}

/** What is done on purpose is not told as a fault, until shortly after its end, whatever that is. */
async function quietly(plan: Plan, world: World, work: () => Promise<void>): Promise<void> {
  const hosts = [...new Set(plan.stages.flatMap((stage) => stage.hosts.map(({ host }) => host)))];
  const known = hosts.filter((host) => !plan.added.includes(host));
  const told = known.length === 0 ? undefined : await world.quiet?.(known, "rampart apply changes these hosts");
  try {
    await work();
  } finally {
    await told?.();
  }
}

/**
 * What `converge` would do now; changes nothing.
 * @param options.coming hosts that do not exist yet: they are planned as empty ones.
 */
export async function planSite(
  world: World,
  options: { readonly coming: ReadonlySet<string> },
): Promise<{ readonly plan: Plan; readonly problems: readonly Problem[] }> {
  const seen = await observeSite(world, { lock: false, without: options.coming });
  const blank = (host: string): [string, ObservedHost] => [host, { host, generation: undefined, seen: new Map() }];
  const observed = new Map([...seen.observed, ...[...options.coming].map(blank)]);
  return { plan: planFrom({ ...seen, observed }, world), problems: seen.problems };
}

/** Everything that the site promises, looked at from outside. */
export async function verifySite(world: World, options: CheckOptions): Promise<readonly CheckResult[]> {
  const checks = checksOf(world.topology.hosts, world);
  world.emit({ type: "verify.started", checks: checks.length });
  const results = await runChecks(checks, world, options);
  world.emit({ type: "verify.done", checks: results.length, failed: results.filter((one) => !one.ok).length });
  return results;
}

/** The plan for what was observed; hosts that could not be looked at are left out of it. */
export function planFrom(observation: Observation, world: World): Plan {
  const { desired, observed } = observation;
  const facts = diffWorld(world, Date.now());
  const changes = new Map<string, readonly Change[]>();
  for (const [host, wanted] of desired) {
    const seen = observed.get(host);
    if (seen) changes.set(host, hostChanges(wanted, seen, { ...facts, renew: world.renew?.get(host) }));
  }
  const topology = { ...world.topology, hosts: world.topology.hosts.filter((host) => observed.has(host.name)) };
  return sitePlan({ topology, roles: world.roles, desired, observed, changes });
}

function refuseUnreachable(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new RampartError("Nothing was changed: not every host can be worked on", problems, "rampart plan");
}
