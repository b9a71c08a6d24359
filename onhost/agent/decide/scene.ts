import type { Action, Change, Cluster, Commit, Decision, Peer, Store, View } from "../model.ts";

/** A view with the store at hand: what every situation but two is decided from. */
export interface Scene {
  readonly view: View;
  readonly store: Store;
  readonly cluster: Cluster;
  readonly now: number;
}

export function wait(reason: string): Decision {
  return { action: { kind: "wait" }, reason };
}

export function act(action: Action, reason: string): Decision {
  return { action, reason };
}

/** A change of the cluster at the revision of this look. */
export function commit({ store }: Scene, leader: Commit["leader"], cluster: Cluster, key: Commit["key"]): Commit {
  return { revision: store.revision, leader, cluster, key, request: "keep" };
}

/** The answer of a member's agent, if it is fresh and its server runs. */
export function answering({ view, now }: Scene, member: string): Peer | undefined {
  const peer = view.peers[member];
  return peer !== undefined && now - peer.at <= view.settings.fresh && peer.server.state === "running"
    ? peer
    : undefined;
}

/** Whether something has held for so long. */
export function lasted(since: number | undefined, now: number, ms: number): boolean {
  return since !== undefined && now - since >= ms;
}

/** History with one more change; the last twenty are kept. */
export function told(history: readonly Change[], change: Change): readonly Change[] {
  return [...history, change].slice(-20);
}

/** A server that hangs, or that is starting: the same whoever leads. */
export function unwell({ view, cluster, now }: Scene): Decision | undefined {
  const { server, recent, settings } = view;
  if (server.state === "starting") return wait("MariaDB is starting.");
  if (server.state !== "hung") return undefined;
  if (cluster.paused) return wait("MariaDB does not answer; the agents are paused, so nothing is done about it.");
  if (!lasted(recent.since.hung, now, settings.hung))
    return wait("MariaDB does not answer; it is given a little time.");
  return act(
    { kind: "kill" },
    `MariaDB has not answered for ${seconds(settings.hung)}; it is killed, so that it can start anew.`,
  );
}

/** How often opening may fail before others get their chance (rule 15). */
export const opensTried = 3;

/** Why this member must be built anew; undefined when it need not. */
export function unusable({ state }: View["server"]): string | undefined {
  if (state === "blank") return "it has no data";
  if (state === "refuses") return "its MariaDB refuses to start";
  return undefined;
}

export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

/** "b", "b and c", "a, b and c"; "nobody" for none. */
export function names(members: readonly string[]): string {
  if (members.length < 2) return members[0] ?? "nobody";
  return `${members.slice(0, -1).join(", ")} and ${members.at(-1)}`;
}
