import { regionFigures as names } from "../model/probe.ts";
import type { DayReport, RegionDay } from "../model/report.ts";

const daySeconds = 86_400;

/** A series as Prometheus answers it (prometheus.io/docs/prometheus/latest/querying/api). */
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** What is asked of the day, by name. Rates of counters are over the whole day, or what of it is over. */
function questions(range: string): Readonly<Record<string, string>> {
  const page = '{check="page"}';
  return {
    availability: `avg_over_time(${names.success}${page}[${range}])`,
    seconds: `avg by (region) (avg_over_time(${names.seconds}${page}[${range}]))`,
    visits: `increase(${names.visits}[${range}])`,
    failedVisits: `increase(${names.visitsFailed}[${range}])`,
    failedSteps: `count_over_time((${names.step} == 0)[${range}:30s]) / 2`,
    certificates: `min by (name) (last_over_time(${names.certificate}[${range}]))`,
    alerts: `count_over_time(ALERTS{alertstate="firing"}[${range}]) * 2 / 60`,
    requests: `sum(increase(haproxy_frontend_http_requests_total{tier="balancer",proxy="https"}[${range}]))`,
    failedRequests: `sum(increase(haproxy_frontend_http_responses_total{tier="balancer",proxy="https",code="5xx"}[${range}]))`,
    measured: `count_over_time((sum(up))[${range}:5m]) / 12`,
  };
}

/** The day's bounds in seconds since 1970; the end is now when it is today. undefined: it has not begun. */
export function boundsOf(day: string, now: Date): { readonly start: number; readonly end: number } | undefined {
  const start = Date.parse(`${day}T00:00:00Z`) / 1000;
  const end = Math.min(start + daySeconds, Math.floor(now.getTime() / 1000));
  return Number.isNaN(start) || end <= start ? undefined : { start, end };
}

/** A script for the monitor host: one line `NAME JSON` for each answer. */
export function reportScript({ start, end }: { readonly start: number; readonly end: number }): string {
  const api = "http://127.0.0.1:9090/api/v1";
  const ask = Object.entries(questions(`${end - start}s`)).map(
    ([name, query]) =>
      `echo "${name} $(curl -sS -m 30 -G ${api}/query --data-urlencode 'query=${query}' --data time=${end} 2>/dev/null)"`,
  );
  const hours = `avg(avg_over_time(${names.seconds}{check="page"}[1h]))`;
  return `${ask.join("\n")}
echo "slowest $(curl -sS -m 30 -G ${api}/query_range --data-urlencode 'query=${hours}' --data start=${start + 3600} --data end=${start + daySeconds} --data step=3600 2>/dev/null)"
`;
}

/** undefined: the monitor did not answer. */
export function dayReport(site: string, day: string, end: number, output: string): DayReport | undefined {
  const answers = new Map<string, readonly Series[]>();
  for (const [, name = "", json = ""] of output.matchAll(/^(\w+) (\{.*\})$/gm)) {
    const answer = JSON.parse(json) as { readonly data?: { readonly result?: readonly Series[] } };
    if (answer.data?.result) answers.set(name, answer.data.result);
  }
  if (answers.size === 0) return undefined;
  const series = (name: string) => answers.get(name) ?? [];
  const number = ({ value }: Series) => Number(value?.[1] ?? Number.NaN);
  const only = (name: string) => {
    const [first] = series(name);
    return first === undefined ? null : Math.round(number(first));
  };
  return {
    ...{
      site,
      day,
      measuredHours: Math.min(
        24,
        Math.round(number(series("measured")[0] ?? { metric: {}, value: [0, "0"] }) * 10) / 10,
      ),
    },
    regions: regionDays(series, number),
    slowest: (series("slowest")[0]?.values ?? [])
      .map(([at, seconds]) => ({
        hour: new Date((at - 3600) * 1000).toISOString().slice(11, 16),
        seconds: Number(seconds),
      }))
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, 3),
    failedSteps: series("failedSteps").map((one) => ({
      ...{ step: one.metric.step ?? "", region: one.metric.region ?? "", minutes: number(one) },
    })),
    certificates: series("certificates").map((one) => ({
      ...{ name: one.metric.name ?? "", days: Math.floor((number(one) - end) / daySeconds) },
    })),
    alerts: series("alerts")
      .map((one) => ({
        name: one.metric.alertname ?? "",
        severity: one.metric.severity ?? "",
        where: whereOf(one),
        minutes: number(one),
      }))
      .toSorted((a, b) => b.minutes - a.minutes),
    ...{ requests: only("requests"), failedRequests: only("failedRequests") },
  };
}

function whereOf({ metric }: Series): string {
  return (
    [metric.host, metric.region, metric.app, metric.name, metric.step, metric.what].find((one) => one !== undefined) ??
    ""
  );
}

function regionDays(
  series: (name: string) => readonly Series[],
  number: (one: Series) => number,
): readonly RegionDay[] {
  const of = (name: string, region: string) => {
    const found = series(name).find(({ metric }) => metric.region === region);
    return found === undefined ? null : number(found);
  };
  const rounded = (value: number | null) => (value === null ? null : Math.round(value));
  return series("availability").map((one) => {
    const region = one.metric.region ?? "";
    return {
      ...{ region, availability: number(one), seconds: of("seconds", region) },
      ...{ visits: rounded(of("visits", region)), failedVisits: rounded(of("failedVisits", region)) },
    };
  });
}
