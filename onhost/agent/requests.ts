import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { DatabaseAnswer, DatabaseRequest } from "../../src/contract/database.ts";
import { statements } from "./act/statements.ts";
import type { Agent } from "./agent.ts";
import { writeNew } from "./etcd.ts";
import type { Outcome } from "./etcd-text.ts";
import type { Cluster, Request } from "./model.ts";
import { stopServer } from "./process.ts";
import { acknowledging } from "./promise.ts";

/** What is answered to a wish: its number, or why not. */
export type Taken = { readonly id: string } | { readonly refused: string };

/** Writes an operator's wish into etcd, unless it is plain already that it cannot be. */
export async function take(agent: Agent, wish: DatabaseRequest): Promise<Taken> {
  const store = agent.last?.view.store;
  if (store === undefined) return { refused: "etcd does not answer; without it nothing can be changed." };
  const { cluster } = store;
  if (cluster === undefined) return { refused: "There is no cluster yet." };
  const against = objection(agent, wish, cluster);
  if (against !== undefined) return { refused: against };
  const request: Request = {
    id: randomUUID(),
    kind: wish.kind,
    to: wish.to ?? undefined,
    without: wish.without,
    by: wish.by,
  };
  const written = await writeNew(agent.etcd, "request", request);
  return written
    ? { id: request.id }
    : { refused: `Another request is under way: ${store.request?.kind ?? "unknown"}. Try again.` };
}

function objection(agent: Agent, { kind, to, without }: DatabaseRequest, cluster: Cluster): string | undefined {
  const leader = agent.last?.view.store?.leader?.member;
  const members = agent.config.members.map(({ name }) => name);
  const unknown = [...(to === null ? [] : [to]), ...without].find((name) => !members.includes(name));
  if (unknown !== undefined) return `${unknown} is no member; members are ${members.join(", ")}.`;
  if (kind === "failover") {
    return leader === undefined
      ? undefined
      : `${leader} leads and works; a failover by hand is for when nobody leads. Ask for a switchover.`;
  }
  if (kind !== "switchover") return undefined;
  if (leader === undefined) return "Nobody leads now, so nobody can hand over.";
  if (to === leader) return `${to} is the primary already.`;
  if (to !== null && !cluster.voters.includes(to))
    return `${to} is no voter, so it need not have all; voters are ${cluster.voters.join(", ") || "none"}.`;
  if (leader === agent.config.me && acknowledging(agent).length === 0)
    return "No voter acknowledges, so nobody can take over.";
  return undefined;
}

/** How a wish ended, as far as it is known here. */
export function outcomeOf(agent: Agent, id: string): DatabaseAnswer {
  const { last } = agent;
  const store = last?.view.store;
  const told = last?.found?.outcomes.find((one) => one.id === id);
  if (told !== undefined) return answerOf(told, last?.view.store?.cluster, last?.found?.opened ?? {});
  if (store?.request?.id === id) return { outcome: "waiting", reason: last?.decision.reason ?? "" };
  return { outcome: "waiting", reason: "It is not known here yet." };
}

/** A switchover has ended when the heir has opened, or another has taken the term. */
export function answerOf(
  told: Outcome,
  cluster: Cluster | undefined,
  opened: Readonly<Record<string, { gapSeconds: number | null }>>,
): DatabaseAnswer {
  if (told.outcome !== "handed over") return { outcome: told.outcome, reason: told.reason };
  if (cluster === undefined || cluster.term < told.term) return { outcome: "waiting", reason: told.reason };
  const change = cluster.history.find(({ term }) => term === told.term);
  if (change?.kind !== "switchover") {
    return { outcome: "refused", reason: change?.reason ?? `${told.to} did not take over; ${cluster.primary} leads.` };
  }
  if (opened[told.term] === undefined && cluster.term === told.term)
    return { outcome: "waiting", reason: change.reason };
  return { outcome: "done", reason: change.reason };
}

/** How long a restart may take, all in all, ms. */
const restartLimit = 90_000;

/**
 * Starts MariaDB anew without a gap that need not be: a primary hands over first, then this member comes back as a replica. Undefined when it is
 * done, else why not.
 */
export async function restart(agent: Agent): Promise<string | undefined> {
  const until = performance.now() + restartLimit;
  const { view } = agent.last ?? {};
  if (view === undefined) return "The agent has just started.";
  if (view.store?.cluster?.paused === true) return "The agents are paused.";
  if (view.server.state !== "running") return undefined;
  const before = view.server.start;
  if (view.store?.leader?.member === agent.config.me) {
    const against = await handOver(agent, "a restart of MariaDB", until);
    if (against !== undefined) return against;
  }
  await stopServer(60_000);
  agent.wake();
  const back = () => {
    const now = agent.last?.view;
    const runs = now?.server.state === "running" && now.server.start !== before && agent.mariadb.start !== before;
    return runs && (now.store?.cluster === undefined || agent.acting === undefined);
  };
  const settled = () => {
    const now = agent.last?.view;
    const leads = now?.store?.leader?.member === agent.config.me;
    return (
      back() && (now?.store?.cluster === undefined || now.server.receiving === "yes" || (leads && !now.server.readOnly))
    );
  };
  if (!(await waitFor(settled, until)))
    return `MariaDB was stopped, but is not back yet: ${agent.last?.decision.reason ?? ""}`;
  // Whoever asked goes on with the next member, and writes would wait with both away. It is back either way.
  await waitFor(() => votes(agent), Math.min(until, performance.now() + rejoining));
  return undefined;
}

/** How long a voter that is back may take until it acknowledges again, ms: it has to catch up first. */
const rejoining = 15_000;

/** Acknowledges, if it is one that should. */
function votes({ last, config }: Agent): boolean {
  const { server, store } = last?.view ?? {};
  if (store?.cluster === undefined || store.leader?.member === config.me) return true;
  return !store.cluster.voters.includes(config.me) || server?.acking === true;
}

/** Where nobody can take over, it closes, so that no commit is waiting when it ends. */
export async function handOver(agent: Agent, by: string, until: number): Promise<string | undefined> {
  if (acknowledging(agent).length === 0) {
    if (agent.last?.view.server.waiting) return "Commits wait for an acknowledgement, and nobody can take over.";
    await statements(agent).run("SET GLOBAL read_only = ON", 2000);
    return undefined;
  }
  const taken = await take(agent, { kind: "switchover", to: null, without: [], by });
  if ("refused" in taken) return taken.refused;
  const done = () => outcomeOf(agent, taken.id).outcome !== "waiting";
  if (!(await waitFor(done, until))) return "Nobody took over in time.";
  const { outcome, reason } = outcomeOf(agent, taken.id);
  return outcome === "done" ? undefined : reason;
}

async function waitFor(fits: () => boolean, until: number): Promise<boolean> {
  while (!fits()) {
    if (performance.now() > until) return false;
    await pause(50);
  }
  return true;
}
