import { byName, plural } from "../base/text.ts";
import type { HostInspection } from "../model/inspection.ts";
import type { CheckOutcome } from "./checks.ts";
import { hanging, harmless, table, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** The findings as outcomes of checks; what is not known counts as neither. */
export function inspectionOutcomes(inspections: readonly HostInspection[]): readonly CheckOutcome[] {
  return inspections.flatMap(({ host, findings }) =>
    findings
      .filter((one) => one.state !== "unknown")
      .map(({ id, promise, state, message }) => ({
        check: { id, host, role: "base" as const, promise },
        ok: state === "holds",
        message,
      })),
  );
}

/** How far each service is confined (its worst score of all hosts beside its bound), and what could not be told. */
export function inspectionText(inspections: readonly HostInspection[], style: Style): string {
  const paint = colors(style);
  const found = exposureRows(inspections);
  const longest = Math.max(0, ...found.map(({ unit }) => unit.length));
  const rows = found.flatMap(({ unit, score, bound, hosts }) => {
    const sign = score <= bound ? paint.good("✔") : paint.bad("✖");
    const [first = "", ...more] = wrapped(named(hosts, inspections), Math.max(20, style.width - longest - figures));
    const row = [`${sign} ${unit}`, score.toFixed(1), bound.toFixed(1), first];
    return [row, ...more.map((names) => ["", "", "", names])];
  });
  const heading = ["  confinement", "exposure", "at most", "hosts"].map(paint.dim);
  const exceptions = new Map(
    inspections.flatMap(({ units }) => units.flatMap((one) => (one.exception ? [[one.unit, one.exception]] : []))),
  );
  const notes = [
    ...[...exceptions].map(([unit, why]) => `${unit} is an exception: ${why}.`),
    ...unknowns(inspections).map(([message, hosts]) => `Not known on ${hosts}: ${harmless(message)}.`),
  ].map((note) => hanging("   ", wrapped(note, style.width - 4), 4));
  return [...(rows.length > 0 ? [table([heading, ...rows])] : []), ...notes].join("\n");
}

/** Columns of a row beside the name of its unit and its hosts. */
const figures = 25;

interface ExposureRow {
  readonly unit: string;
  readonly score: number;
  readonly bound: number;
  readonly hosts: readonly string[];
}

function exposureRows(inspections: readonly HostInspection[]): readonly ExposureRow[] {
  const rows = new Map<string, ExposureRow>();
  for (const { host, units } of inspections) {
    for (const { unit, score, bound } of units) {
      const before = rows.get(unit);
      rows.set(unit, {
        ...{ unit, bound, score: Math.max(score, before?.score ?? 0) },
        hosts: [...(before?.hosts ?? []), host].toSorted(byName),
      });
    }
  }
  return [...rows.values()].toSorted((one, other) => byName(one.unit, other.unit));
}

/** What is not known, and of how many hosts or which. */
function unknowns(inspections: readonly HostInspection[]): readonly (readonly [string, string])[] {
  const hosts = new Map<string, string[]>();
  for (const { host, findings } of inspections) {
    for (const { state, message } of findings) {
      if (state !== "unknown") continue;
      hosts.set(message, [...(hosts.get(message) ?? []), host]);
    }
  }
  return [...hosts].map(([message, names]) => [message, named(names, inspections)]);
}

function named(names: readonly string[], { length }: readonly HostInspection[]): string {
  return names.length === length && length > 2 ? `all ${plural(length, "host")}` : names.join(" ");
}
