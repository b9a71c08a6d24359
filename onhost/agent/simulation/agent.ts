import { decide } from "../decide.ts";
import type { Decision, View } from "../model.ts";
import { peerOf } from "../peer.ts";
import { nothingYet, remember } from "../since.ts";
import { read, renew } from "./etcd.ts";
import { between, chance } from "./random.ts";
import { seen } from "./server.ts";
import { stepsOf } from "./steps.ts";
import { type Agent, at, note, passes, tickMs, type World } from "./world.ts";

/** One tick of one agent: it goes on with what it is doing, or looks and decides. */
export function agentTick(world: World, agent: Agent): void {
  if (!agent.up) {
    if (world.tick >= agent.upAt && world.hostUp[agent.host] === true) startAgent(world, agent);
    return;
  }
  if (agent.frozen) return;
  if (agent.steps.length > 0) {
    goOn(world, agent);
    return;
  }
  if (world.tick < agent.nextAt) return;
  const now = clock(world, agent);
  renew(world, agent, now);
  cycle(world, agent, now);
}

/** This host's monotonic clock, in ms; it drifts. */
export function clock(world: World, agent: Agent): number {
  return world.tick * tickMs * agent.rate + agent.offset;
}

/** The process ends: what it knew is gone, what it wrote down stays. */
export function stopAgent(world: World, agent: Agent, ticks: number): void {
  agent.up = false;
  agent.frozen = false;
  agent.upAt = world.tick + ticks;
  agent.steps = [];
  agent.doing = undefined;
}

function startAgent(world: World, agent: Agent): void {
  agent.up = true;
  agent.nextAt = world.tick;
  agent.since = nothingYet;
  agent.failedOpens = 0;
  agent.removal = undefined;
  agent.admission = undefined;
  agent.answers = {};
  agent.status = undefined;
  agent.leaseUntil = 0;
  if (world.hooks.forgetPromise === true) agent.memory = { ...agent.memory, promised: 0 };
  note(world, `${agent.name}: agent started`);
}

function cycle(world: World, agent: Agent, now: number): void {
  const view = observe(world, agent, now);
  const decided = decide(view, now);
  const decision = world.hooks.decision?.(decided, view, world, agent) ?? decided;
  agent.status = peerOf(view, decision);
  if (world.trace !== undefined && agent.told !== decision.reason) {
    agent.told = decision.reason;
    note(world, `${agent.name}: ${decision.action.kind === "wait" ? "" : `[${what(decision)}] `}${decision.reason}`);
  }
  if (decision.action.kind === "wait" || decision.action.kind === "report broken") {
    agent.nextAt = world.tick + between(world.dice, 2, 3);
    return;
  }
  agent.doing = decision.action;
  const steps = stepsOf(world, agent, decision.action);
  agent.steps = world.hooks.steps?.(steps, decision.action, world, agent) ?? steps;
  if (chance(world.dice, 0.6)) goOn(world, agent);
}

function what({ action }: Decision): string {
  return action.kind === "commit" ? action.what : action.kind;
}

/** Now and then everything at once, now and then a step a tick: a crash or a freeze may come between any two. */
function goOn(world: World, agent: Agent): void {
  do {
    const step = agent.steps[0];
    if (step === undefined) break;
    const outcome = step.run();
    if (outcome === "again") return;
    if (outcome === "stop" && agent.doing?.kind === "open") agent.failedOpens++;
    if (outcome === "stop") agent.steps = [];
    else agent.steps.shift();
  } while (agent.steps.length > 0 && chance(world.dice, 0.7));
  if (agent.steps.length > 0) return;
  agent.doing = undefined;
  agent.nextAt = world.tick + 1;
}

function observe(world: World, agent: Agent, now: number): View {
  const store = read(world, agent);
  const server = seen(world, at(world.servers, agent.host));
  askPeers(world, agent, now);
  if (store !== undefined && store.revision > agent.memory.seen)
    agent.memory = { ...agent.memory, seen: store.revision };
  const plain: View = {
    me: agent.name,
    members: world.names,
    settings: world.settings,
    store,
    server,
    peers: agent.answers,
    memory: agent.memory,
    recent: {
      leaseUntil: agent.leaseUntil,
      removal: agent.removal,
      admission: agent.admission,
      failedOpens: agent.failedOpens,
      since: agent.since,
    },
  };
  agent.since = remember(agent.since, plain, now);
  const view = { ...plain, recent: { ...plain.recent, since: agent.since } };
  return world.hooks.view?.(view, world, agent) ?? view;
}

function askPeers(world: World, agent: Agent, now: number): void {
  for (const other of world.agents) {
    if (other === agent || other.status === undefined || !other.up || other.frozen) continue;
    if (!passes(world, agent.host, other.host) || !passes(world, other.host, agent.host)) continue;
    agent.answers[other.name] = { ...other.status, at: now };
  }
}
