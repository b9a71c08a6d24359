import { shellQuote } from "../base/text.ts";
import type { Change, DesiredHost, ObservedHost } from "../model/plan.ts";
import { type Resource, resourceId, type UnitResource } from "../model/resource.ts";
import { kindFor, kindOf, kinds } from "../resources/index.ts";
import { type Difference, type DiffWorld, pathProbe } from "../resources/kind.ts";

/** What must change on one host, in the order in which it is done. Pure: the same observation gives the same changes. */
export function hostChanges(desired: DesiredHost, observed: ObservedHost, world: DiffWorld): readonly Change[] {
  const before = desired.resources
    .filter((resource) => resource.kind !== "unit")
    .flatMap((resource) => changeOf(resource, observed, world) ?? []);
  const changed = new Set(before.map((change) => change.id));
  const units = desired.resources
    .filter((resource): resource is UnitResource => resource.kind === "unit")
    .flatMap((unit) => unitChange(unit, observed, changed, world) ?? []);
  return [...before.toSorted(byKind), ...units, ...removals(desired, observed)];
}

function changeOf(resource: Resource, observed: ObservedHost, world: DiffWorld): Change | undefined {
  const difference = kindFor(resource).diff(resource, observed.seen.get(resourceId(resource)), world);
  return difference && change(resource, observed.host, difference, world);
}

/** A unit follows its files: it is reloaded or restarted when one of them changes in the same plan. */
function unitChange(
  unit: UnitResource,
  observed: ObservedHost,
  changed: ReadonlySet<string>,
  world: DiffWorld,
): Change | undefined {
  const own = kindFor(unit).diff(unit, observed.seen.get(resourceId(unit)), world);
  if (own && own.effect !== "none" && own.effect !== "reload") return change(unit, observed.host, own, world);
  const cause = (ids: readonly string[]) => ids.find((id) => changed.has(id));
  const restart = unit.state === "off" ? undefined : cause(unit.restartOn);
  const reload = unit.state === "off" ? undefined : cause(unit.reloadOn);
  const follows = restart
    ? difference("restart", `${nameOf(restart)} changes`)
    : reload
      ? difference("reload", `${nameOf(reload)} changes`)
      : own;
  return follows && change(unit, observed.host, follows, world);
}

function difference(effect: Difference["effect"], reason: string): Difference {
  return { verb: "update", effect, reason };
}

function change(resource: Resource, host: string, difference: Difference, world: DiffWorld): Change {
  const { role, path, why } = resource;
  const steps = kindFor(resource).steps(resource, difference, world);
  return { host, id: resourceId(resource), ...difference, origin: { role, path, why }, steps };
}

/** What an earlier Generation brought here and nobody wants any more; units stop before their files go. */
function removals(desired: DesiredHost, observed: ObservedHost): readonly Change[] {
  const wanted = new Set(desired.resources.map(resourceId));
  const gone = (observed.generation?.owned ?? []).filter((id) => !wanted.has(id));
  return gone.flatMap((id) => removal(id, observed.host) ?? []).toSorted((one, other) => -byKind(one, other));
}

function removal(id: string, host: string): Change | undefined {
  const colon = id.indexOf(":");
  const kind = kinds.find((one) => one.kind === id.slice(0, colon));
  const steps = kind?.removal(id.slice(colon + 1)) ?? [];
  if (!kind || steps.length === 0) return undefined;
  const effect = kind.kind === "unit" ? "stop" : "none";
  const origin = { role: "base" as const, path: "", why: "An earlier state of the site wanted it." };
  return { host, id, verb: "remove", reason: "no longer wanted", effect, origin, steps };
}

function byKind(one: Change, other: Change): number {
  const place = (change: Change) => kinds.findIndex((kind) => change.id.startsWith(`${kind.kind}:`));
  return place(one) - place(other);
}

/** `file:/etc/hosts` is /etc/hosts to people. */
function nameOf(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}

/** The shell fragment that observes everything wanted on a host: all paths at once, then one section a kind. Read-only. */
export function probeScript(desired: DesiredHost): string {
  const byKind = byKindOf(desired);
  const paths = new Set(byKind.flatMap(([kind, wanted]) => kindOf(kind).paths?.(wanted) ?? []));
  const sections = byKind.map(([kind, wanted]) => [kind, kindOf(kind).probe(wanted)] as const);
  return [["paths", pathProbe([...paths], shellQuote)] as const, ...sections]
    .flatMap(([name, script]) => (script === "" ? [] : [`echo "== ${name}"`, script]))
    .join("\n");
}

/** The probe's output, read kind by kind. */
export function parseProbe(desired: DesiredHost, output: string): ObservedHost["seen"] {
  const sections = new Map<string, string[]>();
  let section: string[] = [];
  for (const line of output.split("\n")) {
    if (line.startsWith("== ")) {
      section = [];
      sections.set(line.slice(3), section);
    } else section.push(line);
  }
  const paths = sections.get("paths") ?? [];
  return new Map(
    byKindOf(desired).flatMap(([kind, wanted]) => [
      ...kindOf(kind).parse([...paths, ...(sections.get(kind) ?? [])], wanted),
    ]),
  );
}

function byKindOf(desired: DesiredHost): readonly (readonly [Resource["kind"], readonly Resource[]])[] {
  return kinds
    .map((kind) => [kind.kind, desired.resources.filter((resource) => resource.kind === kind.kind)] as const)
    .filter(([, wanted]) => wanted.length > 0);
}
