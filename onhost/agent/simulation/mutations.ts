import type { Action, Cluster, Peer, Store, View, Vote } from "../model.ts";
import { clock } from "./agent.ts";
import { position, startSlave } from "./server.ts";
import { answer } from "./steps.ts";
import { type Agent, at, type Hooks, type Step, type World } from "./world.ts";
import {
  acknowledgingEarly,
  oldPrimaryDropped,
  receivingAgain,
  sameNumber,
  shrinking,
  startingPlainly,
  unlocking,
} from "./wrong-decisions.ts";

/** A rule broken on purpose, from outside: what an agent sees, decides or does is changed on the way. */
export interface Mutation {
  readonly name: string;
  /** The rule of DATABASE.md. */
  readonly rule: number;
  readonly hooks: Hooks;
  /** Takes tens of thousands of schedules: looked for in the full run only. */
  readonly rare?: boolean;
}

export const mutations: readonly Mutation[] = [
  { name: "promote with one vote missing", rule: 7, hooks: { view: electing(oneVoteInvented) } },
  {
    name: "answer before the IO thread is stopped",
    rule: 7,
    hooks: { steps: onVote(["note", "promise", "stop receiving", "publish"]) },
  },
  {
    name: "promise not durable: a restarted voter receives again",
    rule: 7,
    hooks: { forgetPromise: true, decision: receivingAgain },
  },
  { name: "promote without draining", rule: 9, hooks: { view: electing(asIfApplied) } },
  { name: "promote whoever is first, not who holds most", rule: 9, hooks: { view: electing(othersHoldNothing) } },
  {
    name: "START SLAVE instead of draining the relay files",
    rule: 9,
    hooks: { steps: replacing("rescue", "apply relay files", startBoth) },
  },
  {
    name: "bystander repointed before it drained, Gtid_IO_Pos read after CHANGE MASTER",
    rule: 9,
    hooks: { view: led(asIfApplied), steps: replacing("vote", "note", ioPositionAnswer) },
  },
  {
    name: "restarted voter counted with Gtid_IO_Pos",
    rule: 8,
    hooks: { steps: replacing("vote", "note", ioPositionAnswer) },
  },
  { name: "voters shrink on a missed heartbeat", rule: 3, hooks: { decision: shrinking } },
  {
    name: "a voter leaves before another has what it acknowledged",
    rule: 3,
    hooks: { view: removalForgotten },
  },
  {
    name: "a voter leaves without being locked out",
    rule: 3,
    hooks: { steps: replacing("lock out", "lock", nothing, "kill dump thread") },
  },
  { name: "a later voter acknowledges before it is published", rule: 2, hooks: { decision: acknowledgingEarly } },
  { name: "the first voter is published before it has caught up", rule: 2, hooks: { view: admissionForgotten } },
  {
    name: "semi-sync not turned on before the first write",
    rule: 10,
    hooks: { steps: replacing("open", "semi-sync on", nothing) },
  },
  {
    name: "degraded: acknowledgements off before the set is empty",
    rule: 4,
    hooks: { steps: onAction("go alone", ["semi-sync off", "commit"]) },
  },
  { name: "rejoin without semi-sync nor a fresh server number", rule: 12, hooks: { decision: sameNumber } },
  { name: "a lost acknowledgement is waited for, for ever", rule: 6, hooks: { view: neverStuck } },
  { name: "plain start of an old primary while another leads", rule: 11, hooks: { decision: startingPlainly } },
  {
    name: "rejoin without comparing histories, after a plain start",
    rule: 12,
    hooks: { decision: startingPlainly, view: led(nothingExtra) },
  },
  {
    name: "old primary not kept among the voters, start of the term not asked for",
    rule: 10,
    hooks: { decision: oldPrimaryDropped, view: electing(startUnknown) },
  },
  { name: "primary without store stays although a member is silent", rule: 14, hooks: { view: nobodySilent } },
  {
    // Members that stop receiving from a primary that hands over are a second lock, so it takes two faults more.
    name: "hand over without a promise",
    rule: 10,
    hooks: { steps: onAction("hand over", ["commit"]) },
  },
  { name: "transactions that do not compare the revision", rule: 10, hooks: { ignoreRevision: true } },
  { name: "old primary not kept among the voters", rule: 10, rare: true, hooks: { decision: oldPrimaryDropped } },
  { name: "start of the term not asked for", rule: 10, hooks: { view: electing(startUnknown) } },
  { name: "an old look is acted on", rule: 14, hooks: { view: nothingSeen } },
  { name: "a member outside is unlocked without proof", rule: 1, hooks: { decision: unlocking } },
];

type Look = (view: View, store: Store, cluster: Cluster, world: World, agent: Agent) => View;

function looking(change: Look, fits: (store: Store, me: string) => boolean): NonNullable<Hooks["view"]> {
  return (view, world, agent) => {
    const { store } = view;
    return store?.cluster === undefined || !fits(store, view.me)
      ? view
      : change(view, store, store.cluster, world, agent);
  };
}

function electing(change: Look): NonNullable<Hooks["view"]> {
  return looking(change, ({ leader }) => leader === undefined);
}

function led(change: Look): NonNullable<Hooks["view"]> {
  return looking(change, ({ leader }, me) => leader !== undefined && leader.member !== me);
}

function oneVoteInvented(view: View, store: Store, cluster: Cluster): View {
  const term = cluster.term + 1;
  const missing = cluster.voters.filter((member) => store.votes[member]?.term !== term);
  const [member] = missing;
  if (member === undefined || missing.length > 1 || member === view.me) return view;
  const vote: Vote = { term, received: "", applied: "", serverStart: "", countable: true };
  return { ...view, store: { ...store, votes: { ...store.votes, [member]: vote } } };
}

function othersHoldNothing(view: View, store: Store): View {
  const votes = Object.entries(store.votes).map(([member, vote]): [string, Vote] => [
    member,
    member === view.me ? vote : { ...vote, received: "" },
  ]);
  return { ...view, store: { ...store, votes: Object.fromEntries(votes) } };
}

function asIfApplied(view: View): View {
  return { ...view, server: { ...view.server, position: view.server.received ?? "" } };
}

function startUnknown(view: View, store: Store, cluster: Cluster): View {
  return { ...view, store: { ...store, cluster: { ...cluster, start: "" } } };
}

/** Its history looks like the leader's, whatever it is. */
function nothingExtra(view: View, store: Store): View {
  const history = view.peers[store.leader?.member ?? ""]?.server.history;
  return history === undefined ? view : { ...view, server: { ...view.server, history } };
}

function neverStuck(view: View): View {
  return { ...view, recent: { ...view.recent, since: { ...view.recent.since, stuck: undefined } } };
}

function removalForgotten(view: View): View {
  const { removal } = view.recent;
  return removal === undefined ? view : { ...view, recent: { ...view.recent, removal: { ...removal, position: "" } } };
}

function admissionForgotten(view: View): View {
  const { admission } = view.recent;
  return admission === undefined
    ? view
    : { ...view, recent: { ...view.recent, admission: { ...admission, position: "" } } };
}

function nobodySilent(view: View, world: World, agent: Agent): View {
  if (view.store !== undefined) return view;
  const now = clock(world, agent);
  const peers = Object.entries(view.peers).map(([member, peer]): [string, Peer | undefined] => [
    member,
    peer && { ...peer, at: now },
  ]);
  return { ...view, peers: Object.fromEntries(peers) };
}

function onVote(names: readonly string[]): NonNullable<Hooks["steps"]> {
  return onAction("vote", names);
}

/** The steps of an action in another order, or some of them only. */
function onAction(kind: Action["kind"], names: readonly string[]): NonNullable<Hooks["steps"]> {
  return (steps, action) =>
    action.kind === kind ? names.flatMap((name) => steps.filter((step) => step.name === name)) : steps;
}

type Broken = (world: World, agent: Agent, action: Action) => void;

/** One or two steps of an action done wrongly. */
function replacing(kind: Action["kind"], name: string, broken: Broken, also?: string): NonNullable<Hooks["steps"]> {
  return (steps, action, world, agent) => {
    if (action.kind !== kind) return steps;
    return steps.map((step): Step => {
      if (step.name !== name && step.name !== also) return step;
      return {
        name,
        run: () => {
          broken(world, agent, action);
          return "on";
        },
      };
    });
  };
}

function nothing(): void {}

function startBoth(world: World, agent: Agent): void {
  startSlave(world, at(world.servers, agent.host), { io: true, sql: true });
}

function nothingSeen(view: View): View {
  return { ...view, memory: { ...view.memory, seen: 0 } };
}

function ioPositionAnswer(world: World, agent: Agent, action: Action): void {
  if (action.kind !== "vote") return;
  const server = at(world.servers, agent.host);
  const vote = answer(world, agent, server, action.term);
  if (vote === undefined) return;
  const received = agent.memory.led > 0 ? "" : server.ioPosition || position(server);
  agent.memory = { ...agent.memory, noted: { ...vote, received } };
}
