import { sequence } from "../gtid.ts";
import type { Decision, Request } from "../model.ts";
import { act, commit, lasted, names, type Scene, seconds } from "./scene.ts";
import { acknowledging } from "./voters.ts";

/** How many transactions a member may be behind and still take over: closing would keep writes waiting for it. */
const nearEnough = 1000;

/** What the operator asked of the leader. */
export function requested(scene: Scene): Decision | undefined {
  const { request } = scene.store;
  if (request === undefined) return undefined;
  if (request.kind === "pause" || request.kind === "resume") return pausing(scene, request, "me");
  if (request.kind === "switchover") return switchover(scene, request);
  return refuse(
    request,
    `${scene.view.me} leads and works; a failover by hand is for when nobody leads. Ask for a switchover.`,
  );
}

/** The end of a pause: read by whoever leads, and by everybody while nobody does, whatever became of MariaDB meanwhile. */
export function resumed(scene: Scene, leader: "me" | "nobody"): Decision | undefined {
  const { store, cluster } = scene;
  if (!cluster.paused || store.request?.kind !== "resume") return undefined;
  return pausing(scene, store.request, leader);
}

function pausing(scene: Scene, { kind, by }: Request, leader: "me" | "nobody"): Decision {
  const paused = kind === "pause";
  const change = { ...commit(scene, leader, { ...scene.cluster, paused }, "keep"), request: "drop" } as const;
  return act(
    { kind: "commit", what: kind, commit: change },
    `${by} asked to ${kind}: the agents ${paused ? "now only look" : "act again"}.`,
  );
}

/**
 * Close, name the heir and let go of the key in one transaction: the heir takes it once it has applied all (a few milliseconds, as it was near).
 * Called off, and opened again, when that takes too long.
 */
function switchover(scene: Scene, request: Request): Decision {
  const { view, cluster, now } = scene;
  const { server, settings, recent } = view;
  const heir = request.to ?? nearest(scene);
  if (heir === view.me)
    return act({ kind: "answer", request: request.id, outcome: "done" }, `${view.me} is the primary already.`);
  const against = heir === undefined ? "no voter acknowledges" : unfit(scene, heir);
  if (heir === undefined || against !== undefined)
    return refuse(request, `No switchover: ${against}. Nothing was changed.`);
  const known = recent.since.request;
  if (known?.id === request.id && lasted(known.at, now, settings.switchover)) {
    return refuse(
      request,
      `The switchover to ${heir} took longer than ${seconds(settings.switchover)} and is called off; ${view.me} stays primary.`,
    );
  }
  if (!server.readOnly)
    return act({ kind: "close" }, `${request.by} asked for ${heir} as primary: ${view.me} closes for writes.`);
  const next = { ...cluster, heir: { member: heir, position: server.position } };
  const change = { ...commit(scene, "me", next, "drop"), request: "drop" } as const;
  return act(
    { kind: "hand over", term: cluster.term + 1, commit: change },
    `Closed at ${server.position}: ${view.me} hands over to ${heir}, which takes over once it has all of that.`,
  );
}

function nearest(scene: Scene): string | undefined {
  return scene.cluster.voters
    .filter((member) => acknowledging(scene, member))
    .toSorted((one, other) => place(scene, other) - place(scene, one))[0];
}

function place({ view }: Scene, member: string): number {
  return sequence(view.peers[member]?.server.position);
}

/** Why a member cannot take over. */
function unfit(scene: Scene, heir: string): string | undefined {
  const { view, cluster } = scene;
  if (!view.members.includes(heir)) return `${heir} is no member; members are ${names(view.members)}`;
  if (!cluster.voters.includes(heir))
    return `${heir} is no voter, so it need not have all; voters are ${names(cluster.voters)}`;
  if (!acknowledging(scene, heir)) return `${heir} does not acknowledge now`;
  const behind = sequence(view.server.position) - place(scene, heir);
  return behind > nearEnough ? `${heir} is ${behind} transactions behind, and writes would wait for them` : undefined;
}

function refuse({ id }: Request, reason: string): Decision {
  return act({ kind: "answer", request: id, outcome: "refused" }, reason);
}
