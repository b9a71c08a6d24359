import type { Scene } from "./decide/scene.ts";
import { acknowledging, following } from "./decide/voters.ts";
import { reaches } from "./gtid.ts";
import type { Since, View } from "./model.ts";

/** An agent that has just started knows nothing of what was before. */
export const nothingYet: Since = {
  noLeader: undefined,
  hung: undefined,
  unacknowledged: undefined,
  stuck: undefined,
  change: undefined,
  request: undefined,
  absent: {},
  fit: {},
};

/** Since when what this view shows has held, given what was known at the look before. Counted by this host's own monotonic clock. */
export function remember(before: Since, view: View, now: number): Since {
  const { store, server } = view;
  const hung = server.state === "hung" ? (before.hung ?? now) : undefined;
  if (store?.cluster === undefined) {
    return { ...nothingYet, hung, change: before.change, request: before.request };
  }
  const { cluster, leader, request } = store;
  const last = cluster.history.at(-1)?.term ?? 0;
  const common = {
    noLeader: leader === undefined ? (before.noLeader ?? now) : undefined,
    hung,
    change: before.change?.term === last ? before.change : { term: last, at: now },
    request:
      request === undefined
        ? undefined
        : before.request?.id === request.id
          ? before.request
          : { id: request.id, at: now },
  };
  if (leader?.member !== view.me)
    return { ...common, unacknowledged: undefined, stuck: undefined, absent: {}, fit: {} };
  return { ...common, ...followers(before, { view, store, cluster, now }) };
}

function followers(before: Since, scene: Scene): Pick<Since, "unacknowledged" | "stuck" | "absent" | "fit"> {
  const { view, cluster, now } = scene;
  const absent: Record<string, number> = {};
  const fit: Record<string, number> = {};
  for (const member of view.members) {
    if (member === view.me) continue;
    if (following(scene, member)) fit[member] = before.fit[member] ?? now;
    else absent[member] = before.absent[member] ?? now;
  }
  const acknowledged = cluster.voters.some((member) => acknowledging(scene, member));
  return {
    unacknowledged: acknowledged ? undefined : (before.unacknowledged ?? now),
    stuck: stuck(before, scene),
    absent,
    fit,
  };
}

function stuck(before: Since, scene: Scene): Since["stuck"] {
  const { view, cluster, now } = scene;
  const { waiting, position } = view.server;
  const had = (member: string) =>
    acknowledging(scene, member) && reaches(view.peers[member]?.server.received, position);
  if (waiting === 0 || !cluster.voters.some(had)) return undefined;
  return before.stuck?.position === position ? before.stuck : { position, at: now };
}
