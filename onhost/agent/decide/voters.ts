import { reaches } from "../gtid.ts";
import type { Decision } from "../model.ts";
import { act, answering, commit, lasted, names, type Scene, seconds, wait } from "./scene.ts";

/** The set that may acknowledge, kept by the primary's agent alone (rules 1 to 4). */
export function voting(scene: Scene): Decision | undefined {
  return (
    intruding(scene) ??
    goingAlone(scene) ??
    removing(scene) ??
    unlocking(scene) ??
    (scene.cluster.voters.length === 0 ? firstVoter(scene) : nextVoter(scene)) ??
    releasing(scene)
  );
}

/** A member that follows the leader as it should, seen from both sides. */
export function following(scene: Scene, member: string): boolean {
  const { view } = scene;
  const peer = answering(scene, member);
  return (
    peer !== undefined &&
    peer.broken === undefined &&
    peer.server.source === view.me &&
    peer.server.receiving === "yes" &&
    view.server.connected.includes(member)
  );
}

export function acknowledging(scene: Scene, member: string): boolean {
  return following(scene, member) && answering(scene, member)?.server.acking === true;
}

/** Rule 1, should it ever be broken: somebody outside the set acknowledges. */
function intruding(scene: Scene): Decision | undefined {
  const member = outsiders(scene).find(
    (one) => !shut(scene, one) && scene.view.peers[one]?.server.acking === true && following(scene, one),
  );
  if (member === undefined || (scene.view.peers[member]?.seen ?? 0) < scene.store.revision) return undefined;
  return act(
    { kind: "lock out", member },
    `${member} acknowledges without being a voter: it is locked out. This is a breach.`,
  );
}

/** Rule 3: unable to acknowledge first, then everything it may have acknowledged at another voter, then out of the set. */
function removing(scene: Scene): Decision | undefined {
  const { view, cluster } = scene;
  const member = leaving(scene);
  if (member === undefined) return undefined;
  const { removal } = view.recent;
  if (!shut(scene, member) || removal?.member !== member) {
    return act(
      { kind: "lock out", member },
      `${member} ${absence(scene, member)}: before it leaves the voters it is made unable to acknowledge.`,
    );
  }
  if (member === cluster.admitting) {
    const next = { ...cluster, admitting: undefined };
    return act(
      { kind: "commit", what: "give up admission", commit: commit(scene, "me", next, "keep") },
      `${member} cannot become the first voter now: it is locked out, and another may be tried.`,
    );
  }
  const other = cluster.voters.find((one) => one !== member && acknowledging(scene, one));
  if (other === undefined || !reaches(view.peers[other]?.server.received, removal.position)) {
    return wait(
      `${member} is locked out; it leaves the voters once ${other ?? "another voter"} has received ${removal.position}.`,
    );
  }
  const voters = cluster.voters.filter((one) => one !== member);
  return act(
    { kind: "commit", what: "remove a voter", commit: commit(scene, "me", { ...cluster, voters }, "keep") },
    `${member} leaves the voters: it cannot acknowledge, and ${other} has all that it may have acknowledged (${removal.position}).`,
  );
}

/** The voter that must go: built anew, or away for long, never on a missed heartbeat alone; and never the last one. */
function leaving(scene: Scene): string | undefined {
  const { cluster } = scene;
  if (cluster.admitting !== undefined) return gone(scene, cluster.admitting) ? cluster.admitting : undefined;
  return cluster.voters.find(
    (member) => gone(scene, member) && cluster.voters.some((other) => other !== member && acknowledging(scene, other)),
  );
}

function gone(scene: Scene, member: string): boolean {
  const { view, now } = scene;
  return (
    departed(scene, member) ||
    view.peers[member]?.broken !== undefined ||
    lasted(view.recent.since.absent[member], now, view.settings.absent) ||
    (view.recent.removal?.member === member && shut(scene, member))
  );
}

/** The site has taken its host away: it may have been the last to hear of that, so it is removed like any other. */
function departed({ view }: Scene, member: string): boolean {
  return !view.members.includes(member);
}

function absence(scene: Scene, member: string): string {
  const { view } = scene;
  if (departed(scene, member)) return "is no member of the site any more";
  const broken = view.peers[member]?.broken;
  return broken === undefined ? `has been away for ${seconds(view.settings.absent)}` : `must be built anew (${broken})`;
}

/** A voter whose lock has no reason any more. */
function unlocking(scene: Scene): Decision | undefined {
  const { cluster, view } = scene;
  const member =
    cluster.voters.find((one) => view.server.locked.includes(one)) ??
    view.server.locked.find((one) => one === cluster.admitting);
  if (member === undefined) return undefined;
  return act(
    { kind: "unlock", member },
    `${member} is a voter: its account is unlocked, so that it can follow and acknowledge.`,
  );
}

/** Rule 2: it acknowledges first and has caught up before it is published, for until then nobody could elect it in good faith. */
function firstVoter(scene: Scene): Decision | undefined {
  const { view, cluster } = scene;
  const member = cluster.admitting;
  if (member === undefined) return admitting(scene);
  if (!acknowledging(scene, member) || !view.server.needsAck) return undefined;
  const { admission } = view.recent;
  if (admission?.member !== member) {
    return act(
      { kind: "note admission", member },
      `${member} acknowledges; what it must have before it is published is noted.`,
    );
  }
  const loose = outsiders(scene).find((one) => !harmless(scene, one));
  if (loose !== undefined) {
    return act(
      { kind: "lock out", member: loose },
      `Nobody knows whether ${loose} would acknowledge: it is locked out before ${member} becomes the voter.`,
    );
  }
  if (!reaches(view.peers[member]?.server.received, admission.position)) {
    return wait(`${member} acknowledges; it becomes a voter once it has received ${admission.position}.`);
  }
  const next = { ...cluster, voters: [member], admitting: undefined };
  return act(
    { kind: "commit", what: "publish the first voter", commit: commit(scene, "me", next, "keep") },
    `${member} acknowledges and has received ${admission.position}: it is published as voter.`,
  );
}

function admitting(scene: Scene): Decision | undefined {
  const member = outsiders(scene).find((one) => steady(scene, one));
  if (member === undefined) return undefined;
  const next = { ...scene.cluster, admitting: member };
  return act(
    { kind: "commit", what: "admit the first voter", commit: commit(scene, "me", next, "keep") },
    `There is no voter; ${member} follows and shall become the first.`,
  );
}

/** Rules 1 and 2: a later voter is published first and acknowledges then. */
function nextVoter(scene: Scene): Decision | undefined {
  const { cluster, view } = scene;
  if (cluster.voters.filter((member) => !gone(scene, member)).length >= view.settings.voters) return undefined;
  const member = outsiders(scene).find((one) => steady(scene, one));
  if (member === undefined) return undefined;
  const next = { ...cluster, voters: [...cluster.voters, member] };
  return act(
    { kind: "commit", what: "add a voter", commit: commit(scene, "me", next, "keep") },
    `${member} follows; it is published as voter beside ${names(cluster.voters)}, and then acknowledges.`,
  );
}

/** Whoever is outside and proves that it will not acknowledge may follow again. */
function releasing(scene: Scene): Decision | undefined {
  const member = outsiders(scene).find((one) => scene.view.server.locked.includes(one) && proven(scene, one));
  if (member === undefined) return undefined;
  return act(
    { kind: "unlock", member },
    `${member} is no voter and knows it: its account is unlocked, so that it can follow.`,
  );
}

/** Rule 4, only where the operator chose it: locked out, the set emptied in etcd, and only then without acknowledgements. */
function goingAlone(scene: Scene): Decision | undefined {
  const { cluster, view, now } = scene;
  if (cluster.strict || cluster.admitting !== undefined || !view.server.needsAck) return undefined;
  if (cluster.voters.length > 0 && !lasted(view.recent.since.unacknowledged, now, view.settings.absent))
    return undefined;
  const open = cluster.voters.find((member) => !shut(scene, member));
  if (open !== undefined) {
    return act(
      { kind: "lock out", member: open },
      `Nobody has acknowledged for ${seconds(view.settings.absent)} and the mode is degraded: ${open} is locked out first.`,
    );
  }
  return act(
    { kind: "go alone", commit: commit(scene, "me", { ...cluster, voters: [] }, "keep") },
    `No voter is left and the mode is degraded: ${view.me} goes on alone. From now on only ${view.me} may lead, and a loss of its disk loses writes.`,
  );
}

function outsiders({ view, cluster }: Scene): readonly string[] {
  return view.members.filter(
    (member) => member !== view.me && member !== cluster.admitting && !cluster.voters.includes(member),
  );
}

/** Follows for a while and is not locked. */
function steady(scene: Scene, member: string): boolean {
  const { view, now } = scene;
  return (
    following(scene, member) &&
    !view.server.locked.includes(member) &&
    lasted(view.recent.since.fit[member], now, view.settings.fresh)
  );
}

function harmless(scene: Scene, member: string): boolean {
  return shut(scene, member) || proven(scene, member);
}

function shut({ view: { server } }: Scene, member: string): boolean {
  return server.locked.includes(member) && !server.connected.includes(member);
}

/** It has seen the set of now and is not set to acknowledge: nothing that it decided earlier is under way any more. */
function proven(scene: Scene, member: string): boolean {
  const peer = answering(scene, member);
  return peer !== undefined && peer.seen >= scene.store.revision && !peer.server.ackEnabled && !peer.server.acking;
}
