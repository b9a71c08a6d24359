import { agoText, bytesText, noData, numberText, secondsText, shareText, sparkline } from "../base/figures.ts";
import { plural } from "../base/text.ts";
import type { Health, HostNow, Overview } from "../model/overview.ts";
import { hanging, harmless, shortened, table, wrapped } from "./layout.ts";
import { buckets, clock, latencyText, staleText } from "./qps.ts";
import { colors, type Style } from "./style.ts";

/** The overview of the dashboard for a terminal: is it well, what goes on, every host, what fires. */
export function topText(overview: Overview, style: Style): string {
  return [
    headline(overview, style),
    trafficLines(overview, style),
    hostTable(overview, style),
    factLines(overview, style),
  ].join("\n\n");
}

function headline({ site, verdict, data }: Overview, style: Style): string {
  const paint = colors(style);
  const tone: Readonly<Record<Health, (text: string) => string>> = {
    well: paint.good,
    attention: paint.careful,
    trouble: paint.bad,
    unknown: paint.bad,
  };
  const when = data.fresh ? paint.dim(`${clock(data.at)} UTC`) : paint.bad(noData);
  const reasons = (data.fresh ? verdict.reasons.slice(0, 5) : [staleText(data)]).flatMap((reason) =>
    wrapped(harmless(reason), style.width - 2).map((text) => `  ${text}`),
  );
  return [`${paint.bold(site)}  ${tone[verdict.health](harmless(verdict.headline))}  ${when}`, ...reasons].join("\n");
}

function trafficLines({ traffic }: Overview, style: Style): string {
  const visitors = traffic.rows[0];
  const spark = sparkline(buckets(visitors?.history ?? [], Math.min(60, style.width - 18)));
  return [
    latencyText(traffic, style),
    ...(spark.trim() === "" ? [] : [`  ${spark} ${colors(style).dim("5 min")}`]),
  ].join("\n");
}

function hostTable({ hosts }: Overview, style: Style): string {
  const paint = colors(style);
  const head = ["", "", "rate/s", "cpu", "memory", "disk", "net/s", ""].map((cell) => paint.dim(cell));
  const rows = hosts.map((host) => [
    host.name,
    stateText(host, style),
    host.tier === "monitor" ? "" : host.rate === null ? "–" : numberText(host.rate),
    ...[host.cpu, host.memory, host.disk].map((share) => (share === null ? "–" : shareText(share))),
    host.network === null ? "–" : bytesText(host.network),
    shortened(
      host.notes.map((note) => note.replace(/^holds .*/, "holds the address")).join(", "),
      Math.max(8, style.width - 62),
    ),
  ]);
  return table([head, ...rows]);
}

function stateText({ state }: HostNow, style: Style): string {
  const paint = colors(style);
  if (state === "up") return paint.good("up");
  return state === "down" ? paint.bad("down") : paint.careful(noData);
}

const labelColumn = 15;

function factLines(overview: Overview, style: Style): string {
  const paint = colors(style);
  const { database, certificates, bans, backup, alerts, alertsKnown, now, lastDrill } = overview;
  const nowMs = Date.parse(now);
  const fact = (label: string, text: string) =>
    hanging(`  ${paint.bold(label)}`, wrapped(harmless(text), style.width - labelColumn), labelColumn);
  const firing = alerts.filter(({ state }) => state === "firing");
  const days = certificates.flatMap(({ daysLeft }) => (daysLeft === null ? [] : [daysLeft]));
  const kept =
    database &&
    (database.promiseHolds === null ? noData : database.promiseHolds ? "promise holds" : "promise does not hold");
  const last = database?.changes.at(-1);
  return [
    ...(database ? [fact("database", `${kept}; primary ${database.primary ?? "unknown"}. ${database.reason}`)] : []),
    ...(last
      ? [
          fact(
            "last change",
            `${last.kind} to ${last.primary}, ${agoText(last.at, nowMs)}${last.gapSeconds === null ? "" : `, writes waited ${secondsText(last.gapSeconds)}`}`,
          ),
        ]
      : []),
    ...(backup
      ? [
          fact(
            "backups",
            `last ${backup.base === null ? "not known" : agoText(backup.base, nowMs)}, proven restore ${backup.proven === null ? "not known" : agoText(backup.proven, nowMs)}`,
          ),
        ]
      : []),
    fact(
      "certificates",
      days.length === 0 ? noData : `the next ends in ${plural(Math.floor(Math.min(...days)), "day")}`,
    ),
    fact("bans", bans === null ? noData : plural(bans, "address", "addresses")),
    ...(lastDrill === null ? [] : [fact("last drill", `${lastDrill.text}, ${agoText(lastDrill.at, nowMs)}`)]),
    ...(alertsKnown && firing.length === 0 ? [fact("alerts", "none fires")] : []),
    ...(alertsKnown ? [] : [fact("alerts", "no data: which fire is not known")]),
    ...firing.map(({ severity, summary, name, since }) =>
      fact(severity || "alert", `${summary || name}, ${agoText(since, nowMs)}`),
    ),
  ].join("\n");
}
