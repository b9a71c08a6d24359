import { availabilityText, countText, secondsText } from "../../src/base/figures.ts";
import { plural } from "../../src/base/text.ts";
import { dayFaults, dayRows } from "../../src/model/day-words.ts";
import type { DayReport } from "../../src/model/report.ts";

/** One line that says whether it was a good day. */
export function subjectOf({ day, inside, failedRequests, alerts }: DayReport): string {
  const parts = [
    ...(inside === null ? [] : [`${availabilityText(inside)} available`]),
    ...(failedRequests === null ? [] : [someOrNo(failedRequests, "failed request")]),
    someOrNo(alerts.length, "alert"),
  ];
  return `${day}: ${parts.join(", ")}`;
}

function someOrNo(count: number, what: string): string {
  return count === 0 ? `no ${what}` : plural(count, what);
}

/** The day as plain text, for a letter. */
export function letterOf(report: DayReport, environment: string): string {
  const { site, day } = report;
  const faults = dayFaults(report);
  const regions = report.regions.map(
    ({ region, availability, seconds, visits, failedVisits }) =>
      `${region}  ${availabilityText(availability)}, page ${secondsText(seconds)}, visits ${countText(visits)}, of them failed ${countText(failedVisits)}`,
  );
  return [
    `${site} (${environment}), ${day} (UTC)`,
    dayRows(report)
      .map(([name, text]) => `${name.padEnd(15)}${text}`)
      .join("\n"),
    section("Regions", regions, "no region looks at the site"),
    section("Failed visits", faults.visits),
    section("Alerts", faults.alerts),
    `More: rampart report --day ${day} --env ${environment}`,
  ].join("\n\n");
}

function section(name: string, lines: readonly string[], none = "none"): string {
  return [name, ...(lines.length > 0 ? lines : [none]).map((line) => `  ${line}`)].join("\n");
}
