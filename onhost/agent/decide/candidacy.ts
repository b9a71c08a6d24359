import { reaches, sequence } from "../gtid.ts";
import type { Change, Cluster, Decision, Vote } from "../model.ts";
import { act, commit, lasted, names, type Scene, told, wait } from "./scene.ts";

/**
 * All voters have been heard, or are waited for. Any one of them may have been the only one to acknowledge a write, so not one vote may be missing
 * (rule 7), and whoever holds most leads (rule 9).
 */
export function candidacy(scene: Scene): Decision {
  const { view, store, cluster } = scene;
  const term = cluster.term + 1;
  const gone = store.request?.kind === "failover" ? store.request.without : [];
  const needed = cluster.voters.filter((member) => !gone.includes(member));
  const missing = needed.filter((member) => store.votes[member]?.term !== term);
  if (missing.length > 0) {
    return wait(
      `Nobody leads; ${names(missing)} may have acknowledged writes that nobody else has, so the vote for term ${term} is waited for.`,
    );
  }
  const useless = needed.filter((member) => store.votes[member]?.countable !== true);
  if (useless.length > 0) {
    return wait(
      `Nobody leads; ${names(useless)} cannot tell what was acknowledged there, so nobody is elected without the old primary.`,
    );
  }
  const most = greatest(scene, needed);
  if (most === undefined) return wait("Nobody leads, and no vote is left to count.");
  if (!reaches(most.vote.received, cluster.start)) {
    return wait(
      `Nobody leads; the voters hold up to ${most.vote.received || "nothing"}, but term ${cluster.term} began at ${cluster.start}: ${cluster.primary} or its predecessor must return.`,
    );
  }
  return most.member === view.me
    ? standing(scene, most.vote, gone)
    : wait(`${most.member} holds most (${most.vote.received}) and is to lead in term ${term}.`);
}

/** The heir of a switchover needs no votes: the old primary closed before it let go, and this transaction keeps it from coming back. */
export function inheriting(scene: Scene): Decision | undefined {
  const { view, cluster } = scene;
  const { heir } = cluster;
  if (heir?.member !== view.me || view.server.state !== "running") return undefined;
  if (!reaches(view.server.position, heir.position)) return undefined;
  const reason = `${view.me} has all up to ${heir.position} and takes over from ${cluster.primary}.`;
  const next = promoted(scene, "switchover", heir.position, [], reason);
  return act({ kind: "take over", commit: commit(scene, "nobody", next, "take") }, reason);
}

/** The one that holds most, applied to the last before it leads: what is in its relay log alone would be purged (rule 9). */
function standing(scene: Scene, vote: Vote, gone: readonly string[]): Decision {
  const { view, cluster, store } = scene;
  const { server, me } = view;
  if (server.state !== "running") return wait(`${me} holds most, but its MariaDB does not run.`);
  if (!reaches(server.position, vote.received)) {
    const behind = `${me} holds most (${vote.received}); it has applied ${server.position || "nothing"}`;
    if (server.applying) return wait(`${behind} and applies the rest before it leads.`);
    return act({ kind: "rescue" }, `${behind}; the rest lies in its relay files and is applied from there.`);
  }
  const term = cluster.term + 1;
  const reason = `${cluster.primary} is gone; ${me} holds most of ${names(cluster.voters)} (${vote.received}) and has applied it: it leads in term ${term}.`;
  const next = promoted(scene, "failover", server.position, gone, reason);
  const change = commit(scene, "nobody", next, "take");
  const request = store.request?.kind === "failover" ? "drop" : "keep";
  return act({ kind: "commit", what: "promote", commit: { ...change, request } }, reason);
}

/**
 * Rule 10: the old primary becomes a voter, for it alone may hold, with this member, what the last term acknowledged. It gets a fresh number at
 * once (rule 5): it has written with its own, and would have to ask for another while writes wait for its acknowledgement.
 */
function promoted(
  { view, cluster }: Scene,
  kind: Change["kind"],
  start: string,
  gone: readonly string[],
  reason: string,
): Cluster {
  const { me } = view;
  const term = cluster.term + 1;
  const others = cluster.voters.filter((member) => member !== me && !gone.includes(member));
  return {
    ...cluster,
    term,
    primary: me,
    start,
    voters: [...others, cluster.primary],
    heir: undefined,
    serverIds: { ...cluster.serverIds, [me]: cluster.nextServerId, [cluster.primary]: cluster.nextServerId + 1 },
    nextServerId: cluster.nextServerId + 2,
    history: told(cluster.history, { term, primary: me, kind, position: start, reason }),
  };
}

/** Whoever holds most; among equals the first, and after a while any, should the first have died after its vote. */
function greatest({ view, store, now }: Scene, voters: readonly string[]): { member: string; vote: Vote } | undefined {
  const votes = voters.flatMap((member) => {
    const vote = store.votes[member];
    return vote === undefined ? [] : [{ member, vote }];
  });
  const best = Math.max(...votes.map(({ vote }) => sequence(vote.received)));
  const equals = votes
    .filter(({ vote }) => sequence(vote.received) === best)
    .toSorted((one, other) => (one.member < other.member ? -1 : 1));
  const late = lasted(view.recent.since.noLeader, now, view.settings.hung + view.settings.lease);
  return (late ? equals.find(({ member }) => member === view.me) : undefined) ?? equals[0];
}
