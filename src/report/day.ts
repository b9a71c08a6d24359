import { plural } from "../base/text.ts";
import type { DayReport } from "../model/report.ts";
import { harmless, table } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** A day on one screen. What was not measured is said: it is no zero. */
export function dayText(report: DayReport, style: Style): string {
  const paint = colors(style);
  const { requests, failedRequests, measuredHours } = report;
  const count = (value: number | null) => (value === null ? "not known" : value.toLocaleString("en-US"));
  const rows = [
    [paint.dim("measured"), `${measuredHours} h of the day`],
    [
      paint.dim("requests"),
      `${count(requests)}, of them failed (5xx) ${count(failedRequests ?? (requests === null ? null : 0))}`,
    ],
    [
      paint.dim("slowest hours"),
      report.slowest.map(({ hour, seconds }) => `${hour} ${milliseconds(seconds)}`).join(" · ") || "not known",
    ],
    [
      paint.dim("certificates"),
      report.certificates.map(({ name, days }) => `${harmless(name)} ${plural(days, "day")}`).join(" · ") ||
        "not known",
    ],
  ];
  return [
    `${paint.bold(report.site)}  ${report.day} (UTC)`,
    table(rows),
    report.regions.length === 0 ? paint.dim("no region looked at the site") : regionTable(report, style),
    section(
      "failed visits",
      report.failedSteps.map(({ step, region, minutes }) => `${harmless(step)} in ${region}  ${minutesText(minutes)}`),
      style,
    ),
    section(
      "alerts",
      report.alerts.map(
        ({ name, severity, where, minutes }) => `${name} ${harmless(where)} (${severity})  ${minutesText(minutes)}`,
      ),
      style,
    ),
  ].join("\n\n");
}

function regionTable({ regions }: DayReport, style: Style): string {
  const paint = colors(style);
  const head = ["region", "available", "page", "visits", "failed"].map(paint.dim);
  const rows = regions.map(({ region, availability, seconds, visits, failedVisits }) => [
    paint.bold(region),
    (availability < 0.999 ? paint.bad : paint.good)(`${(Math.floor(availability * 100_000) / 1000).toFixed(3)} %`),
    seconds === null ? "-" : milliseconds(seconds),
    visits === null ? "-" : String(visits),
    failedVisits === null ? "-" : String(failedVisits),
  ]);
  return table([head, ...rows]);
}

function section(name: string, lines: readonly string[], style: Style): string {
  return [colors(style).bold(name), ...(lines.length > 0 ? lines : ["none"]).map((line) => `  ${line}`)].join("\n");
}

function minutesText(minutes: number): string {
  return minutes < 1 ? "less than a minute" : plural(Math.round(minutes), "minute");
}

function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}
