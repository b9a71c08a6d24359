import type { Cluster, Commit, Store, Vote } from "../model.ts";
import { between, chance } from "./random.ts";
import { setChanges } from "./vouched.ts";
import { type Agent, at, type Etcd, type Held, note, passes, tickMs, type World } from "./world.ts";

/** How an etcd call ended for the caller: an unanswered one may have been carried out. */
export type Answer = "yes" | "no" | "unknown";

/** Leases end, and leaders of etcd are elected. */
export function etcdTick(world: World): void {
  const { etcd } = world;
  if (world.topologyChanged) survey(world);
  if (etcd.leader === undefined) {
    if (world.tick >= etcd.electedAt) elect(world);
    return;
  }
  if (world.tick % 5 !== 0) return;
  for (const [lease, until] of etcd.leases) {
    if (world.tick <= until) continue;
    etcd.leases.delete(lease);
    if (etcd.held.leader !== undefined && etcd.held.leaderLease === lease) {
      note(world, `etcd: the lease of ${etcd.held.leader.member} has ended`);
      hold(etcd, { leader: undefined, leaderLease: 0 });
    }
  }
}

/** Who can reach whom, once for each change. */
function survey(world: World): void {
  world.topologyChanged = false;
  const { etcd } = world;
  if (etcd.leader !== undefined && !quorum(world, etcd.leader)) {
    note(world, "etcd has lost its leader");
    etcd.leader = undefined;
    etcd.electedAt = world.tick + between(world.dice, 10, 18);
  }
  reach(world);
}

/** A new leader of etcd renews every lease to its full time and one election time-out more. */
function elect(world: World): void {
  const { etcd } = world;
  const able = etcd.nodes.filter((node) => quorum(world, node));
  if (able.length === 0) return;
  etcd.leader = at(able, between(world.dice, 0, able.length - 1));
  for (const lease of etcd.leases.keys()) etcd.leases.set(lease, world.tick + (world.settings.lease + 1000) / tickMs);
  note(world, `etcd: ${world.names[etcd.leader]} leads it now; every lease runs anew`);
  reach(world);
}

export function moveLeader(world: World, to: number): void {
  const { etcd } = world;
  if (etcd.leader === undefined || !etcd.nodes.includes(to) || !quorum(world, to)) return;
  etcd.leader = to;
  for (const lease of etcd.leases.keys()) etcd.leases.set(lease, world.tick + (world.settings.lease + 1000) / tickMs);
  reach(world);
}

function quorum(world: World, node: number): boolean {
  if (world.hostUp[node] !== true) return false;
  return world.etcd.nodes.filter((other) => passes(world, node, other) && passes(world, other, node)).length >= 2;
}

function reach(world: World): void {
  const { leader, nodes } = world.etcd;
  const good =
    leader === undefined ? [] : nodes.filter((node) => passes(world, node, leader) && passes(world, leader, node));
  world.storeReach = world.names.map((_, host) => {
    if (world.storeCut[host] !== 0) return { send: false, hear: false };
    const hear = good.some((node) => passes(world, host, node) && passes(world, node, host));
    return { send: hear || good.some((node) => passes(world, host, node)), hear };
  });
}

/** Reads; a lagging member now and then answers with what was. Undefined when nothing answers. */
export function read(world: World, agent: Agent): Store | undefined {
  const { etcd } = world;
  if (!usable(world, agent)) return undefined;
  const held =
    etcd.past.length > 0 && chance(world.dice, world.stale)
      ? at(etcd.past, between(world.dice, 0, etcd.past.length - 1))
      : etcd.held;
  return {
    revision: held.clusterRevision,
    cluster: held.cluster,
    leader: held.leader,
    votes: held.votes,
    request: held.request,
    storeLeader: etcd.leader === undefined ? undefined : world.names[etcd.leader],
  };
}

/** Renews the agent's lease. */
export function renew(world: World, agent: Agent, now: number): void {
  if (agent.lease === 0 || world.storeReach[agent.host]?.send !== true || world.etcd.leader === undefined) return;
  if (!world.etcd.leases.has(agent.lease)) {
    if (world.storeReach[agent.host]?.hear === true) agent.lease = 0;
    return;
  }
  world.etcd.leases.set(agent.lease, world.tick + world.settings.lease / tickMs);
  if (world.storeReach[agent.host]?.hear === true) agent.leaseUntil = now + world.settings.lease;
}

/** One transaction: every comparison, then every change. */
export function transact(world: World, agent: Agent, commit: Commit, now: number): Answer {
  const { etcd } = world;
  if (world.storeReach[agent.host]?.send !== true || etcd.leader === undefined || chance(world.dice, 0.01))
    return "unknown";
  const holder = etcd.held.leader?.member;
  const mine = holder === agent.name && etcd.held.leaderLease === agent.lease;
  const leaderFits = commit.leader === "any" || (commit.leader === "nobody" ? holder === undefined : mine);
  const revisionFits = world.hooks.ignoreRevision === true || etcd.held.clusterRevision === commit.revision;
  const fits = leaderFits && revisionFits;
  if (fits) change(world, agent, commit, now);
  return usable(world, agent) ? (fits ? "yes" : "no") : "unknown";
}

function change(world: World, agent: Agent, { cluster, key, request }: Commit, now: number): void {
  const { etcd } = world;
  if (key === "take") {
    agent.lease = etcd.nextLease++;
    agent.failedOpens = 0;
    etcd.leases.set(agent.lease, world.tick + world.settings.lease / tickMs);
    agent.leaseUntil = now + world.settings.lease;
  }
  setChanges(world, cluster);
  if (cluster.term !== etcd.held.cluster?.term) world.termSince[cluster.term] = world.tick;
  const leader =
    key === "take" ? { member: agent.name, term: cluster.term } : key === "drop" ? undefined : etcd.held.leader;
  const leaderLease = key === "take" ? agent.lease : key === "drop" ? 0 : etcd.held.leaderLease;
  hold(etcd, { cluster, leader, leaderLease, ...(request === "drop" ? { request: undefined } : {}) });
}

export function putVote(world: World, agent: Agent, vote: Vote): void {
  if (world.storeReach[agent.host]?.send !== true || world.etcd.leader === undefined) return;
  hold(world.etcd, { votes: { ...world.etcd.held.votes, [agent.name]: vote } });
}

export function resign(world: World, agent: Agent): void {
  const { etcd } = world;
  if (world.storeReach[agent.host]?.send !== true || etcd.leader === undefined) return;
  if (etcd.held.leader?.member === agent.name && etcd.held.leaderLease === agent.lease)
    hold(etcd, { leader: undefined, leaderLease: 0 });
}

export function dropRequest(world: World, agent: Agent, id: string): void {
  if (world.storeReach[agent.host]?.send !== true || world.etcd.leader === undefined) return;
  if (world.etcd.held.request?.id === id) hold(world.etcd, { request: undefined });
}

/** What an operator does from outside. */
export function ask(world: World, request: Held["request"]): void {
  hold(world.etcd, { request });
}

export function setCluster(world: World, cluster: Cluster): void {
  hold(world.etcd, { cluster });
}

function hold(etcd: Etcd, change: Partial<Omit<Held, "revision" | "clusterRevision">>): void {
  const before = etcd.held;
  etcd.past.push(before);
  if (etcd.past.length > 8) etcd.past.shift();
  const revision = before.revision + 1;
  etcd.held = {
    ...before,
    ...change,
    revision,
    clusterRevision: "cluster" in change ? revision : before.clusterRevision,
  };
}

function usable(world: World, agent: Agent): boolean {
  return world.storeReach[agent.host]?.hear === true && world.etcd.leader !== undefined && !chance(world.dice, 0.01);
}
