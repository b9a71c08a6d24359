import type { Agent } from "node:https";
import { request } from "node:https";
import {
  type Found,
  found,
  holder,
  key,
  type Outcome,
  type Pair,
  put,
  rangeOfAll,
  remove,
  transaction,
} from "./etcd-text.ts";
import { ask, connections, type Identity, optionsOf } from "./https.ts";
import type { Commit, Vote } from "./model.ts";

/** etcd as the agent uses it: its JSON gateway over TLS, the addresses one after another. */
export interface Etcd {
  readonly stores: readonly Address[];
  connections: Agent;
  /** Which address is asked first: the last that answered. */
  at: number;
  /** The lease of this agent; "0" when there is none. */
  lease: string;
  /** When it ends if it is not renewed, by this process's monotonic clock: counted from before the last renewal was sent. */
  leaseUntil: number;
}

interface Address {
  readonly name: string;
  readonly port: number;
}

/** How long etcd may take for one answer. */
const limit = 700;

export function etcd(stores: readonly string[], me: string, own: Identity): Etcd {
  const addresses = stores.map((url) => ({ name: new URL(url).hostname, port: Number(new URL(url).port || 2379) }));
  const at = Math.max(
    0,
    addresses.findIndex(({ name }) => name === me),
  );
  return { stores: addresses, connections: connections(own), at, lease: "0", leaseUntil: 0 };
}

/** One look at everything, or undefined when nothing answers: linearizable, so that a lagging member cannot answer with what was. */
export async function look(store: Etcd): Promise<Found | undefined> {
  try {
    const { kvs = [] } = await post<{ kvs?: readonly Pair[] }>(store, "/v3/kv/range", rangeOfAll);
    return found(kvs);
  } catch {
    return undefined;
  }
}

/**
 * Carries out one transaction. False: something had changed. Fails when no answer came: it may have been carried out or not.
 * A leader key that is taken hangs on a fresh lease.
 */
export async function commitTo(
  store: Etcd,
  me: string,
  commit: Commit,
  leaseMs: number,
  outcome: Outcome | undefined,
): Promise<boolean> {
  const sent = performance.now();
  const lease = commit.key === "take" ? await grant(store, leaseMs) : store.lease;
  const { succeeded = false } = await post<{ succeeded?: boolean }>(
    store,
    "/v3/kv/txn",
    transaction(me, commit, lease, outcome),
  );
  if (commit.key !== "take") return succeeded;
  if (succeeded) {
    store.lease = lease;
    store.leaseUntil = sent + leaseMs;
  } else await post(store, "/v3/lease/revoke", { ID: lease }).catch(() => undefined);
  return succeeded;
}

async function grant(store: Etcd, leaseMs: number): Promise<string> {
  const { ID } = await post<{ ID: string }>(store, "/v3/lease/grant", { TTL: String(Math.ceil(leaseMs / 1000)) });
  return ID;
}

/** Renews the lease. A lease that etcd does not know any more is forgotten. */
export async function renew(store: Etcd, leaseMs: number): Promise<void> {
  const { lease } = store;
  if (lease === "0") return;
  const sent = performance.now();
  const { result } = await post<{ result?: { TTL?: string } }>(store, "/v3/lease/keepalive", { ID: lease });
  if (store.lease !== lease) return;
  if (Number(result?.TTL ?? 0) > 0) store.leaseUntil = sent + leaseMs;
  else store.lease = "0";
}

/** Deletes the leader key if it is still this agent's. */
export async function resign(store: Etcd): Promise<void> {
  await post(store, "/v3/kv/txn", { compare: holder("me", store.lease), success: [remove("leader")] });
}

export async function publishVote(store: Etcd, me: string, vote: Vote): Promise<void> {
  await write(store, `votes/${me}`, vote);
}

/** Puts one key of the prefix. */
export async function write(store: Etcd, name: string, value: unknown): Promise<void> {
  await post(store, "/v3/kv/txn", { success: [put(name, value)] });
}

/** Puts a key that is not there; false when it is. */
export async function writeNew(store: Etcd, name: string, value: unknown): Promise<boolean> {
  const compare = [{ key: key(name), target: "VERSION", result: "EQUAL", version: "0" }];
  const { succeeded = false } = await post<{ succeeded?: boolean }>(store, "/v3/kv/txn", {
    compare,
    success: [put(name, value)],
  });
  return succeeded;
}

/** Takes the request away and leaves the answer. */
export async function answer(store: Etcd, outcome: Outcome): Promise<void> {
  await post(store, "/v3/kv/txn", { success: [remove("request"), put(`answers/${outcome.id}`, outcome)] });
}

export async function forget(store: Etcd, names: readonly string[]): Promise<void> {
  if (names.length > 0) await post(store, "/v3/kv/txn", { success: names.map(remove) });
}

/** Which of etcd's members leads it, by its number, when it is known. */
export async function leaderOf(store: Etcd): Promise<string | undefined> {
  const { leader = "0" } = await post<{ leader?: string }>(store, "/v3/maintenance/status", {});
  return leader === "0" ? undefined : leader;
}

/** etcd's members. */
export async function storeMembers(store: Etcd): Promise<readonly StoreMember[]> {
  const { members = [] } = await post<{ members?: readonly { ID: string; clientURLs?: readonly string[] }[] }>(
    store,
    "/v3/cluster/member/list",
    {},
  );
  return members.map(({ ID, clientURLs = [] }) => ({ id: ID, host: new URL(clientURLs[0] ?? "x://").hostname }));
}

export interface StoreMember {
  readonly id: string;
  /** Host name or address, as etcd was told. */
  readonly host: string;
}

/** Moves etcd's own leader; only the leader itself may be asked for it. */
export async function moveLeader(store: Etcd, leaderHost: string, targetId: string): Promise<void> {
  const leader = store.stores.find(({ name }) => name === leaderHost);
  if (leader === undefined) return;
  await once(store, leader, "/v3/maintenance/transfer-leadership", { targetID: targetId });
}

/** Calls `wake` whenever anything changes under the prefix, until it breaks. */
export function watch(store: Etcd, wake: () => void, ended: () => void): void {
  const address = store.stores[store.at];
  if (address === undefined) return;
  const body = JSON.stringify({ create_request: rangeOfAll });
  const asked = request({
    ...optionsOf(store.connections, { ...target(address), path: "/v3/watch", body }),
    agent: false,
    ...keys(store),
  });
  asked.on("response", (response) => {
    response.on("data", wake);
    response.on("close", ended);
  });
  asked.on("error", ended);
  asked.end(body);
}

function keys(store: Etcd): object {
  const { ca, cert, key: own } = store.connections.options;
  return { ca, cert, key: own, minVersion: "TLSv1.3" };
}

/** Asks the address that answered last; when it refuses at once, the next. When it is silent, the next question goes to the next. */
async function post<T>(store: Etcd, path: string, body: object): Promise<T> {
  const begun = performance.now();
  let failure: unknown;
  for (let tried = 0; tried < store.stores.length && performance.now() - begun < limit; tried++) {
    const at = store.at;
    const address = store.stores[at];
    if (address === undefined) break;
    try {
      return await once<T>(store, address, path, body);
    } catch (error) {
      failure = error;
      if (store.at === at) store.at = (at + 1) % store.stores.length;
    }
  }
  throw failure;
}

async function once<T>(store: Etcd, address: Address, path: string, body: object): Promise<T> {
  const text = JSON.stringify(body);
  const reply = await ask(store.connections, { ...target(address), path, body: text, limit });
  if (reply.status !== 200)
    throw new Error(`etcd on ${address.name} answers ${reply.status}: ${reply.text.slice(0, 200)}`);
  return JSON.parse(reply.text) as T;
}

function target({ name, port }: Address): { address: string; name: string; port: number } {
  return { address: name, name, port };
}
