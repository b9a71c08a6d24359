import { type ProbePeer, probeSeconds, type Told, type Watch } from "../../src/model/probe.ts";

// Who tells the operators that the monitor is silent. Pure: views in, one deed and its reason out.
//
// The rule. A probe that hears a monitor says nothing, and no other may say something while one that answers hears it. Silence is
// told by the first of those who agree, in the order of the site file, that can deliver; the others know from its answer that
// it was told. A probe to which no other agrees tells only when it sees the site itself: else the fault may be its own network.

/** What a probe knows. */
export interface View {
  readonly me: string;
  readonly order: readonly string[];
  readonly own: Watch;
  /** What the others said last; those that gave no answer for a while are missing. */
  readonly others: readonly Watch[];
  /** ISO 8601. */
  readonly now: string;
}

export interface Deed {
  readonly kind: "rest" | "tell" | "resolve" | "note" | "forget";
  readonly reason: string;
  /** What is told, taken back, or noted as told by another. */
  readonly told?: Told;
}

export function decide(view: View): Deed {
  const { own, others } = view;
  const silent = (one: Watch) => one.silence >= probeSeconds.silence;
  const hearing = [own, ...others].filter((one) => !silent(one));
  if (hearing.length > 0)
    return heard(
      view,
      hearing.map(({ region }) => region),
    );
  const known = own.told ?? others.find(({ told }) => told !== null)?.told ?? null;
  if (known !== null) {
    if (own.told !== null) return { kind: "rest", reason: `${known.by} has told it` };
    return { kind: "note", reason: `${known.by} has told it`, told: known };
  }
  const agreeing = [own, ...others].toSorted((a, b) => place(view, a) - place(view, b));
  if (agreeing.length * 2 <= view.order.length && !own.page)
    return { kind: "rest", reason: "too few regions agree, and the site is not seen from here either" };
  const first = agreeing.find(({ mute }) => !mute) ?? agreeing[0];
  if (first?.region !== view.me) return { kind: "rest", reason: `${first?.region} tells it` };
  return {
    kind: "tell",
    reason: `${agreeing.length} of ${view.order.length} regions agree`,
    told: { since: view.now, by: view.me },
  };
}

/** A monitor is heard: who told of its silence takes that back; when it is gone, the first that knows of it. */
function heard({ me, order, own, others }: View, by: readonly string[]): Deed {
  const reason = `${by.join(", ")} hears the monitor`;
  const { told } = own;
  if (told === null) return { kind: "rest", reason };
  const teller = told.by === me ? own : others.find(({ region }) => region === told.by);
  if (teller === undefined) {
    const knowing = order.find(
      (region) => region === me || others.some((one) => one.region === region && one.told !== null),
    );
    return knowing === me
      ? { kind: "resolve", reason: `${reason}, and ${told.by} is gone`, told }
      : { kind: "rest", reason };
  }
  if (teller === own) return { kind: "resolve", reason, told };
  return teller.told === null
    ? { kind: "forget", reason: `${told.by} has taken it back`, told }
    : { kind: "rest", reason };
}

function place({ order }: View, { region }: Watch): number {
  return order.indexOf(region);
}

/** The order in which probes speak. */
export function speakingOrder(probes: readonly ProbePeer[]): readonly string[] {
  return probes.map(({ region }) => region);
}
