import { readFileSync } from "node:fs";
import { reportName, reportSeverity } from "../../src/model/alerts.ts";
import { boundsOf, type DayQuestion, dayBefore, dayQuestions, dayReport } from "../../src/model/day.ts";
import type { DailyReportSettings } from "../../src/model/report.ts";
import { letterOf, subjectOf } from "./letter.ts";

// On a monitor host, once a day: tells the day before by the ways of alerts, so that what is not taken is tried again. Alertmanager
// forgets it after `lastsMs`. Its arguments are the file of settings and, for a look at another day, that day.

const lastsMs = 36 * 3_600_000;
const [settingsFile = "", asked] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settingsFile, "utf8")) as DailyReportSettings;

async function answered({ path, parameters }: DayQuestion): Promise<unknown> {
  const url = `http://${settings.prometheus}/api/v1/${path}?${new URLSearchParams(parameters)}`;
  return await (await fetch(url, { signal: AbortSignal.timeout(60_000) })).json();
}

async function tell(): Promise<string> {
  const now = new Date();
  const day = asked ?? dayBefore(now);
  const bounds = boundsOf(day, now);
  if (bounds === undefined) throw new Error(`${day} is no day that has begun`);
  const answers: Record<string, unknown> = {};
  // One after another: a day is much to read for a monitor that has to watch meanwhile.
  for (const question of dayQuestions(bounds)) answers[question.name] = await answered(question);
  const report = dayReport(settings.site, day, bounds.end, answers);
  if (report === undefined) throw new Error("Prometheus answered nothing");
  const alert = {
    labels: { alertname: reportName, severity: reportSeverity, day, site: settings.site },
    annotations: { summary: subjectOf(report), description: letterOf(report, settings.environment) },
    startsAt: now.toISOString(),
    // Two monitors tell the same day, and forget it at the same time.
    endsAt: new Date(asked === undefined ? bounds.end * 1000 + lastsMs : now.getTime() + lastsMs).toISOString(),
  };
  const response = await fetch(`http://${settings.alertmanager}/api/v2/alerts`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify([alert]),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok)
    throw new Error(`Alertmanager answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  return alert.annotations.summary;
}

tell().then(
  (summary) => console.log(`told: ${summary}`),
  (error: unknown) => {
    console.error(`the day was not told: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
