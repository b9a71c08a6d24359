import { beyond, gtids, hasWritten, reaches, sequence } from "../gtid.ts";
import type { Decision, Leader, Peer } from "../model.ts";
import { act, answering, commit, type Scene, unusable, unwell, wait } from "./scene.ts";

/** Another member leads. */
export function following(scene: Scene, leader: Leader): Decision {
  const { view } = scene;
  const { server } = view;
  if (server.state === "stopped") return starting(scene, leader);
  const useless = unusable(server);
  if (useless !== undefined) return rebuilding(scene, useless);
  return (
    unwell(scene) ??
    demoted(scene, leader) ??
    (server.source === leader.member ? inLine(scene, leader) : joining(scene, leader))
  );
}

/** Rule 11: a server that was open for writes gives up what nobody acknowledged; any other starts with all it has. */
function starting({ view, cluster }: Scene, { member }: Leader): Decision {
  if (cluster.paused) return wait("MariaDB does not run here; the agents are paused, so it is not started.");
  if (view.memory.led === 0)
    return act({ kind: "start", how: "plain" }, "MariaDB does not run here; it starts as replica.");
  return act(
    { kind: "start", how: "truncate" },
    `${member} leads now: MariaDB starts here without what nobody acknowledged.`,
  );
}

/** Open for writes, or with commits that wait: nothing but SIGKILL ends these without committing them. A closed one steps down in peace. */
function demoted({ view, cluster }: Scene, { member, term }: Leader): Decision | undefined {
  const { server, me } = view;
  if (server.readOnly && server.waiting === 0) return undefined;
  if (cluster.paused)
    return wait(
      `${member} leads in term ${term}, and ${me} is open for writes; the agents are paused, so it is not killed.`,
    );
  return act(
    { kind: "kill" },
    `${member} leads in term ${term}: MariaDB is killed on ${me}, for its open commits belong to nobody.`,
  );
}

/** It comes from another source, or from none: its own relay log first, then the comparison, then the leader (rules 9 and 12). */
function joining(scene: Scene, { member, term }: Leader): Decision {
  const { view, cluster } = scene;
  const { server, me } = view;
  const rest = draining(scene);
  if (rest !== undefined) return rest;
  const peer = answering(scene, member);
  if (peer === undefined || !knowsItself(scene, peer, term))
    return wait(`${member} leads in term ${term} and has not said yet what it holds; ${me} joins it then.`);
  const extra = foreign(scene, member, peer);
  if (extra.length > 0) return rebuilding(scene, `it holds ${extra.join(", ")}, which ${member} lacks`);
  const number = cluster.serverIds[me];
  if (number === undefined || hasWritten(server.history, number) || hasWritten(peer.server.history, number))
    return numbering(scene, number);
  const ack = cluster.voters.includes(me);
  return act(
    { kind: "follow", source: member, serverId: number, ack },
    `${me} holds nothing that ${member} lacks: it follows ${member}${ack ? " and acknowledges" : ""}.`,
  );
}

/**
 * What this member holds and the leader lacks. What the leader has written under its number of now is none of that unless it refused to go on
 * from there: a member that was just seeded from a replica may be ahead of what the leader said last, and would be built anew in vain.
 */
function foreign({ view: { server }, cluster }: Scene, leader: string, peer: Peer): readonly string[] {
  const extra = beyond(server.history, peer.server.history);
  const current = cluster.serverIds[leader];
  if (current === undefined || server.receiving === "refused") return extra;
  return extra.filter((gtid) => !hasWritten(gtid, current));
}

/**
 * What the leader says is of this term: it is open, or has seen that it leads. It need not be open: since its election it holds all that it will
 * ever hold of earlier terms, and the sooner somebody follows, the sooner its first commit is acknowledged.
 */
function knowsItself({ store }: Scene, peer: Peer, term: number): boolean {
  return peer.leads >= term || peer.seen >= store.revision;
}

/** It has the right source. */
function inLine(scene: Scene, leader: Leader): Decision {
  const { view, cluster } = scene;
  const { server, me } = view;
  const { member } = leader;
  if (server.receiving === "refused")
    return server.applying && !drained(scene) ? wait("It applies what it has received.") : joining(scene, leader);
  if (server.receiving === "no") {
    if (server.applying) return act({ kind: "receive" }, `${member} leads: ${me} receives again.`);
    return draining(scene) ?? joining(scene, leader);
  }
  const ack = cluster.voters.includes(me) || cluster.admitting === me;
  const setRight = server.ackEnabled === ack && (server.receiving !== "yes" || server.acking === ack);
  if (!setRight) {
    return act(
      { kind: "acknowledge", on: ack },
      ack ? `${me} may acknowledge: it does from now on.` : `${me} is no voter: it acknowledges no longer.`,
    );
  }
  if (!server.applying) return draining(scene) ?? joining(scene, leader);
  const hole = skipped(scene, answering(scene, member));
  if (hole !== undefined) return rebuilding(scene, hole);
  const behind = sequence(view.peers[member]?.server.position) - sequence(server.position);
  return wait(`${me} follows ${member}, ${behind > 0 ? `${behind} transactions behind` : "level with it"}.`);
}

/** What it received and has not applied comes first: START SLAVE and CHANGE MASTER would purge it, and it may be all that is left of it. */
function draining(scene: Scene): Decision | undefined {
  const { server } = scene.view;
  if (drained(scene)) return undefined;
  if (server.applying)
    return wait(`It applies what it has received, up to ${server.received}, before it changes its source.`);
  return act(
    { kind: "rescue" },
    `It received up to ${server.received} and has applied ${server.position || "nothing"}: the rest is applied from its relay files.`,
  );
}

function drained({ view: { server } }: Scene): boolean {
  return server.received === undefined || reaches(server.position, server.received);
}

/** Rule 12, afterwards: every server's last transaction as on the leader, but for the leader's own, which go on. Only this shows a silent skip. */
function skipped({ view, cluster }: Scene, peer: Peer | undefined): string | undefined {
  if (peer === undefined) return undefined;
  const current = cluster.serverIds[cluster.primary] ?? 0;
  if (!hasWritten(view.server.history, current)) return undefined;
  const older = (gtids(peer.server.history) ?? []).filter((gtid) => gtid.server !== current);
  const missing = older
    .map(({ domain, server, sequence: last }) => `${domain}-${server}-${last}`)
    .filter((gtid) => beyond(gtid, view.server.history).length > 0);
  return missing.length > 0 ? `it skipped ${missing.join(", ")}` : undefined;
}

/** Rule 5: a number that nobody has written with, or its own lost transactions would be skipped. */
function numbering(scene: Scene, old: number | undefined): Decision {
  const { cluster, view } = scene;
  const why = old === undefined ? "has no server number" : `has written with server number ${old}`;
  const change = commit(scene, "any", numbered(scene), "keep");
  return act(
    { kind: "commit", what: "take a number", commit: change },
    `${view.me} ${why}: it takes ${cluster.nextServerId}.`,
  );
}

function numbered({ cluster, view }: Scene): Scene["cluster"] {
  return {
    ...cluster,
    serverIds: { ...cluster.serverIds, [view.me]: cluster.nextServerId },
    nextServerId: cluster.nextServerId + 1,
  };
}

/** Never while it may acknowledge: what it forgets by this must be known elsewhere first. */
function rebuilding(scene: Scene, why: string): Decision {
  const { view, cluster } = scene;
  const { me } = view;
  if (cluster.paused) return wait(`${me} must be built anew (${why}); the agents are paused.`);
  if (cluster.voters.includes(me) || cluster.admitting === me) {
    return act(
      { kind: "report broken", why },
      `${me} must be built anew: ${why}. ${cluster.primary} takes it out of the voters first.`,
    );
  }
  const from = view.members.find((member) => member !== me && sound(scene, member)) ?? willing(scene);
  if (from === undefined)
    return act({ kind: "report broken", why }, `${me} must be built anew: ${why}. No member can give a backup now.`);
  const change = commit(scene, "any", numbered(scene), "keep");
  return act(
    { kind: "rebuild", from, why, commit: change },
    `${me} is built anew from ${from}: ${why}. Its binary logs are kept as evidence.`,
  );
}

/** The primary, where no replica can give a backup; not while its commits wait for nobody, for then a backup would hang. */
function willing(scene: Scene): string | undefined {
  const { primary } = scene.cluster;
  const server = answering(scene, primary)?.server;
  return server === undefined || (server.waiting > 0 && server.connected.length === 0) ? undefined : primary;
}

function sound(scene: Scene, member: string): boolean {
  const peer = answering(scene, member);
  return (
    peer !== undefined &&
    peer.broken === undefined &&
    peer.server.source === scene.cluster.primary &&
    peer.server.receiving === "yes"
  );
}
