import { type Day, dayOf, type Kept, type Look, lastDays } from "./model.ts";

interface Answer {
  readonly status: string;
  readonly data: { readonly result: readonly Series[] };
}
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

const probe = 'probe_success{job="probe.https"}';
/** Seconds between two questions of the probe. */
const probeEvery = 2;
const daySeconds = 86_400;

/** Asks Prometheus how the site is. Throws when it does not answer. */
export async function lookAt(at: string, services: readonly string[], kept: Kept, now: number): Promise<Look> {
  const ask = (query: string, time = now) => asked(at, query, time);
  const faults = await ask(
    'max by (alertname, app) (ALERTS_FOR_STATE{alertname=~"SiteDown|NoHealthyWebHost|NoHealthyAppHost"} and ignoring (alertstate) ALERTS{alertstate="firing"})',
  );
  const p95 = Number(
    (await ask("histogram_quantile(0.95, sum by (le) (rate(rampart_visitor_request_seconds_bucket[5m])))"))[0]
      ?.value[1],
  );
  const days: Record<string, Day> = {};
  for (const day of wantedDays(kept, now)) days[day] = await dayFrom(ask, day, now);
  return {
    now,
    days,
    faults: faults.flatMap(({ metric, value }) => faultOf(metric, Number(value[1]), services)),
    p95: Number.isFinite(p95) ? p95 : undefined,
  };
}

/** Today and yesterday; at first all that Prometheus may still know. */
function wantedDays(kept: Kept, now: number): readonly string[] {
  const recent = new Set([dayOf(now), dayOf(now - daySeconds)]);
  return lastDays(now).filter((day) => recent.has(day) || kept.days[day] === undefined);
}

async function dayFrom(
  ask: (query: string, time: number) => Promise<readonly Series[]>,
  day: string,
  now: number,
): Promise<Day> {
  const begin = Date.parse(`${day}T00:00:00Z`) / 1000;
  const end = Math.min(now, begin + daySeconds);
  const length = Math.max(1, end - begin);
  const one = async (query: string) => Number((await ask(query, end))[0]?.value[1] ?? 0);
  const asked = await one(`sum(count_over_time(${probe}[${length}s]))`);
  const good = asked === 0 ? 0 : await one(`sum(sum_over_time(${probe}[${length}s]))`);
  return { good, asked, watched: Math.min(1, (asked * probeEvery) / length) };
}

function faultOf(metric: Readonly<Record<string, string>>, from: number, services: readonly string[]) {
  if (metric.alertname === "SiteDown") return [{ what: "site", from }];
  if (metric.alertname === "NoHealthyWebHost") return [{ what: "web", from }];
  return services.includes(metric.app ?? "") ? [{ what: `service:${metric.app}`, from }] : [];
}

async function asked(at: string, query: string, time: number): Promise<readonly Series[]> {
  const url = `http://${at}/api/v1/query?${new URLSearchParams({ query, time: String(time) })}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  const answer = (await response.json()) as Answer;
  if (answer.status !== "success") throw new Error("Prometheus does not answer a question");
  return answer.data.result;
}
