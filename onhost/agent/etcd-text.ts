import type { Cluster, Commit, Leader, Request, Store, Vote } from "./model.ts";

/** Everything of the database in etcd begins so. */
export const prefix = "/rampart/db/";

/** One key as etcd's JSON gateway tells of it. Numbers of 64 bits come as text; zeros are left out. */
export interface Pair {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision?: string;
  readonly lease?: string;
}

/** How an operator's wish ended, for who asks. A switchover is `handed over` until the heir has opened or it was called off. */
export interface Outcome {
  readonly id: string;
  readonly kind: string;
  readonly outcome: "done" | "refused" | "handed over";
  readonly reason: string;
  /** Of `handed over`: the heir, and the term that must be reached. */
  readonly to: string | null;
  readonly term: number;
}

/** When a term's primary opened, and for how long nobody was open before; ISO time, seconds. */
export interface Opened {
  readonly at: string;
  readonly gapSeconds: number | null;
}

/** What one look found: what decisions are made from, and what is only told to people. */
export interface Found {
  readonly store: Omit<Store, "storeLeader">;
  /** The lease that the leader key hangs on. */
  readonly leaderLease: string;
  readonly outcomes: readonly Outcome[];
  readonly opened: Readonly<Record<string, Opened>>;
}

export function key(name: string): string {
  return base64(prefix + name);
}

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** The whole of the prefix, as one question. */
export const rangeOfAll = { key: base64(prefix), range_end: base64(`${prefix.slice(0, -1)}0`) };

/** Takes a look apart. */
export function found(pairs: readonly Pair[]): Found {
  const votes: Record<string, Vote> = {};
  const opened: Record<string, Opened> = {};
  const outcomes: Outcome[] = [];
  let cluster: Cluster | undefined;
  let leader: Leader | undefined;
  let request: Request | undefined;
  let revision = 0;
  let leaderLease = "0";
  for (const pair of pairs) {
    const name = Buffer.from(pair.key, "base64").toString().slice(prefix.length);
    const value: unknown = JSON.parse(Buffer.from(pair.value ?? "", "base64").toString());
    const [folder, rest = ""] = split(name);
    if (name === "cluster") {
      cluster = value as Cluster;
      revision = Number(pair.mod_revision);
    } else if (name === "leader") {
      leader = value as Leader;
      leaderLease = pair.lease ?? "0";
    } else if (name === "request") request = value as Request;
    else if (folder === "votes") votes[rest] = value as Vote;
    else if (folder === "answers") outcomes.push(value as Outcome);
    else if (folder === "opened") opened[rest] = value as Opened;
  }
  return { store: { revision, cluster, leader, votes, request }, leaderLease, outcomes, opened };
}

function split(name: string): readonly string[] {
  const at = name.indexOf("/");
  return at < 0 ? [name] : [name.slice(0, at), name.slice(at + 1)];
}

export function put(name: string, value: unknown, lease?: string): object {
  return { request_put: { key: key(name), value: base64(JSON.stringify(value)), ...(lease ? { lease } : {}) } };
}

export function remove(name: string): object {
  return { request_delete_range: { key: key(name) } };
}

/** One etcd transaction: `cluster` unchanged since the look, the leader key as wanted, then everything at once. */
export function transaction(me: string, commit: Commit, lease: string, outcome: Outcome | undefined): object {
  const unchanged = { key: key("cluster"), target: "MOD", result: "EQUAL", mod_revision: String(commit.revision) };
  const { cluster } = commit;
  const taken = put("leader", { member: me, term: cluster.term } satisfies Leader, lease);
  return {
    compare: [unchanged, ...holder(commit.leader, lease)],
    success: [
      put("cluster", cluster),
      ...(commit.key === "take" ? [taken] : commit.key === "drop" ? [remove("leader")] : []),
      ...(commit.request === "drop" ? [remove("request")] : []),
      ...(outcome === undefined ? [] : [put(`answers/${outcome.id}`, outcome)]),
    ],
  };
}

/** What the leader key must be for a change to happen. */
export function holder(leader: Commit["leader"], lease: string): readonly object[] {
  if (leader === "any") return [];
  if (leader === "nobody") return [{ key: key("leader"), target: "VERSION", result: "EQUAL", version: "0" }];
  return [{ key: key("leader"), target: "LEASE", result: "EQUAL", lease }];
}
