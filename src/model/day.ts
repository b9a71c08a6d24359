import { judgedEvery, urgentAlerts } from "./alerts.ts";
import { regionFigures as names } from "./probe.ts";
import type { DayReport, RegionDay } from "./report.ts";

// How a day of the site is asked of Prometheus, and what its answers say: by `rampart report`, and on the monitor itself.

const daySeconds = 86_400;

/** A series as Prometheus answers it (prometheus.io/docs/prometheus/latest/querying/api). */
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** Seconds since 1970. The end is now when the day is today. */
export interface DayBounds {
  readonly start: number;
  readonly end: number;
}

/** A question of Prometheus's HTTP API: what follows `/api/v1/`, and its parameters. */
export interface DayQuestion {
  readonly name: string;
  readonly path: "query" | "query_range";
  readonly parameters: Readonly<Record<string, string>>;
}

/** undefined: no day, or none that has begun. */
export function boundsOf(day: string, now: Date): DayBounds | undefined {
  const start = Date.parse(`${day}T00:00:00Z`) / 1000;
  const end = Math.min(start + daySeconds, Math.floor(now.getTime() / 1000));
  return Number.isNaN(start) || end <= start ? undefined : { start, end };
}

/** The day before, as 2026-11-29, UTC. */
export function dayBefore(now: Date): string {
  return new Date(now.getTime() - daySeconds * 1000).toISOString().slice(0, 10);
}

/** What is asked of the day; what regions did not see is taken from the monitor's own probe. Rates of counters are over the whole day, or what of it is over. */
export function dayQuestions({ start, end }: DayBounds): readonly DayQuestion[] {
  const page = '{check="page"}';
  const range = `${end - start}s`;
  const queries = {
    inside: `avg(avg_over_time(probe_success{job="probe.https"}[${range}]))`,
    availability: `avg_over_time(${names.success}${page}[${range}])`,
    seconds: `avg by (region) (avg_over_time(${names.seconds}${page}[${range}]))`,
    visits: `increase(${names.visits}[${range}])`,
    failedVisits: `increase(${names.visitsFailed}[${range}])`,
    failedSteps: `count_over_time((${names.step} == 0)[${range}:30s]) / 2`,
    certificates: `min by (name) (last_over_time(${names.certificate}[${range}])) or on () label_replace(min(last_over_time(probe_ssl_earliest_cert_expiry{job="probe.tls"}[${range}])), "name", "the site", "", "")`,
    alerts: `(${firing("!~", range)} * ${judgedEvery.others} or ${firing("=~", range)} * ${judgedEvery.urgent}) / 60`,
    requests: `sum(increase(haproxy_frontend_http_requests_total{tier="balancer",proxy="https"}[${range}]))`,
    failedRequests: `sum(increase(haproxy_frontend_http_responses_total{tier="balancer",proxy="https",code="5xx"}[${range}]))`,
    measured: `count_over_time((sum(up))[${range}:5m]) / 12`,
  };
  const hours = `avg(avg_over_time(${names.seconds}${page}[1h])) or avg(avg_over_time(probe_duration_seconds{job="probe.https"}[1h]))`;
  return [
    ...Object.entries(queries).map(
      ([name, query]): DayQuestion => ({ name, path: "query", parameters: { query, time: `${end}` } }),
    ),
    {
      ...{ name: "slowest", path: "query_range" },
      parameters: { query: hours, start: `${start + 3600}`, end: `${start + daySeconds}`, step: "3600" },
    },
  ];
}

/** How often each alert was seen to fire, of those that are urgent ("=~") or of the others ("!~"). */
function firing(match: "=~" | "!~", range: string): string {
  return `count_over_time(ALERTS{alertstate="firing",alertname${match}"${urgentAlerts.join("|")}"}[${range}])`;
}

/** @param answers what Prometheus answered, by the question's name; an answer that is none is passed over. undefined: there is none. */
export function dayReport(
  site: string,
  day: string,
  end: number,
  answers: Readonly<Record<string, unknown>>,
): DayReport | undefined {
  const found = new Map(
    Object.entries(answers).flatMap(([name, answer]) => {
      const result = (answer as { readonly data?: { readonly result?: readonly Series[] } } | null)?.data?.result;
      return result === undefined ? [] : [[name, result] as const];
    }),
  );
  if (found.size === 0) return undefined;
  const series = (name: string) => found.get(name) ?? [];
  const number = ({ value }: Series) => Number(value?.[1] ?? Number.NaN);
  const only = (name: string) => {
    const [first] = series(name);
    return first === undefined ? null : Math.round(number(first));
  };
  const requests = only("requests");
  const measured = series("measured").map(number)[0] ?? 0;
  return {
    ...{ site, day, measuredHours: Math.min(24, Math.round(measured * 10) / 10) },
    inside: series("inside").map(number)[0] ?? null,
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
    // No answer of that kind was ever counted.
    ...{ requests, failedRequests: only("failedRequests") ?? (requests === null ? null : 0) },
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
