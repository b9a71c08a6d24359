import { listed, plural } from "../base/text.ts";
import type { AlertTrial, TrialOutcome, TrialReport } from "../model/alerts.ts";
import { harmless, shortened, table, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** Whether every trial and its end was taken by every channel; none at all proves nothing. */
export function trialsDelivered({ trials }: TrialReport): boolean {
  return trials.length > 0 && trials.every(isDelivered);
}

function isDelivered({ outcomes }: AlertTrial): boolean {
  return outcomes.length > 0 && outcomes.every(({ why }) => why === null);
}

/** What became of the trials: a line each, then why what is missing is missing. */
export function trialsText(report: TrialReport, style: Style): string {
  const paint = colors(style);
  const { trials, channels, counted } = report;
  const good = trials.filter(isDelivered).length;
  const by = listed(channels.map(channelName));
  const verdict =
    good === trials.length
      ? paint.good(`all ${plural(good, "rule")} were told by ${by}, and their ends`)
      : paint.bad(`${trials.length - good} of ${plural(trials.length, "rule")} were not delivered whole`);
  const head = ["alert", "severity", ...channels.flatMap((name) => [channelName(name), "its end"])];
  const rows = trials.map((trial) => [
    shortened(harmless([trial.name, trial.about].filter((part) => part !== "").join(": ")), 34),
    trial.severity,
    ...trial.outcomes.flatMap((one) => cells(one, style)),
  ]);
  const counts = channels.map((name) => {
    const { sent = 0, failed = 0 } = counted[name] ?? {};
    return `${plural(sent, "message")} by ${channelName(name)}, ${failed === 0 ? "none" : failed} failed`;
  });
  return [
    verdict,
    "",
    table([head.map((cell) => paint.dim(cell)), ...rows]),
    ...missing(report, style),
    "",
    ...wrapped(`Alertmanager counted meanwhile: ${counts.join("; ")}.`, style.width),
    ...wrapped(
      "This shows that what fires gets out. That a rule fires when it should, it does not show: rampart docs alerts.",
      style.width,
    ),
  ].join("\n");
}

function cells({ told, ended }: TrialOutcome, style: Style): readonly string[] {
  const paint = colors(style);
  const cell = (seconds: number | null) => (seconds === null ? paint.bad("no") : `${seconds.toFixed(1)} s`);
  return [cell(told), told === null ? "" : cell(ended)];
}

/** Each reason once, with the alerts that it kept back. */
function missing({ trials, channels }: TrialReport, style: Style): readonly string[] {
  const paint = colors(style);
  const reasons = new Map<string, Set<string>>();
  for (const { name, outcomes } of trials) {
    for (const { channel, told, why } of outcomes) {
      if (why === null) continue;
      const what = told === null ? "not delivered" : "end not delivered";
      const key = `${what} by ${channelName(channel)}: ${harmless(why)}`;
      reasons.set(key, (reasons.get(key) ?? new Set()).add(name));
    }
  }
  if (reasons.size === 0) return [];
  const lines = [...reasons].flatMap(([reason, names]) => [
    "",
    ...wrapped(`${reason}`, style.width),
    ...wrapped([...names].join(", "), style.width - 2).map((line) => `  ${line}`),
  ]);
  const next = channels.length === 0 ? [] : ["", `What to do:  ${paint.command("rampart alerts AlertsNotDelivered")}`];
  return [...lines, ...next];
}

function channelName(channel: string): string {
  return channel === "email" ? "e-mail" : channel;
}
