import { RampartError } from "../base/problem.ts";
import { listed } from "../base/text.ts";
import type { HostChanges, Plan, Stage } from "../model/plan.ts";
import type { Around } from "../model/role.ts";
import { run } from "../ssh/run.ts";
import { checksOf, runChecks } from "./checks.ts";
import { applyHost } from "./host.ts";
import type { Observation } from "./observe.ts";
import type { World } from "./world.ts";

/**
 * Makes a plan's changes, stage after stage; the hosts of a stage side by side. Stops before the next stage when a host fails
 * or is not well afterwards: what has not been touched goes on serving.
 */
export async function applyPlan(plan: Plan, observation: Observation, world: World): Promise<void> {
  for (const [index, stage] of plan.stages.entries()) {
    if (world.interrupted()) throw interruptedError(plan, index);
    world.emit({ type: "apply.stage.started", title: stage.title, hosts: stage.hosts.map((one) => one.host) });
    const later = new Set(plan.stages.slice(index + 1).flatMap((one) => one.hosts.map(({ host }) => host)));
    await applyStage(stage, later, observation, world);
    await passGate(stage, plan, index, observation, world);
    world.emit({ type: "apply.stage.done", title: stage.title });
  }
}

async function applyStage(
  stage: Stage,
  later: ReadonlySet<string>,
  observation: Observation,
  world: World,
): Promise<void> {
  const outcomes = await Promise.allSettled(
    stage.hosts.map((work) => changeHost(work, !later.has(work.host), observation, world)),
  );
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  const defect = errors.find((error) => !(error instanceof RampartError));
  if (defect) throw defect;
  if (errors.length === 0) return;
  const problems = (errors as RampartError[]).flatMap((error) => error.problems);
  throw new RampartError(
    `${errors.length === 1 ? "One host" : `${errors.length} hosts`} could not be changed; nothing further was begun`,
    problems,
    "rampart plan",
  );
}

async function changeHost(work: HostChanges, last: boolean, observation: Observation, world: World): Promise<void> {
  const desired = observation.desired.get(work.host);
  if (!desired) throw new Error(`the plan names ${work.host}, which is no host of the site`);
  const around = work.drain ? aroundOf(work.host, world) : undefined;
  if (around) await onHosts(around.before, work.host, "drained", observation, world);
  try {
    await applyHost(work, last, { desired, observed: observation.observed.get(work.host) }, world);
  } finally {
    // Also after a failure: the host runs again with what it had, and its users may come back.
    if (around) await onHosts(around.after, work.host, "taken back", observation, world);
  }
}

function aroundOf(name: string, world: World): Around | undefined {
  const host = world.topology.hosts.find((one) => one.name === name);
  const role = world.roles.find((one) => one.name === host?.tier);
  return host && role?.around?.(host, world.topology);
}

async function onHosts(
  scripts: Readonly<Record<string, string>>,
  about: string,
  deed: string,
  observation: Observation,
  world: World,
): Promise<void> {
  const reachable = Object.entries(scripts).filter(([host]) => observation.observed.has(host));
  await Promise.all(reachable.map(([host, script]) => run(world.targetOf(host), script, { timeoutMs: 30_000 })));
  if (reachable.length > 0)
    world.emit({ type: "apply.host.drained", host: about, deed, by: reachable.map(([host]) => host) });
}

/** The health gate: what these hosts promise must hold before their sisters or their users are touched. */
async function passGate(
  stage: Stage,
  plan: Plan,
  index: number,
  observation: Observation,
  world: World,
): Promise<void> {
  const gone = notThere(plan, index, observation, world);
  const hosts = world.topology.hosts.filter((host) => stage.gate.includes(host.name) && !gone.has(host.name));
  if (hosts.length === 0) return;
  const checks = checksOf(hosts, world).filter(
    (check) => check.from !== "visitor" && check.from.some((host) => !gone.has(host)),
  );
  const results = await runChecks(checks, world, { gone, patient: true, began: observation.began });
  const failed = results.filter((result) => !result.ok);
  if (failed.length === 0) return;
  const rest = plan.stages.slice(index + 1).flatMap((one) => one.hosts.map(({ host }) => host));
  const untouched = [...new Set(rest)].filter((host) => !hosts.some((one) => one.name === host));
  throw new RampartError(
    `Stopped: ${listed([...new Set(failed.map((one) => one.check.host))])} not well after the change`,
    failed.map(({ check, message }) => ({
      path: `${check.host}: ${check.id}`,
      reason: `does not hold: ${check.promise}${message ? `\n${message}` : ""}`,
      remedy: `Look at it: rampart logs ${check.host}`,
    })),
    untouched.length > 0
      ? `${listed(untouched)} untouched and serving. Mend the cause, then: rampart apply`
      : "rampart apply",
  );
}

/** Hosts from which nothing can be looked at: unreachable ones, and newcomers whose turn is still to come. */
function notThere(plan: Plan, index: number, observation: Observation, world: World): ReadonlySet<string> {
  const later = new Set(plan.stages.slice(index + 1).flatMap((stage) => stage.hosts.map(({ host }) => host)));
  const names = world.topology.hosts.map((host) => host.name);
  return new Set(
    names.filter((host) => !observation.observed.has(host) || (plan.added.includes(host) && later.has(host))),
  );
}

function interruptedError(plan: Plan, index: number): RampartError {
  const left = new Set(plan.stages.slice(index).flatMap((stage) => stage.hosts.map(({ host }) => host)));
  return new RampartError(
    "Stopped on request",
    [
      {
        path: plan.site,
        reason: `every host that was begun is finished; ${listed([...left])} not begun.`,
        remedy: "The next run goes on from here.",
      },
    ],
    "rampart apply",
  );
}
