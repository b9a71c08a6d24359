import { availabilityText, countText, longText, noData, secondsText } from "../base/figures.ts";
import { plural } from "../base/text.ts";
import type { DayReport } from "./report.ts";

/** What a day is told with, as name and text. What was not measured is said: it is no zero. */
export function dayRows(report: DayReport): readonly (readonly [name: string, text: string])[] {
  const { inside, requests, failedRequests, slowest, certificates, measuredHours } = report;
  return [
    ["available", `${availabilityText(inside)}, seen from the monitor`],
    ["requests", `${countText(requests)}, of them failed (5xx) ${countText(failedRequests)}`],
    ["slowest hours", slowest.map(({ hour, seconds }) => `${hour} ${secondsText(seconds)}`).join(" · ") || noData],
    ["certificates", certificates.map(({ name, days }) => `${name} ${plural(days, "day")}`).join(" · ") || noData],
    ["measured", `${measuredHours} h of the day`],
  ];
}

/** A line for each step that failed, and one for each alert, with how long. */
export function dayFaults({ failedSteps, alerts }: DayReport): {
  readonly visits: readonly string[];
  readonly alerts: readonly string[];
} {
  return {
    visits: failedSteps.map(({ step, region, minutes }) => `${step} in ${region}  ${longText(minutes * 60)}`),
    alerts: alerts.map(
      ({ name, where, severity, minutes }) =>
        `${[name, where].filter((part) => part !== "").join(" ")} (${severity})  ${longText(minutes * 60)}`,
    ),
  };
}
