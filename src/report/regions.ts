import { plural } from "../base/text.ts";
import type { RegionStanding, RegionVisit } from "../model/regions.ts";
import { harmless, table } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** What every region sees, a line each, and what is wrong with the visit. */
export function regionsText(regions: readonly RegionStanding[], now: Date, style: Style): string {
  const paint = colors(style);
  const head = ["region", "page", "total", "dns", "connect", "tls", "first byte", "visit"].map(paint.dim);
  const rows = regions.map((one) => {
    const { total, resolve, connect, tls, firstByte } = one.seconds;
    const times = [total, resolve, connect, tls, firstByte].map(milliseconds);
    return [paint.bold(one.region), pageText(one, style), ...times, visitText(one.visit, now, style)];
  });
  const told = regions.flatMap((one) => faultsOf(one).map((fault) => paint.bad(`  ${one.region}  ${fault}`)));
  return [table([head, ...rows]), ...(told.length > 0 ? ["", ...told] : [])].join("\n");
}

/** One line for `rampart status`. */
export function regionsLine(regions: readonly RegionStanding[], style: Style): string {
  const paint = colors(style);
  return regions
    .map((one) => {
      const { total } = one.seconds;
      if (isWell(one)) return `${one.region} ${total === null ? "" : milliseconds(total)}`;
      return paint.bad(`${one.region} ${shortFault(one)}`);
    })
    .join(" · ");
}

/** Everything that the region looks at was well, and lately. */
export function isWell({ checks, visit, detail }: RegionStanding): boolean {
  return detail === undefined && Object.values(checks).every((ok) => ok === true) && (visit === null || visit.ok);
}

function shortFault({ checks, visit, detail }: RegionStanding): string {
  if (detail !== undefined || checks.page === null) return "unknown";
  if (checks.dns === false) return "wrong name";
  if (checks.page === false) return "down";
  const failed = visit?.steps.find(({ ok }) => !ok);
  return failed === undefined ? "not well" : `fails at ${harmless(failed.step)}`;
}

function pageText({ checks }: RegionStanding, style: Style): string {
  const paint = colors(style);
  if (checks.page === null) return paint.bad("unknown");
  return checks.page ? paint.good("ok") : paint.bad("down");
}

function faultsOf({ checks, visit, detail, monitorSilence }: RegionStanding): readonly string[] {
  const failed = visit?.steps.find(({ ok }) => !ok);
  return [
    ...(detail === undefined ? [] : [harmless(detail)]),
    ...(checks.dns === false ? ["the domain or an alias does not lead to the site"] : []),
    ...(checks.tcp === false ? ["no connection"] : []),
    ...(checks.tls === false ? ["the certificate of a name cannot be verified"] : []),
    ...(failed === undefined ? [] : [`the visit fails at "${harmless(failed.step)}"`]),
    ...(monitorSilence !== null && monitorSilence > 30
      ? [`no sign of life of the monitor for ${Math.round(monitorSilence)} s`]
      : []),
  ];
}

function visitText(visit: RegionVisit | null, now: Date, style: Style): string {
  const paint = colors(style);
  if (visit === null) return paint.dim("none yet");
  const ago = Math.max(0, Math.round((now.getTime() - Date.parse(visit.at)) / 1000));
  const steps = visit.steps.filter(({ ok }) => ok).length;
  const text = visit.ok ? `${plural(steps, "step")}, ${milliseconds(visit.seconds)}` : `failed`;
  return `${visit.ok ? paint.good(text) : paint.bad(text)} ${paint.dim(`${ago} s ago`)}`;
}

function milliseconds(seconds: number | null): string {
  return seconds === null ? "-" : `${Math.round(seconds * 1000)} ms`;
}
