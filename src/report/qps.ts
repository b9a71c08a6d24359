import { noData, numberText, rateText, secondsText, shareText, sparkline } from "../base/figures.ts";
import type { Overview, StatusClass, TrafficRow } from "../model/overview.ts";
import { padded, shortened, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

const shownClasses: readonly StatusClass[] = ["2xx", "3xx", "4xx", "5xx"];

/** Requests a second by tier, service and host: now, over a minute, by class of status, and the last minutes as a line. */
export function qpsText({ site, data, traffic }: Pick<Overview, "site" | "data" | "traffic">, style: Style): string {
  const paint = colors(style);
  const head = `${paint.bold(site)}  ${data.fresh ? paint.dim(`${clock(data.at)} UTC`) : paint.bad(staleText(data))}`;
  const width = Math.max(6, Math.min(30, style.width - 66));
  const title = ["", "now", "minute", ...shownClasses];
  return [
    head,
    "",
    paint.dim(rowText(title, "five minutes", width)),
    ...traffic.rows.map((row) => line(row, width, style)),
    "",
    latencyText(traffic, style),
    paint.dim("requests/s; databases: statements/s. Minute: average of the last one."),
  ].join("\n");
}

export function staleText({ at, why }: Overview["data"]): string {
  return `${at === null ? "no data" : `no data since ${clock(at)} UTC`}: ${why}`;
}

/** 14:03:22 */
export function clock(iso: string | null): string {
  return iso?.slice(11, 19) ?? "unknown";
}

const name = 19;
const column = 7;

function rowText(cells: readonly string[], last: string, width: number): string {
  const [first = "", ...rest] = cells;
  const numbers = rest.map((cell) => cell.padStart(column)).join("");
  return `  ${padded(first, name)}${numbers}  ${shortened(last, width)}`.trimEnd();
}

function line(row: TrafficRow, width: number, style: Style): string {
  const paint = colors(style);
  const inside = row.of === "" ? 0 : row.tier === "app" && row.of !== "app" ? 2 : 1;
  const label = shortened(`${"  ".repeat(inside)}${row.of === "" && row.tier === "app" ? "services" : row.name}`, name);
  const short = (value: number | null | undefined) =>
    value === undefined ? "" : value === null ? (row.now === null ? "–" : "0") : numberText(value);
  const cells = [row.now === null ? "–" : numberText(row.now), row.minute === null ? "–" : numberText(row.minute)];
  const classes = shownClasses.map((one) => short(row.classes[one]));
  const spark = sparkline(buckets(row.history, width));
  const text = rowText([label, ...cells, ...classes], spark, width);
  if (row.now === null) return `${rowText([label], "", width)}${paint.careful(`  ${noData}`)}`;
  if ((row.classes["5xx"] ?? 0) > 0) return paint.bad(text);
  return row.of === "" ? paint.bold(text) : text;
}

/** As many values as there is room for: the highest of those that share a place. */
export function buckets(values: readonly (number | null)[], width: number): readonly (number | null)[] {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, index) => {
    const from = Math.floor((index * values.length) / width);
    const part = values.slice(from, Math.max(from + 1, Math.floor(((index + 1) * values.length) / width)));
    const known = part.filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
}

export function latencyText(traffic: Overview["traffic"], style: Style): string {
  const asked = traffic.rows[0]?.minute ?? null;
  const none = asked === null ? noData : "nobody asked";
  const figures = [
    `visitors ${rateText(asked, "requests/s")}`,
    `failed ${traffic.errorShare === null ? none : shareText(traffic.errorShare)}`,
    ...(["p50", "p95", "p99"] as const).map(
      (one) => `${one} ${traffic[one] === null ? none : secondsText(traffic[one])}`,
    ),
  ];
  return wrapped(`  ${figures.join("  ")}`, style.width)
    .map((text) => `  ${text.trim()}`)
    .join("\n");
}
