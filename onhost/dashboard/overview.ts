import type { DashboardSettings } from "../../src/model/dashboard.ts";
import type { AlertNow, Freshness, Mark, Overview } from "../../src/model/overview.ts";
import { askAgents } from "./agents.ts";
import { alertsOf } from "./alerts.ts";
import { type Prometheus, prometheusAt } from "./prometheus.ts";
import { history, historyFigures, oneQuestion, overviewFigures } from "./queries.ts";
import type { Line, Sample } from "./series.ts";
import { overviewOf } from "./view.ts";

/** Whoever looks gets an answer that is younger than this, ms; however many look, Prometheus is asked once. */
const youngMs = 900;
/** Longer than this without a new measurement, ms: there are none. Every target is asked every two seconds. */
const staleMs = 10_000;
/** What does not answer within this is told as not answering, ms. */
const patienceMs = 2500;

export interface Watch {
  overview(): Promise<Overview>;
}

/** Puts the overview together when somebody asks for it. */
export function watchOf(settings: DashboardSettings, marks: () => Promise<readonly Mark[]>): Watch {
  const prometheus = prometheusAt(settings.prometheus, patienceMs);
  const seen = { newest: undefined as number | undefined };
  let last: { readonly at: number; readonly answer: Promise<Overview> } | undefined;
  return {
    overview() {
      const now = Date.now();
      if (last !== undefined && now - last.at < youngMs) return last.answer;
      last = { at: now, answer: look(settings, prometheus, seen, marks) };
      return last.answer;
    },
  };
}

async function look(
  settings: DashboardSettings,
  prometheus: Prometheus,
  seen: { newest: number | undefined },
  marks: () => Promise<readonly Mark[]>,
): Promise<Overview> {
  const linesEnd = Math.floor(Date.now() / 1000 / history.step) * history.step;
  const [samples, lines, told, alerts, happened] = await Promise.all([
    settled(prometheus.instant(oneQuestion(overviewFigures(settings)))),
    settled(shortHistory(settings, prometheus, linesEnd)),
    askAgents(settings, patienceMs),
    settled(currentAlerts(settings, prometheus)),
    settled(marks()),
  ]);
  const now = Date.now();
  const data = await freshness(settings, prometheus, samples, seen, now);
  return overviewOf(settings, {
    ...{ now, data, told, alerts, linesEnd },
    samples: samples ?? [],
    lines: data.fresh ? lines : undefined,
    marks: happened ?? [],
  });
}

async function settled<T>(work: Promise<T>): Promise<T | undefined> {
  return await work.catch(() => undefined);
}

function shortHistory(settings: DashboardSettings, prometheus: Prometheus, end: number): Promise<readonly Line[]> {
  const from = end - (history.points - 1) * history.step;
  return prometheus.range(oneQuestion(historyFigures(settings)), from, end, history.step);
}

async function currentAlerts(settings: DashboardSettings, prometheus: Prometheus): Promise<readonly AlertNow[]> {
  const [raw, sent] = await Promise.all([
    prometheus.get("/api/v1/alerts"),
    settled(prometheusAt(settings.alertmanager, patienceMs).get("/api/v2/alerts")),
  ]);
  return alertsOf(raw, sent);
}

/** The newest measurement says whether there is anything to tell, and since when not. */
async function freshness(
  { me }: DashboardSettings,
  prometheus: Prometheus,
  samples: readonly Sample[] | undefined,
  seen: { newest: number | undefined },
  now: number,
): Promise<Freshness> {
  const newest = samples?.find(({ labels }) => labels.figure === "newest")?.value;
  if (newest !== undefined) seen.newest = newest;
  else if (seen.newest === undefined && samples !== undefined) seen.newest = await lastKnown(prometheus);
  const at = seen.newest === undefined ? null : new Date(seen.newest * 1000).toISOString();
  if (samples === undefined) return { fresh: false, at, why: `Prometheus on ${me} does not answer.` };
  if (newest === undefined || now - newest * 1000 > staleMs)
    return { fresh: false, at, why: `Prometheus on ${me} answers, and gets no measurements.` };
  return { fresh: true, at, why: "" };
}

/** After a start of our own: when the last measurement was taken, if it is not older than an hour. */
async function lastKnown(prometheus: Prometheus): Promise<number | undefined> {
  const found = await settled(prometheus.instant("max(max_over_time(timestamp(up)[1h:15s]))"));
  return found?.[0]?.value;
}
