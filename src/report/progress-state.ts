import { listed, plural } from "../base/text.ts";
import type { Event } from "../model/event.ts";
import type { Plan } from "../model/plan.ts";
import { subjectOf } from "./names.ts";

/** One line of progress: something that runs, or that has ended. */
export interface Task {
  readonly key: string;
  readonly label: string;
  readonly detail: string;
  /** Milliseconds, on the clock of the events. */
  readonly began: number;
}

export interface EndedTask extends Task {
  readonly ok: boolean;
  readonly durationMs: number;
}

/** All that the lines of progress are made of. `ended` are those that this event brought to their end. */
export interface Progress {
  readonly running: readonly Task[];
  readonly ended: readonly EndedTask[];
  /** What is being done right now, by host. */
  readonly now: ReadonlyMap<string, string>;
  readonly seen: Counts;
  readonly plan: Plan | undefined;
  readonly interrupted: boolean;
}

interface Counts {
  readonly started: number;
  readonly ready: number;
  readonly stopped: number;
  readonly observed: number;
  readonly changes: number;
  readonly total: number;
  readonly checks: number;
  readonly failed: number;
  readonly building: readonly string[];
  readonly built: readonly string[];
}

const nothing: Counts = {
  ...{ started: 0, ready: 0, stopped: 0, observed: 0, changes: 0, total: 0, checks: 0, failed: 0 },
  ...{ building: [], built: [] },
};

export const noProgress: Progress = {
  ...{ running: [], ended: [], now: new Map<string, string>(), seen: nothing, plan: undefined, interrupted: false },
};

/** The progress after an event. Pure; events that it does not know change nothing. */
export function advanced(before: Progress, event: Event, at: number): Progress {
  const progress = { ...before, ended: [] };
  return handlers[event.type]?.(progress, event, at) ?? progress;
}

type Handler = (progress: Progress, event: Event, at: number) => Progress;

const handlers: Readonly<Record<string, Handler>> = {
  "lab.tools.started": (p, e, at) => begin(p, "tools", "tools", `installing ${listed(words(e.packages))}`, at),
  "lab.tools.done": (p, e, at) => end(p, "tools", at, { detail: `${listed(words(e.packages))} installed` }),
  "lab.image.started": (p, _, at) => begin(p, "image", "host image", "built once, in about two minutes", at),
  "lab.image.done": (p, e, at) =>
    end(p, "image", at, { detail: `${plural(number(e.packages), "package")}, kept for next time` }),
  "lab.host.started": (p, _, at) => hosts(count(p, { started: p.seen.started + 1 }), at),
  "lab.host.ready": (p, _, at) => hosts(count(p, { ready: p.seen.ready + 1 }), at),
  "lab.host.stopped": (p, _, at) => {
    const next = count(p, { stopped: p.seen.stopped + 1 });
    return begin(next, "stopped", "hosts", `${next.seen.stopped} removed`, at);
  },
  "lab.down.done": (p, e, at) =>
    number(e.hosts) === 0 ? p : end(p, "stopped", at, { detail: `${number(e.hosts)} removed` }),
  "build.service.started": (p, e, at) => {
    const next = count(p, { building: [...p.seen.building, text(e.service)] });
    return begin(next, "build", "build", listed(next.seen.building), at);
  },
  "build.service.done": built,
  "plan.host.observed": (p, _, at) => {
    const next = count(endStopped(p, at), { observed: p.seen.observed + 1 });
    return begin(next, "plan", "plan", `looking at the hosts: ${next.seen.observed}`, at);
  },
  "plan.made": planMade,
  "apply.stage.started": stageStarted,
  "apply.change.started": (p, e) => ({ ...p, now: new Map(p.now).set(text(e.host), subjectOf(text(e.id))) }),
  "apply.change.done": (p) => changes(count(p, { changes: p.seen.changes + 1 })),
  "apply.host.drained": (p, e) => ({ ...p, now: new Map(p.now).set(text(e.host), text(e.deed)) }),
  "apply.host.done": (p, e) => {
    const now = new Map(p.now);
    now.delete(text(e.host));
    return changes({ ...p, now });
  },
  "apply.stage.done": (p, e, at) => {
    const detail = plural(p.seen.total, "change");
    return end({ ...p, now: new Map() }, `stage ${text(e.title)}`, at, { detail });
  },
  "verify.started": (p, e, at) => {
    const next = count(p, { checks: 0, failed: 0 });
    return begin(next, "verify", "verify", plural(number(e.checks), "check"), at);
  },
  "verify.check.done": (p) => count(p, { checks: p.seen.checks + 1 }),
  "verify.done": (p, e, at) => {
    const failed = number(e.failed);
    const detail = `${plural(number(e.checks), "check")}, ${failed === 0 ? "all hold" : `${failed} do not hold`}`;
    return end(p, "verify", at, { label: failed === 0 ? "verified" : "verify", detail, ok: failed === 0 });
  },
  "run.interrupt.asked": (p) => ({ ...p, interrupted: true }),
};

/** Begins a task, or says something new of one that runs. */
function begin(progress: Progress, key: string, label: string, detail: string, at: number): Progress {
  const earlier = progress.running.find((task) => task.key === key);
  const task = { key, label, detail, began: earlier?.began ?? at };
  const others = progress.running.filter((one) => one.key !== key);
  return { ...progress, running: [...others, task] };
}

function end(
  progress: Progress,
  key: string,
  at: number,
  outcome: { readonly label?: string; readonly detail: string; readonly ok?: boolean },
): Progress {
  const task = progress.running.find((one) => one.key === key);
  if (!task) return progress;
  const { label = task.label, detail, ok = true } = outcome;
  const ended = { ...task, label, detail, ok, durationMs: at - task.began };
  return { ...without(progress, key), ended: [...progress.ended, ended] };
}

function without(progress: Progress, key: string): Progress {
  return { ...progress, running: progress.running.filter((one) => one.key !== key) };
}

function count(progress: Progress, seen: Partial<Counts>): Progress {
  return { ...progress, seen: { ...progress.seen, ...seen } };
}

function hosts(progress: Progress, at: number): Progress {
  const { started, ready } = progress.seen;
  const next = begin(progress, "hosts", "hosts", `${ready} of ${started} answer`, at);
  return ready < started ? next : end(next, "hosts", at, { detail: `${started} started` });
}

/** Hosts that left are told of in one line, when something else begins. */
function endStopped(progress: Progress, at: number): Progress {
  return end(progress, "stopped", at, { detail: `${progress.seen.stopped} removed` });
}

/** Nothing is said of builds when all of them were there already. */
function built(progress: Progress, event: Event, at: number): Progress {
  const name = text(event.service);
  const building = progress.seen.building.filter((one) => one !== name);
  const fresh = event.cached === true ? progress.seen.built : [...progress.seen.built, name];
  const next = count(progress, { building, built: fresh });
  if (building.length > 0) return begin(next, "build", "build", listed(building), at);
  return fresh.length === 0 ? without(next, "build") : end(next, "build", at, { detail: listed(fresh) });
}

function planMade(progress: Progress, event: Event, at: number): Progress {
  const plan = event.plan as Plan;
  const total = plan.stages.flatMap((stage) => stage.hosts).reduce((sum, one) => sum + one.changes.length, 0);
  const known = new Set([...plan.stages.flatMap((one) => one.hosts.map(({ host }) => host)), ...plan.unchanged]);
  const what = total === 0 ? "nothing to change" : plural(total, "change");
  const next = begin({ ...progress, plan }, "plan", "plan", "", at);
  return end(next, "plan", at, { detail: `${plural(known.size, "host")}, ${what}` });
}

function stageStarted(progress: Progress, event: Event, at: number): Progress {
  const title = text(event.title);
  const stage = progress.plan?.stages.find((one) => one.title === title);
  const total = stage?.hosts.reduce((sum, one) => sum + one.changes.length, 0) ?? 0;
  const next = count({ ...progress, now: new Map() }, { changes: 0, total });
  return begin(next, `stage ${title}`, title, `0 of ${plural(total, "change")}`, at);
}

/** When all is done there is still the health gate to pass. */
function changes(progress: Progress): Progress {
  const task = progress.running.find((one) => one.key.startsWith("stage "));
  if (!task) return progress;
  const { changes: done, total } = progress.seen;
  const detail =
    done < total ? `${done.toLocaleString("en-US")} of ${plural(total, "change")}` : "changed; until all is well";
  return begin(progress, task.key, task.label, detail, task.began);
}

/** What a task that was cut short says of itself. */
export function cutShort(task: Task, at: number): EndedTask {
  return { ...task, detail: `not finished: ${task.detail}`, ok: false, durationMs: at - task.began };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
