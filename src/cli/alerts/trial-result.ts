import { type AlertTrial, labelsKey, type TrialOutcome, type TrialReport } from "../../model/alerts.ts";
import type { Trial, TrialOrigin } from "./trial-alerts.ts";
import { deliveriesIn, refusalsIn } from "./trial-log.ts";
import type { countersIn } from "./trial-scripts.ts";

/** What is known before anything is sent. */
export interface TrialPlan {
  readonly origin: TrialOrigin;
  readonly trials: readonly Trial[];
  /** Alertmanager's receivers that lead somewhere. */
  readonly channels: readonly string[];
  /** The monitor's clock, seconds since 1970. */
  readonly since: number;
  readonly counted: ReturnType<typeof countersIn>;
}

/** What Alertmanager makes of a trial. */
interface Held {
  readonly fingerprint: string;
  readonly receivers: readonly string[];
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
}

/** All that was seen so far. */
export interface Seen {
  readonly id: string;
  /** When each was handed over, and when it was ended: milliseconds by the monitor's clock. */
  readonly handed: Map<Trial, number>;
  readonly ended: Map<Trial, number>;
  /** By the labels: see `labelsKey`. */
  readonly alerts: ReadonlyMap<string, Held>;
  readonly log: string;
}

interface RawAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly silencedBy: readonly string[]; readonly inhibitedBy: readonly string[] };
}

/** What `lookScript` printed, and what was seen before: an alert that has ended is in no answer any more. */
export function seenIn(before: Seen, printed: string): Seen {
  const end = printed.indexOf("\n");
  const alerts = new Map(before.alerts);
  for (const { fingerprint, labels, receivers, status } of JSON.parse(printed.slice(0, end)) as readonly RawAlert[]) {
    const { silencedBy, inhibitedBy } = status;
    const names = [...new Set(receivers.map(({ name }) => name))];
    alerts.set(labelsKey(labels), { fingerprint, receivers: names, silencedBy, inhibitedBy });
  }
  return { ...before, alerts, log: printed.slice(end + 1) };
}

export interface Standing extends TrialOutcome {
  readonly trial: Trial;
  /** Whether it is worth while to look again. */
  readonly waits: { readonly told: boolean; readonly ended: boolean };
}

/** How each trial stands on each channel. */
export function standing(trials: readonly Trial[], channels: readonly string[], seen: Seen): readonly Standing[] {
  const deliveries = deliveriesIn(seen.log, seen.id);
  const refusals = refusalsIn(seen.log, seen.id);
  return trials.flatMap((trial) => {
    const held = seen.alerts.get(labelsKey(trial.labels));
    const handed = seen.handed.get(trial);
    return channels.map((channel) => {
      const at = (ended: boolean) =>
        deliveries.find(
          (one) =>
            one.channel === channel &&
            one.ended === ended &&
            one.name === trial.name &&
            held?.fingerprint.startsWith(one.fingerprint) === true,
        )?.at;
      const told = since(at(false), handed);
      const ended = since(at(true), seen.ended.get(trial));
      const hidden = held === undefined ? undefined : kept(held, channel);
      const refused = refusals.findLast((one) => one.channel === channel && [trial.name, ""].includes(one.name))?.why;
      const why = whyNot({ told, ended, hidden, refused, known: held !== undefined });
      const waits = { told: told === null && hidden === undefined, ended: told !== null && ended === null };
      return { trial, channel, told, ended, why, waits };
    });
  });
}

/** Seconds; the two are read from one clock, so less than none is a rounding. */
function since(at: number | undefined, from: number | undefined): number | null {
  return at === undefined || from === undefined ? null : Math.max(0, (at - from) / 1000);
}

/** Why Alertmanager will not tell it, by its own word. */
function kept({ receivers, silencedBy, inhibitedBy }: Held, channel: string): string | undefined {
  if (silencedBy.length > 0) return `it is silenced: ${silencedBy.join(", ")} (rampart silence list)`;
  if (inhibitedBy.length > 0) return `another alert holds it back: ${inhibitedBy.join(", ")}`;
  return receivers.includes(channel) ? undefined : "no route leads there";
}

interface Known {
  readonly told: number | null;
  readonly ended: number | null;
  readonly hidden: string | undefined;
  readonly refused: string | undefined;
  readonly known: boolean;
}

function whyNot({ told, ended, hidden, refused, known }: Known): string | null {
  if (told !== null && ended !== null) return null;
  if (hidden !== undefined) return hidden;
  if (!known) return "Alertmanager does not have it";
  if (told === null) return refused ?? "nothing was heard of it: it was neither taken nor refused in time";
  return `its end was not taken${refused === undefined ? " in time" : `: ${refused}`}`;
}

/** @param webhook its address may be in what Alertmanager says, and is shown to nobody. */
export function trialResult(
  plan: TrialPlan,
  seen: Seen,
  after: ReturnType<typeof countersIn>,
  webhook: string | undefined,
): TrialReport {
  const { origin, trials, channels, counted } = plan;
  const hide = (text: string) => (webhook === undefined ? text : text.replaceAll(webhook, "[webhook]"));
  const all = standing(trials, channels, seen);
  const results = trials.map((trial): AlertTrial => {
    const routedTo =
      seen.alerts.get(labelsKey(trial.labels))?.receivers.filter((name) => channels.includes(name)) ?? [];
    const outcomes = all
      .filter((one) => one.trial === trial)
      .map(({ channel, told, ended, why }) => ({ channel, told, ended, why: why === null ? null : hide(why) }));
    return { name: trial.name, about: trial.about, severity: trial.severity, routedTo, outcomes };
  });
  const grown = (channel: string, what: "sent" | "failed") =>
    (after.get(channel)?.[what] ?? 0) - (counted.get(channel)?.[what] ?? 0);
  const count = channels.map((name) => [name, { sent: grown(name, "sent"), failed: grown(name, "failed") }] as const);
  return { id: origin.id, channels, trials: results, counted: Object.fromEntries(count) };
}
