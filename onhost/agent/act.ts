import { setTimeout as pause } from "node:timers/promises";
import { acknowledge, follow, receive, rescue, stopReceiving } from "./act/follow.ts";
import { closeForWrites, lockOut, needNoAcks, noteAdmission, unlock } from "./act/lockout.ts";
import { openForWrites } from "./act/open.ts";
import { rebuild } from "./act/rebuild.ts";
import { requireAcks, statements } from "./act/statements.ts";
import { vote } from "./act/vote.ts";
import { type Agent, shutWrites } from "./agent.ts";
import { answer, commitTo, moveLeader, resign } from "./etcd.ts";
import type { Outcome } from "./etcd-text.ts";
import type { Action, Commit, Decision, Request } from "./model.ts";
import { killServer, startServer } from "./process.ts";

/** How long `read_only=1` may wait for commits before the switchover is given up, ms. */
const closing = 1000;

/**
 * Does what was decided: the only place that can hurt. Fails when it could not be carried out to its end; what then is, the next look shows.
 * Statement by statement as in `simulation/steps.ts`.
 */
export async function act(agent: Agent, { action, reason }: Decision): Promise<void> {
  switch (action.kind) {
    case "wait":
    case "report broken":
      return;
    case "commit":
      return commit(agent, action.commit, reason);
    case "take over":
      await Promise.all([stopReceiving(agent), commit(agent, action.commit, reason)]);
      return;
    case "hand over":
      shutWrites(agent);
      await agent.kept.remember({ promised: action.term });
      return commit(agent, action.commit, reason);
    case "go alone":
      await commit(agent, action.commit, reason);
      return needNoAcks(agent);
    case "rebuild": {
      const from = agent.kept.notes.wanted?.from ?? action.from;
      await commit(agent, action.commit, reason);
      return rebuild(agent, from, action.commit.cluster.serverIds[agent.config.me] ?? 0).catch(afterAWhile);
    }
    case "resign":
      shutWrites(agent);
      return resign(agent.etcd);
    case "kill":
      shutWrites(agent);
      return killServer();
    case "start":
      agent.mariadb.started = true;
      return startServer(agent.config.paths.runtime, action.how);
    case "answer":
      return answered(agent, action.outcome, reason);
    case "move store leader":
      return moved(agent, action.to);
    default:
      return statement(agent, action);
  }
}

type Statement = Exclude<
  Action["kind"],
  | "wait"
  | "report broken"
  | "commit"
  | "take over"
  | "hand over"
  | "go alone"
  | "rebuild"
  | "resign"
  | "kill"
  | "start"
  | "answer"
  | "move store leader"
>;

/** What is done in MariaDB. */
async function statement(agent: Agent, action: Extract<Action, { kind: Statement }>): Promise<void> {
  switch (action.kind) {
    case "vote":
      return vote(agent, action.term);
    case "open":
      try {
        await openForWrites(agent, action);
      } catch (error) {
        agent.failedOpens++;
        throw error;
      }
      return;
    case "follow":
      return follow(agent, action);
    case "rescue":
      return rescue(agent);
    case "stop receiving":
      return stopReceiving(agent);
    case "receive":
      return receive(agent);
    case "acknowledge":
      return acknowledge(agent, action.on);
    case "close":
      return closeForWrites(agent, closing);
    case "lock out":
      return lockOut(agent, action.member);
    case "unlock":
      return unlock(agent, action.member);
    case "note admission":
      return noteAdmission(agent, action.member);
    case "need ack":
      await requireAcks(statements(agent));
      return;
  }
}

async function commit(agent: Agent, change: Commit, reason: string): Promise<void> {
  const { etcd, config, settings } = agent;
  if (change.key === "drop") shutWrites(agent);
  const request = change.request === "drop" ? agent.last?.view.store?.request : undefined;
  const outcome = request === undefined ? undefined : outcomeOf(request, change, reason);
  const done = await commitTo(etcd, config.me, change, settings.lease, outcome);
  if (!done) throw new Error("the cluster has changed meanwhile");
  if (change.key === "take") agent.failedOpens = 0;
}

/** A backup that could not be had is not asked for again at once. */
async function afterAWhile(error: unknown): Promise<never> {
  await pause(5000);
  throw error;
}

/** A switchover is done only when the heir has opened. */
function outcomeOf({ id, kind }: Request, { cluster }: Commit, reason: string): Outcome {
  const { heir, term } = cluster;
  if (heir !== undefined) return { id, kind, outcome: "handed over", reason, to: heir.member, term: term + 1 };
  return { id, kind, outcome: "done", reason, to: null, term };
}

async function answered(agent: Agent, outcome: "done" | "refused", reason: string): Promise<void> {
  const store = agent.last?.view.store;
  if (store?.request === undefined) return;
  const { id, kind } = store.request;
  const told: Outcome = { id, kind, outcome, reason, to: null, term: store.cluster?.term ?? 0 };
  await answer(agent.etcd, told);
}

async function moved(agent: Agent, to: string): Promise<void> {
  const { storeLeader } = agent;
  const target = storeLeader?.targets[to];
  // Asked again after this, whatever came of it.
  agent.storeLeader = undefined;
  if (storeLeader !== undefined && target !== undefined) await moveLeader(agent.etcd, storeLeader.host, target);
}
