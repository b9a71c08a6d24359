import { RampartError } from "../../base/problem.ts";
import { plural } from "../../base/text.ts";
import { alertChannels, type TrialReport, trialLabel } from "../../model/alerts.ts";
import type { OpenSite } from "../site.ts";
import type { Waiting } from "../waiting.ts";
import { askMonitor } from "./monitor.ts";
import { groupsIn } from "./rules.ts";
import { type Trial, trialsOf, waves } from "./trial-alerts.ts";
import { type Seen, type Standing, seenIn, standing, type TrialPlan, trialResult } from "./trial-result.ts";
import { beforeScript, countersIn, countersScript, handScript, lookScript } from "./trial-scripts.ts";
import { unknownAlert } from "./unknown.ts";

/** A letter each, at once: more than that many mail servers take for a flood. */
const pagesAtOnce = 8;
/** Seconds in which a channel must have taken what it is given: mail gathers for ten, and is tried again. */
const patience = 60;

/**
 * Asks the monitor for its rules and channels.
 * @param names of these alerts only; none: of all.
 * @throws RampartError when its alerts go nowhere or cannot be followed; UsageError for a name that no rule has.
 */
export async function planTrials(open: OpenSite, names: readonly string[], id: string): Promise<TrialPlan> {
  const { webhook, email } = open.site.monitor.alerts;
  if (webhook === undefined && email === undefined) throw nowhere("the site file names neither a webhook nor e-mail.");
  const [rules = "", status = "", receivers = "", since, ...metrics] = (await askMonitor(open, beforeScript)).split(
    "\n",
  );
  const channels = (JSON.parse(receivers) as readonly { readonly name: string }[])
    .map(({ name }) => name)
    .filter((name) => Object.values<string>(alertChannels).includes(name));
  if (channels.length === 0 || !status.includes(`${trialLabel}!=`)) throw notApplied();
  const origin = { id, site: open.site.name };
  const known = groupsIn(rules).flatMap((group) => group.rules);
  for (const name of names) if (!known.some((rule) => rule.name === name)) throw unknownAlert(name, known);
  const counted = countersIn(metrics.join("\n"));
  return { origin, trials: trialsOf(rules, names, origin), channels, since: Number(since), counted };
}

/** Sends the trials, ends them, and says what became of each. */
export async function makeTrials(open: OpenSite, plan: TrialPlan, line: Waiting): Promise<TrialReport> {
  const { origin, trials, channels, since } = plan;
  let seen: Seen = { handed: new Map(), ended: new Map(), alerts: new Map(), log: "", id: origin.id };
  // A channel that took nothing of a wave is not waited for again; what it takes after all still counts.
  const deaf = new Set<string>();
  let rest = trials.length;
  const stand = (wave: readonly Trial[]) => standing(wave, channels, seen);
  const hand = async (wave: readonly Trial[], state: "firing" | "ended") => {
    const at = Number(await askMonitor(open, handScript(wave, state))) * 1000;
    for (const trial of wave) (state === "firing" ? seen.handed : seen.ended).set(trial, at);
  };
  const until = async (wave: readonly Trial[], what: "told" | "ended") => {
    const began = performance.now();
    for (;;) {
      seen = seenIn(seen, await askMonitor(open, lookScript(origin.id, since)));
      const left = stand(wave).filter((one) => one.waits[what] && !deaf.has(one.channel)).length;
      if (left === 0 || performance.now() - began > patience * 1000) return;
      line.say(`${words[what]} that are not taken yet: ${left}, and ${plural(rest, "rule")} to come`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  };
  for (const wave of waves(trials, pagesAtOnce)) {
    rest -= wave.length;
    await hand(wave, "firing");
    try {
      await until(wave, "told");
    } finally {
      await hand(wave, "ended");
    }
    await until(wave, "ended");
    for (const channel of channels) if (isDeaf(stand(wave).filter((one) => one.channel === channel))) deaf.add(channel);
  }
  line.end();
  const after = countersIn(await askMonitor(open, countersScript));
  return trialResult(plan, seen, after, open.site.monitor.alerts.webhook);
}

const words = { told: "alerts", ended: "notices of their end" };

/** It was given something, and took nothing. */
function isDeaf(outcomes: readonly Standing[]): boolean {
  return outcomes.some(({ waits }) => waits.told) && outcomes.every(({ told }) => told === null);
}

function nowhere(reason: string): RampartError {
  const remedy =
    'Say where they go:  monitor: { alerts: { webhook: "https://…" } }  or  email: { … }; then rampart apply.';
  return new RampartError(
    "There is no delivery to test: alerts are sent nowhere",
    [{ path: "monitor.alerts", reason, remedy }],
    "rampart docs alerts",
  );
}

function notApplied(): RampartError {
  return new RampartError(
    "There is no delivery to test yet",
    [
      {
        path: "monitor.alerts",
        reason: "the monitor does not have yet what the site file says of alerts and their trial.",
        remedy: "Bring it there: rampart apply",
      },
    ],
    "rampart apply",
  );
}
