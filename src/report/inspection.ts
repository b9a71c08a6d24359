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
  const rows = exposureRows(inspections).map(({ unit, score, bound, hosts }) => {
    const sign = score <= bound ? paint.good("✔") : paint.bad("✖");
    return [`${sign} ${unit}`, score.toFixed(1), bound.toFixed(1), hosts.join(" ")];
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
  const named = (names: readonly string[]) =>
    names.length === inspections.length && names.length > 1 ? `all ${plural(names.length, "host")}` : names.join(" ");
  return [...hosts].map(([message, names]) => [message, named(names)]);
}
