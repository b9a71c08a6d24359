import { type AlertRule, type RecordingRule, type RuleGroup, selector } from "../../formats/prometheus.ts";
import { type ObjectiveName, objectiveDays } from "../../model/objectives.ts";
import type { Site } from "../../model/site.ts";
import { jobs } from "./paths.ts";
import { alert, missing } from "./rule.ts";

/*
 * Objectives, their error budgets and how fast they burn (Google, The Site Reliability Workbook, chapter 5). All series begin with
 * `rampart:objective_`; docs/guide/monitor.md lists them.
 */

const step = 15;
const short = { "5m": 300, "30m": 1800, "1h": 3600, "2h": 7200, "6h": 21_600 } as const;
const long = { "1d": 86_400, "3d": 259_200 } as const;
const count = "rampart_visitor_request_seconds_count";
/** Not what only led visitors from HTTP to HTTPS. */
const asked = 'route!="http"';

interface Objective {
  readonly name: ObjectiveName;
  readonly target: number;
  /** What counts, and what of it is bad, a second. */
  readonly requests: string;
  readonly bad: string;
}

function objectivesOf({ monitor }: Site): readonly Objective[] {
  const { availability, latency } = monitor.objectives ?? {};
  const answered = `sum(rate(${count}{${asked},class!~"5xx|none"}[1m]))`;
  const all: readonly (Objective | undefined)[] = [
    availability === undefined
      ? undefined
      : {
          ...{ name: "availability", target: availability, requests: `sum(rate(${count}{${asked}}[1m]))` },
          bad: `sum(rate(${count}{${asked},class="5xx"}[1m])) or vector(0)`,
        },
    latency && {
      ...{ name: "latency", target: latency.share, requests: answered },
      bad: `clamp_min(${answered} - sum(rate(rampart_visitor_request_seconds_bucket{${asked},class!~"5xx|none",le="${latency.seconds}"}[1m])), 0)`,
    },
  ];
  return all.filter((one) => one !== undefined);
}

/** Recorded series and alerts of the site's objectives; no group when it has none. */
export function objectiveGroups(site: Site): readonly RuleGroup[] {
  const objectives = objectivesOf(site);
  if (objectives.length === 0) return [];
  const days = objectiveDays(site.monitor.retentionDays);
  const far = { ...long, [`${days}d`]: days * 86_400 };
  return [
    { name: "rampart-objectives", interval: `${step}s`, rules: objectives.flatMap((one) => nearRules(one, far, days)) },
    // Far windows are read from far fewer evaluations: each reads up to a month.
    {
      name: "rampart-objectives-far",
      interval: "1m",
      rules: objectives.flatMap((one) => [
        ...Object.entries(far).map(([window, seconds]) => errorRule("error_far", one, window, seconds)),
        record(
          "history_far:seconds",
          { objective: one.name },
          `${step} * count_over_time(${base("requests", one)}[3d])`,
        ),
      ]),
    },
    { name: "rampart-objectives-alerts", interval: `${step}s`, rules: objectives.flatMap(burnAlerts) },
  ];
}

function nearRules(one: Objective, far: Readonly<Record<string, number>>, days: number): readonly RecordingRule[] {
  const objective = one.name;
  const recent = (series: string, window?: string) =>
    `last_over_time(${selector(series, { objective, ...(window ? { window } : {}) })}[3m])`;
  const probe = selector("probe_success", { job: jobs.site });
  const probes = `(1 - avg(avg_over_time(${probe}[1m]))) * (max(rampart:objective_began) or vector(0))`;
  const error = `rampart:objective_error:ratio{objective="${objective}"}`;
  return [
    record("target:ratio", { objective }, `vector(${one.target})`),
    record("days", { objective }, `vector(${days})`),
    record("requests:rate1m", { objective }, one.requests),
    record("bad:rate1m", { objective }, one.bad),
    ...(objective === "availability" ? [began(probe), record("probes_failed:ratio1m", { objective }, probes)] : []),
    ...Object.entries(short).map(([window, seconds]) => errorRule("error", one, window, seconds)),
    ...Object.keys(far).map((window) =>
      record("error:ratio", { objective, window }, recent("rampart:objective_error_far:ratio", window)),
    ),
    record("history:seconds", { objective }, recent("rampart:objective_history_far:seconds")),
    record("burn:ratio", { objective }, `${error} / ${budget(one)}`),
    record(
      "budget_left:ratio",
      { objective },
      `1 - sum(rampart:objective_error:ratio{objective="${objective}",window="${days}d"}) / ${budget(one)}`,
    ),
  ];
}

/**
 * 1 from a minute after a probe got through for the first time: a site that is being built fails nobody. It lasts by itself, also
 * while the site or its monitor is down, for a day; whoever is down for longer begins anew.
 */
function began(probe: string): RecordingRule {
  const answered = `max(max_over_time(${probe}[1m] offset 1m)) == 1`;
  return record("began", {}, `(${answered}) or max(last_over_time(rampart:objective_began[1d]))`);
}

/**
 * The share of bad requests in a window. Where nobody gets through no request is counted, so failed probes count by their time; a
 * new site's window is full from its first minute: what came before was no failure.
 */
function errorRule(name: string, one: Objective, window: string, seconds: number): RecordingRule {
  const over = (series: string) => `sum(sum_over_time(${base(series, one)}[${window}]))`;
  const requests = `${over("bad")} / ${over("requests")}`;
  const failed = `sum(sum_over_time(rampart:objective_probes_failed:ratio1m{objective="${one.name}"}[${window}])) * ${step} / ${seconds}`;
  const kind = (expr: string, by: string) => `label_replace(${expr}, "by", "${by}", "", "")`;
  const expr =
    one.name === "availability" ? `max(${kind(requests, "requests")} or ${kind(failed, "probes")})` : requests;
  return record(`${name}:ratio`, { objective: one.name, window }, expr);
}

/** 14.4 times the budget of a month in an hour is 2 % of it: page. */
const burns = [
  { severity: "page", factor: 14.4, long: "1h", short: "5m" },
  { severity: "page", factor: 6, long: "6h", short: "30m" },
  { severity: "ticket", factor: 3, long: "1d", short: "2h" },
  { severity: "ticket", factor: 1, long: "3d", short: "6h" },
] as const;

function burnAlerts(one: Objective): readonly AlertRule[] {
  const objective = one.name;
  const what = objective === "availability" ? "Requests fail" : "Answers are slow";
  return burns.map(({ severity, factor, ...windows }) => {
    // A wide budget can never burn that fast: nine requests of ten are then bad enough.
    const bound = Math.min(factor, 0.9 / budget(one));
    const faster = (window: string) =>
      `sum by (objective) (rampart:objective_burn:ratio{objective="${objective}",window="${window}"}) > ${bound}`;
    const known = `sum by (objective) (rampart:objective_history:seconds{objective="${objective}"}) >= ${secondsOf(windows.long) / 2}`;
    return alert(
      severity === "page" ? "BudgetBurnsFast" : "BudgetBurnsSlowly",
      severity,
      "30s",
      `(${faster(windows.long)}) and (${faster(windows.short)}) and (${known})`,
      {
        summary: `${what} {{ $value | printf "%.1f" }} times as often as the ${objective} objective allows`,
        description: `Over ${windows.long} and over ${windows.short}. At that rate the budget of 30 days lasts ${Math.round((30 * 24) / factor)} hours.`,
      },
      { objective, window: windows.long },
    );
  });
}

/** What those alerts look at. */
export function objectiveMeasurements(site: Site): readonly AlertRule[] {
  return objectivesOf(site).map((one) => {
    // The recorded series come every 15 s.
    return {
      ...missing(`rampart:objective_burn:ratio{objective="${one.name}",window="1h"}`, `the ${one.name} objective`),
      for: "2m",
    };
  });
}

function base(series: string, { name }: Objective): string {
  return `rampart:objective_${series}:rate1m{objective="${name}"}`;
}

function budget({ target }: Objective): number {
  return Number((1 - target).toFixed(6));
}

function secondsOf(window: string): number {
  return { ...short, ...long }[window as keyof typeof short] ?? Number.NaN;
}

function record(name: string, labels: Readonly<Record<string, string>>, expr: string): RecordingRule {
  return { record: `rampart:objective_${name}`, expr, ...(Object.keys(labels).length === 0 ? {} : { labels }) };
}
