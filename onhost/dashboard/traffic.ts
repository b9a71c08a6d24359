import type { DashboardSettings } from "../../src/model/dashboard.ts";
import type { StatusClass, Traffic, TrafficRow } from "../../src/model/overview.ts";
import { type Answers, total } from "./answers.ts";
import { history } from "./queries.ts";
import type { Line } from "./series.ts";

// Requests a second by tier, service, host and class of status.

type Labels = Readonly<Record<string, string>>;
type Counter = "visitors" | "web" | "app" | "database";

interface Place {
  readonly tier: TrafficRow["tier"];
  readonly name: string;
  readonly of: string;
  /** The figure, and what its series must have. */
  readonly counter: Counter;
  readonly labels: Labels;
}

/** Rows in the order of the way of a request; a tier is followed by its parts. */
function places({ opensTls, hosts, services, database }: DashboardSettings): readonly Place[] {
  const place = (counter: Counter, name: string, of = "", labels: Labels = {}): Place => ({
    ...{ tier: counter, name, of, counter, labels },
  });
  const of = (tier: string, service?: string) =>
    hosts.filter((host) => host.tier === tier && (service === undefined || host.service === service));
  return [
    place("visitors", "visitors"),
    ...of(opensTls).map(({ name: host }) => place("visitors", host, "visitors", { host })),
    place("web", "web"),
    ...of("web").map(({ name: server }) => place("web", server, "web", { server })),
    ...(services.length === 0 ? [] : [place("app", "app")]),
    ...services.flatMap(({ name }) => [
      place("app", name, "app", { proxy: `app_${name}` }),
      ...of("app", name).map(({ name: server }) => place("app", server, name, { proxy: `app_${name}`, server })),
    ]),
    ...(database === null ? [] : [place("database", "database")]),
    ...of("database").map(({ name: host }) => place("database", host, "database", { host })),
  ];
}

/** @param end the last moment of the history, in seconds since 1970 */
export function trafficOf(
  settings: DashboardSettings,
  answers: Answers,
  lines: readonly Line[] | undefined,
  end: number,
): Traffic {
  const rows = places(settings).map((place) => rowOf(place, answers, lines, end));
  const all = answers.sum("visitors.minute");
  const failed = answers.sum("visitors.minute", { class: "5xx" }) ?? (all === null ? null : 0);
  return {
    rows,
    errorShare: all === null || failed === null || all === 0 ? null : failed / all,
    p50: answers.one("p50"),
    p95: answers.one("p95"),
    p99: answers.one("p99"),
  };
}

const classes: readonly StatusClass[] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

function rowOf(place: Place, answers: Answers, lines: readonly Line[] | undefined, end: number): TrafficRow {
  const { tier, name, of, counter, labels } = place;
  const statements = counter === "database";
  return {
    ...{ tier, name, of },
    unit: statements ? "statements/s" : "requests/s",
    now: answers.sum(`${counter}.now`, labels),
    minute: answers.sum(`${counter}.minute`, labels),
    classes: statements
      ? {}
      : Object.fromEntries(classes.map((one) => [one, answers.sum(`${counter}.now`, { ...labels, class: one })])),
    history: historyOf(place, lines, end),
  };
}

/** Sums of the lines that fit, moment by moment; a moment that none of them has is missing. */
function historyOf({ counter, labels }: Place, lines: readonly Line[] | undefined, end: number): (number | null)[] {
  const fitting = (lines ?? []).filter(
    (line) => line.labels.figure === counter && fits(line.labels, historyLabels(counter, labels)),
  );
  // Visitors' history is one line for all of them.
  if (counter === "visitors" && labels.host !== undefined) return [];
  const points = fitting.map((line) => new Map(line.points));
  return Array.from({ length: history.points }, (_, index) => {
    const time = end - (history.points - 1 - index) * history.step;
    return total(points.map((line) => line.get(time) ?? null));
  });
}

function historyLabels(counter: Counter, labels: Labels): Labels {
  return counter === "visitors" ? {} : labels;
}

function fits(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}
