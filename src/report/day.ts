import { availabilityText, secondsText } from "../base/figures.ts";
import { dayFaults, dayRows } from "../model/day-words.ts";
import type { DayReport } from "../model/report.ts";
import { harmless, table } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** A day on one screen. */
export function dayText(report: DayReport, style: Style): string {
  const paint = colors(style);
  const faults = dayFaults(report);
  return [
    `${paint.bold(report.site)}  ${report.day} (UTC)`,
    table(dayRows(report).map(([name, text]) => [paint.dim(name), harmless(text)])),
    report.regions.length === 0 ? paint.dim("no region looked at the site") : regionTable(report, style),
    section("failed visits", faults.visits.map(harmless), style),
    section("alerts", faults.alerts.map(harmless), style),
  ].join("\n\n");
}

function regionTable({ regions }: DayReport, style: Style): string {
  const paint = colors(style);
  const head = ["region", "available", "page", "visits", "failed"].map(paint.dim);
  const rows = regions.map(({ region, availability, seconds, visits, failedVisits }) => [
    paint.bold(region),
    (availability < 0.999 ? paint.bad : paint.good)(availabilityText(availability)),
    seconds === null ? "-" : secondsText(seconds),
    visits === null ? "-" : String(visits),
    failedVisits === null ? "-" : String(failedVisits),
  ]);
  return table([head, ...rows]);
}

function section(name: string, lines: readonly string[], style: Style): string {
  return [colors(style).bold(name), ...(lines.length > 0 ? lines : ["none"]).map((line) => `  ${line}`)].join("\n");
}
