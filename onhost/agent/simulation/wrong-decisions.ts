import type { Decision, View } from "../model.ts";
import { clock } from "./agent.ts";
import type { Agent, World } from "./world.ts";

// What an agent decides, with a rule broken on purpose: for mutations.ts.

export function shrinking(decision: Decision, view: View, world: World, agent: Agent): Decision {
  const { store, me } = view;
  if (store?.cluster === undefined || store.leader?.member !== me || decision.action.kind !== "wait") return decision;
  const { cluster } = store;
  const now = clock(world, agent);
  const silent = cluster.voters.find((member) => now - (view.peers[member]?.at ?? 0) > view.settings.fresh);
  if (silent === undefined || cluster.voters.length < 2) return decision;
  const voters = cluster.voters.filter((member) => member !== silent);
  const commit = {
    revision: store.revision,
    leader: "me",
    cluster: { ...cluster, voters },
    key: "keep",
    request: "keep",
  } as const;
  return {
    action: { kind: "commit", what: "shrink", commit },
    reason: `Broken on purpose: ${silent} is dropped for a missed heartbeat.`,
  };
}

/** Its promise forgotten, a restarted agent follows the primary that the record names, though it has voted. */
export function receivingAgain(decision: Decision, view: View): Decision {
  const { store, server, memory, me } = view;
  const term = (store?.cluster?.term ?? 0) + 1;
  const forgot = store?.leader === undefined && store?.votes[me]?.term === term && memory.promised < term;
  if (!forgot || server.receiving !== "no" || !server.applying) return decision;
  return { action: { kind: "receive" }, reason: "Broken on purpose: it has forgotten its promise and receives again." };
}

export function acknowledgingEarly(decision: Decision, view: View): Decision {
  const { store, server, me } = view;
  const { action } = decision;
  const voters = store?.cluster?.voters ?? [];
  if (store?.leader === undefined || store.leader.member === me || voters.includes(me) || voters.length !== 1)
    return decision;
  if (action.kind === "acknowledge" && !action.on)
    return { action: { kind: "wait" }, reason: "Broken on purpose: it goes on acknowledging." };
  if (server.source !== store.leader.member || server.receiving !== "yes" || server.acking || !server.applying)
    return decision;
  return {
    action: { kind: "acknowledge", on: true },
    reason: "Broken on purpose: it acknowledges before it is published.",
  };
}

export function sameNumber(decision: Decision, view: View): Decision {
  const { action } = decision;
  if (action.kind !== "follow" || view.memory.led === 0) return decision;
  const { serverId } = view.server;
  return {
    action: { ...action, serverId, ack: false },
    reason: "Broken on purpose: it rejoins with its old number and without semi-sync.",
  };
}

export function startingPlainly(decision: Decision): Decision {
  if (decision.action.kind !== "start") return decision;
  return { action: { kind: "start", how: "plain" }, reason: "Broken on purpose: it starts plainly." };
}

export function oldPrimaryDropped(decision: Decision, view: View): Decision {
  const { action } = decision;
  const primary = view.store?.cluster?.primary;
  if (action.kind !== "take over" && (action.kind !== "commit" || action.what !== "promote")) return decision;
  const { cluster } = action.commit;
  const voters = cluster.voters.filter((member) => member !== primary);
  return { ...decision, action: { ...action, commit: { ...action.commit, cluster: { ...cluster, voters } } } };
}

/** Whoever is outside of the set is let in again at once, though its agent may be dead and its MariaDB set to acknowledge. */
export function unlocking(decision: Decision, view: View): Decision {
  const { store, server, me } = view;
  if (store?.cluster === undefined || store.leader?.member !== me || decision.action.kind !== "wait") return decision;
  const { voters, admitting } = store.cluster;
  const member = server.locked.find((one) => !voters.includes(one) && one !== admitting);
  if (member === undefined) return decision;
  return { action: { kind: "unlock", member }, reason: `Broken on purpose: ${member} is unlocked without proof.` };
}
