import { agentTick } from "./agent.ts";
import { world } from "./beginning.ts";
import { finalFault, lostWrites, settled, twoOpen } from "./check.ts";
import { etcdTick } from "./etcd.ts";
import { type Schedule, stormy, strike } from "./faults.ts";
import { between } from "./random.ts";
import { serverTick } from "./server.ts";
import { at, type Hooks, note, violate, type World } from "./world.ts";

export interface Outcome {
  /** What went wrong; undefined when nothing did. */
  readonly violation: string | undefined;
  readonly trace: readonly string[];
  readonly acknowledged: number;
  /** Ticks until all was well again after the last fault. */
  readonly healedAfter: number;
}

/** How long a healed cluster may take to accept writes with full redundancy again, in ticks. */
const patience = 500;

/** Runs one schedule: faults, then quiet until all is well, then the reckoning. */
export function run(schedule: Schedule, hooks: Hooks = {}, trace = false): Outcome {
  const one = world(schedule.seed, {
    members: schedule.members,
    strict: schedule.strict,
    bare: schedule.bare,
    stale: schedule.stale,
    hooks,
    trace,
  });
  const undo: { at: number; run: () => void }[] = [];
  let next = 0;
  while (one.violation === undefined && (one.tick < stormy || next < schedule.faults.length || undo.length > 0)) {
    if (next >= schedule.faults.length && undo.length === 0) break;
    for (
      let fault = schedule.faults[next];
      fault !== undefined && fault.at <= one.tick;
      fault = schedule.faults[++next]
    ) {
      const back = strike(one, fault);
      if (back !== undefined) undo.push({ at: one.tick + fault.ticks, run: back });
    }
    heal(undo, one.tick);
    tick(one);
  }
  const calm = one.tick;
  note(one, "all faults are over");
  rest(one, schedule);
  return {
    violation: one.violation,
    trace: one.trace ?? [],
    acknowledged: one.acked.length,
    healedAfter: one.tick - calm,
  };
}

function heal(undo: { at: number; run: () => void }[], now: number): void {
  for (let index = undo.length - 1; index >= 0; index--) {
    const one = at(undo, index);
    if (one.at > now) continue;
    one.run();
    undo.splice(index, 1);
  }
}

function tick(one: World): void {
  etcdTick(one);
  const first = between(one.dice, 0, one.names.length - 1);
  for (let count = 0; count < one.names.length; count++) {
    const host = (first + count) % one.names.length;
    if (one.hostUp[host] === false) continue;
    serverTick(one, at(one.servers, host));
    agentTick(one, at(one.agents, host));
  }
  twoOpen(one);
  one.tick++;
}

/** Everything is healed: the cluster must come back by itself, unless a disk was lost while something else was, or before the first voter. */
function rest(one: World, schedule: Schedule): void {
  const calm = one.tick;
  one.stale = Math.min(one.stale, 0.02);
  for (const server of one.servers) Object.assign(server, { slowUntil: 0, slowlyReceivingUntil: 0 });
  while (one.violation === undefined && !settled(one, calm) && one.tick < calm + patience) tick(one);
  if (one.violation !== undefined) return;
  const excused = one.diskLost > 0 && (schedule.faults.length > 1 || schedule.bare);
  const lost = lostWrites(one);
  if (lost !== undefined) violate(one, lost);
  if (!settled(one, calm)) {
    if (!excused) violate(one, `the cluster has not come back ${patience / 10} s after the last fault`);
    return;
  }
  one.writing = false;
  for (let count = 0; count < 120 && one.violation === undefined && finalFault(one) !== undefined; count++) tick(one);
  const fault = finalFault(one);
  if (fault !== undefined) violate(one, fault);
}
