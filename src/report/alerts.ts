import { plural } from "../base/text.ts";
import type { RuleStanding, Silence } from "../model/alerts.ts";
import { hanging, harmless, shortened, table, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** Rules in a line each, firing ones first; `count`: how many the site has. */
export function rulesText(shown: readonly RuleStanding[], count: number, style: Style): string {
  const paint = colors(style);
  const firing = shown.filter(({ state }) => state === "firing").length;
  const verdict = firing === 0 ? paint.good("no alert is firing") : paint.bad(`${plural(firing, "alert")} firing`);
  const rows = shown.map((rule) => [
    rule.name,
    rule.about === "" ? "" : shortened(harmless(rule.about), 18),
    stateText(rule, style),
    rule.severity,
    rule.since === null ? "" : rule.since.replace("T", " ").slice(5, 16),
  ]);
  const active = shown.filter(({ state }) => state !== "inactive");
  const summaries = active.flatMap((rule) =>
    wrapped(`${rule.name}: ${harmless(rule.summary)}`, style.width - 2).map((line) => `  ${line}`),
  );
  const [first] = active;
  const next = first
    ? `What to do:  ${paint.command(`rampart alerts ${first.name}`)}`
    : `All rules:  ${paint.command("rampart alerts --all")}`;
  return [
    `${verdict}, ${plural(count, "rule is", "rules are")} judged`,
    ...(rows.length === 0 ? [] : ["", table(rows)]),
    ...(summaries.length === 0 ? [] : ["", ...summaries]),
    "",
    next,
  ].join("\n");
}

/** One alert, wherever it is active, and its runbook. */
export function alertText(found: readonly RuleStanding[], runbook: string | undefined, style: Style): string {
  const paint = colors(style);
  const [first] = found;
  const lines = found.flatMap((rule) => {
    const where = rule.about === "" ? "" : ` (${harmless(rule.about)})`;
    const head = `${stateText(rule, style)}${where}`;
    const since = rule.since === null ? "" : ` since ${clock(rule.since)}`;
    return [`  ${head}${since}`, ...wrapped(harmless(rule.summary), style.width - 4).map((line) => `    ${line}`)];
  });
  return [
    `${paint.bold(first?.name ?? "")}, ${first?.severity}`,
    ...lines.filter((line) => line.trim() !== ""),
    "",
    ...(runbook === undefined
      ? [`  runbook  ${first?.runbook}`]
      : runbook
          .trim()
          .split("\n")
          .slice(1)
          .flatMap((line) => (line === "" ? [""] : paragraph(line, style)))),
  ].join("\n");
}

function paragraph(line: string, style: Style): readonly string[] {
  const text = line.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
  const [, mark = ""] = /^(\d+\. |- )/.exec(text) ?? [];
  return hanging(mark, wrapped(text.slice(mark.length), style.width - mark.length), mark.length).split("\n");
}

/** What is not told, until when and why. */
export function silencesText(silences: readonly Silence[], style: Style): string {
  if (silences.length === 0) return "Nothing is silenced.";
  const paint = colors(style);
  return silences
    .map(({ id, what, why, by, until }) =>
      [
        `${paint.bold(id)}  until ${clock(until)}, by ${harmless(by)}`,
        ...wrapped(harmless(what), style.width - 2).map((line) => `  ${line}`),
        ...wrapped(`why: ${harmless(why)}`, style.width - 2).map((line) => `  ${line}`),
      ].join("\n"),
    )
    .join("\n");
}

function stateText({ state, silenced }: RuleStanding, style: Style): string {
  const paint = colors(style);
  const text = silenced ? `${state}, silenced` : state;
  if (state === "firing") return silenced ? paint.careful(text) : paint.bad(text);
  return state === "pending" ? paint.careful(text) : paint.dim("at rest");
}

function clock(iso: string): string {
  return `${iso.replace("T", " ").slice(0, 19)} UTC`;
}
