import type { Decision, Leader } from "../model.ts";
import { requested, resumed } from "./handover.ts";
import { act, answering, lasted, names, opensTried, type Scene, seconds, unusable, unwell, wait } from "./scene.ts";
import { acknowledging, following, voting } from "./voters.ts";

/** This member holds the leader key. */
export function leading(scene: Scene, leader: Leader): Decision {
  const { view, cluster } = scene;
  const { me, server, memory } = view;
  if (cluster.primary !== me)
    return act({ kind: "resign" }, `${cluster.primary} is the primary, not ${me}: the key is given back.`);
  return (
    resumed(scene, "me") ??
    fallen(scene, leader) ??
    unwell(scene) ??
    requested(scene) ??
    deafened(scene) ??
    quieting(scene) ??
    (server.readOnly || server.source !== undefined || memory.led !== leader.term
      ? opening(scene, leader)
      : undefined) ??
    waitingForAcks(scene) ??
    voting(scene) ??
    besideStore(scene) ??
    wait(standing(scene, leader))
  );
}

/** The server died: the key goes at once, so that the others need not wait for the lease. One that has just taken the key starts with it in hand. */
function fallen({ view, cluster }: Scene, { term }: Leader): Decision | undefined {
  const useless = unusable(view.server);
  if (view.server.state !== "stopped" && useless === undefined) return undefined;
  if (cluster.paused) return wait("MariaDB does not run; the agents are paused, so the key is kept.");
  if (useless === undefined && view.memory.led !== term) {
    return act(
      { kind: "start", how: "plain" },
      `${view.me} leads in term ${term}: its MariaDB starts, with all that it has.`,
    );
  }
  const others =
    cluster.voters.length > 0
      ? `${names(cluster.voters)} can elect at once`
      : "there is no voter, so it will start again here";
  return act({ kind: "resign" }, `MariaDB does not run here any more; the key is given away, and ${others}.`);
}

/**
 * An acknowledgement was lost with a connection, and none comes any more: a replica that connects again is asked for what it lacks, not for what it
 * has, and new transactions do not get as far as the binary log (decision 0022). What waits lies with that voter, so whoever is elected has it.
 */
function deafened({ view, cluster, now }: Scene): Decision | undefined {
  const { recent, settings } = view;
  const { stuck } = recent.since;
  if (cluster.paused || stuck === undefined || !lasted(stuck.at, now, settings.stuck)) return undefined;
  return act(
    { kind: "kill" },
    `Commits have waited at ${stuck.position} for ${seconds(settings.stuck)} though a voter has them: MariaDB is killed, for their acknowledgement was lost; ${names(cluster.voters)} can elect.`,
  );
}

/** A backup hangs where commits wait for nobody; when a member needs one before anybody can acknowledge, writes stay closed until it follows. */
function quieting(scene: Scene): Decision | undefined {
  const { view, cluster, now } = scene;
  const { me, server, members, peers, recent, settings } = view;
  if (cluster.paused || cluster.voters.length === 0 || members.some((member) => following(scene, member)))
    return undefined;
  const needy = members.find((member) => {
    const peer = peers[member];
    return peer?.broken !== undefined && now - peer.at <= settings.fresh && !cluster.voters.includes(member);
  });
  if (needy === undefined) return undefined;
  if (server.readOnly)
    return wait(`Nobody acknowledges, and ${needy} is built anew from here first; ${me} opens once it follows.`);
  if (server.waiting === 0 || !lasted(recent.since.unacknowledged, now, settings.absent)) return undefined;
  return act(
    { kind: "kill" },
    `Commits wait for nobody, and ${needy} cannot be built anew meanwhile: MariaDB starts again here, closed until ${needy} follows.`,
  );
}

/** Every account that may not acknowledge is locked before the first write, for a member may still be set to from an earlier life (rule 1). */
function opening({ view, cluster }: Scene, { term }: Leader): Decision {
  const { me, members, recent } = view;
  if (recent.failedOpens >= opensTried && cluster.voters.length > 0) {
    return act(
      { kind: "resign" },
      `${me} could not open for writes ${recent.failedOpens} times: it gives the key away, so that ${names(cluster.voters)} can try.`,
    );
  }
  const lock = members.filter(
    (member) => member !== me && !cluster.voters.includes(member) && member !== cluster.admitting,
  );
  const serverId = cluster.serverIds[me] ?? 0;
  return act(
    { kind: "open", term, serverId, lock },
    `${me} leads in term ${term} and opens for writes; ${names(cluster.voters)} may acknowledge.`,
  );
}

/** Rule 6: in strict mode, or as soon as somebody can acknowledge, commits must wait for it. */
function waitingForAcks(scene: Scene): Decision | undefined {
  const { view, cluster } = scene;
  const wanted =
    cluster.strict ||
    cluster.voters.length > 0 ||
    (cluster.admitting !== undefined && acknowledging(scene, cluster.admitting));
  if (!wanted || view.server.needsAck) return undefined;
  return act(
    { kind: "need ack" },
    "Commits do not wait for an acknowledgement here although they must: semi-sync is set right. This is a breach.",
  );
}

/** A new leader of etcd renews every lease, so it should not die together with the primary. Not while writes wait: the others need etcd to join. */
function besideStore(scene: Scene): Decision | undefined {
  const { view, store } = scene;
  if (store.storeLeader !== view.me || view.recent.since.unacknowledged !== undefined) return undefined;
  const to = view.members.find((member) => member !== view.me && answering(scene, member) !== undefined);
  if (to === undefined) return undefined;
  return act(
    { kind: "move store leader", to },
    `etcd's leader runs beside the primary and would fall together with it: it moves to ${to}.`,
  );
}

function standing(scene: Scene, { term }: Leader): string {
  const { cluster, view } = scene;
  const acks = cluster.voters.filter((member) => acknowledging(scene, member));
  if (acks.length > 0)
    return `${view.me} leads in term ${term}; ${names(acks)} of ${names(cluster.voters)} acknowledge.`;
  return cluster.strict
    ? `${view.me} leads in term ${term}, but nobody acknowledges: writes wait until a voter is back.`
    : `${view.me} leads in term ${term} alone: writes are acknowledged by this member only.`;
}
