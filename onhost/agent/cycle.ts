import { act } from "./act.ts";
import { type Agent, type Last, writable } from "./agent.ts";
import { decide } from "./decide.ts";
import { stir } from "./held.ts";
import type { Decision, View } from "./model.ts";
import { observe } from "./observe.ts";
import { peerOf } from "./peer.ts";

/** One cycle: look, decide, tell, act. True when something was done to its end, so that the next look should follow at once. */
export async function cycle(agent: Agent, log: (text: string) => void): Promise<boolean> {
  const { view, found } = await observe(agent);
  const now = performance.now();
  const decision = asWished(agent, moded(agent, decide(view, now), view));
  const before = agent.last?.decision;
  agent.last = { view, decision, found, looked: agent.mariadb.looked, peer: peerOf(view, decision), at: now };
  agent.shut = false;
  stir();
  seeOpen(agent, agent.last);
  if (before?.reason !== decision.reason && !/^\S+ follows \S+, /.test(decision.reason)) log(told(decision));
  if (decision.action.kind === "wait" || decision.action.kind === "report broken") return false;
  agent.acting = decision.action.kind;
  try {
    await act(agent, decision);
    return true;
  } catch (error) {
    log(`${decision.action.kind} was cut off: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  } finally {
    agent.acting = undefined;
  }
}

/** Strict or degraded is a word of the site; the leader puts it into the cluster when there is nothing else to do. */
function moded({ config }: Agent, decision: Decision, { store, me }: View): Decision {
  const { cluster, leader, revision = 0 } = store ?? {};
  if (decision.action.kind !== "wait" || cluster === undefined || leader?.member !== me || cluster.primary !== me)
    return decision;
  if (cluster.strict === config.strict) return decision;
  const commit = {
    revision,
    leader: "me",
    cluster: { ...cluster, strict: config.strict },
    key: "keep",
    request: "keep",
  } as const;
  const mode = config.strict
    ? "strict: without a voter, writes wait"
    : "degraded: without a voter, the primary goes on alone";
  return { action: { kind: "commit", what: "set the mode", commit }, reason: `The site wants the mode ${mode}.` };
}

/** A member that the operator wants built anew is decided upon as one without data; people are told why. */
function asWished({ kept }: Agent, { action, reason }: Decision): Decision {
  if (kept.notes.wanted === undefined || (action.kind !== "report broken" && action.kind !== "rebuild"))
    return { action, reason };
  const why = "the operator wants it";
  return { action: { ...action, why }, reason: reason.replace(action.why, why) };
}

function seeOpen(agent: Agent, { view, at }: Last): void {
  if (writable(agent)) agent.openSeen = at;
  for (const peer of Object.values(view.peers)) {
    if (peer !== undefined && peer.leads > 0 && peer.at > (agent.openSeen ?? 0)) agent.openSeen = peer.at;
  }
}

function told({ action, reason }: Decision): string {
  if (action.kind === "wait") return reason;
  return `[${action.kind === "commit" ? action.what : action.kind}] ${reason}`;
}
