import { reaches } from "../gtid.ts";
import type { Decision } from "../model.ts";
import { candidacy, inheriting } from "./candidacy.ts";
import { resumed } from "./handover.ts";
import { act, commit, lasted, names, opensTried, type Scene, seconds, told, unusable, unwell, wait } from "./scene.ts";

/** Nobody holds the leader key. */
export function electing(scene: Scene): Decision {
  const first = resumed(scene, "nobody") ?? unwell(scene);
  if (first !== undefined) return first;
  return scene.cluster.primary === scene.view.me ? returning(scene) : standingBy(scene);
}

/** The primary of the last term takes its key back: nobody was elected, so nobody has anything that it lacks. */
function returning(scene: Scene): Decision {
  const { view, cluster, now } = scene;
  const { me, server, recent, settings } = view;
  const useless = unusable(server);
  if (useless !== undefined)
    return wait(
      `${me} is still the primary, but ${useless}. ${names(cluster.voters)} may elect; otherwise the operator must decide.`,
    );
  const early = server.state === "stopped" ? restarting(scene) : undefined;
  if (early !== undefined) return early;
  if (cluster.heir !== undefined && !lasted(recent.since.noLeader, now, settings.switchover)) {
    return wait(`${cluster.heir.member} is to take over from ${me}.`);
  }
  if (
    recent.failedOpens >= opensTried &&
    cluster.voters.length > 0 &&
    !lasted(recent.since.noLeader, now, settings.holdOff)
  ) {
    return wait(
      `${me} could not open for writes; it leaves ${seconds(settings.holdOff)} to ${names(cluster.voters)} before it tries again.`,
    );
  }
  const term = cluster.term + 1;
  const { heir } = cluster;
  const reason =
    heir === undefined
      ? `Nobody leads and nobody was elected: ${me} takes its key back, in term ${term}.`
      : `${heir.member} did not take over: ${me} takes its key back, in term ${term}.`;
  const history =
    heir === undefined
      ? cluster.history
      : told(cluster.history, { term, primary: me, kind: "called off", position: server.position, reason });
  const next = { ...cluster, term, heir: undefined, history };
  return act({ kind: "commit", what: "take back", commit: commit(scene, "nobody", next, "take") }, reason);
}

/**
 * Its MariaDB does not run: the voters elect first. After the grace it takes the key, and only then starts plainly: that commits what nobody
 * acknowledged, which a member elected meanwhile would lack (rule 11).
 */
function restarting({ view, cluster, now }: Scene): Decision | undefined {
  const { recent, settings } = view;
  if (cluster.paused) return wait("MariaDB does not run here; the agents are paused, so it is not started.");
  if (cluster.voters.length === 0 || lasted(recent.since.noLeader, now, settings.grace)) return undefined;
  return wait(
    `MariaDB does not run here; ${names(cluster.voters)} can elect within ${seconds(settings.grace)} before it starts again.`,
  );
}

/** Any other member: it is in order, votes, and stands for election when it holds most. */
function standingBy(scene: Scene): Decision {
  const { view, cluster } = scene;
  const { me, server, memory } = view;
  if (cluster.paused) return wait("Nobody leads; the agents are paused, so nobody is elected.");
  if (server.state === "running" && !server.readOnly) {
    return act(
      { kind: "kill" },
      `${cluster.primary} was elected after ${me}: MariaDB is killed here, for its open commits belong to nobody.`,
    );
  }
  if (server.state === "stopped" && memory.led === 0)
    return act({ kind: "start", how: "plain" }, "MariaDB does not run here; it starts as replica.");
  const useless = unusable(server);
  if (useless !== undefined) return wait(`Nobody leads, and ${me} cannot help: ${useless}.`);
  return inheriting(scene) ?? lettingGo(scene) ?? voteOrWait(scene);
}

/** A switchover: the old primary has nothing more to give, so ending that connection, which takes a while, need not wait until another leads. */
function lettingGo({ view, cluster }: Scene): Decision | undefined {
  const { server, me } = view;
  const { heir, primary } = cluster;
  if (heir === undefined || heir.member === me || server.source !== primary || !server.applying) return undefined;
  if (server.receiving !== "yes" || !reaches(server.received, heir.position)) return undefined;
  return act(
    { kind: "stop receiving" },
    `${heir.member} is to take over from ${primary}, which has nothing more for ${me}: it stops receiving from it.`,
  );
}

function voteOrWait(scene: Scene): Decision {
  const { view, store, cluster, now } = scene;
  const { me, recent, settings } = view;
  if (!cluster.voters.includes(me))
    return wait(`Nobody leads; ${me} is no voter and waits for ${names(cluster.voters)}.`);
  if (cluster.heir !== undefined && !lasted(recent.since.noLeader, now, settings.switchover)) {
    return wait(`${cluster.heir.member} is to take over from ${cluster.primary}.`);
  }
  const term = cluster.term + 1;
  if (store.votes[me]?.term === term) return candidacy(scene);
  const { change } = recent.since;
  const failedOver = cluster.history.at(-1)?.kind === "failover";
  const byHand = store.request?.kind === "failover";
  if (failedOver && !byHand && change !== undefined && now - change.at < settings.holdOff) {
    return wait(
      `Nobody leads; the last failover was less than ${seconds(settings.holdOff)} ago, so the next one waits.`,
    );
  }
  return act(
    { kind: "vote", term },
    `Nobody leads: ${me} stops receiving from ${cluster.primary}, promises term ${term} and says what it holds.`,
  );
}
