import type { Change, HostChanges, Plan } from "../model/plan.ts";
import type { Host, Tier } from "../model/topology.ts";
import { subjectOf, tierOfName, tiers } from "./names.ts";

/** One line of a plan: the same change, on one host or on several. */
export interface PlanRow {
  /** "site": the same change on hosts of three tiers or more. */
  readonly group: Tier | "site";
  readonly sign: "+" | "~" | "-";
  readonly hosts: readonly string[];
  readonly subject: string;
  readonly reason: string;
  readonly effect: string;
  readonly id: string;
  /** Why it should be there at all, and the path in the site file; "" for hosts. */
  readonly why: string;
  readonly path: string;
}

interface Row extends PlanRow {
  readonly tier: Tier;
  /** Index of the stage that each host's change is made in. */
  readonly stages: readonly number[];
}

export interface RowOptions {
  /** To know tiers by; without them the names tell. */
  readonly hosts?: readonly Pick<Host, "name" | "tier">[];
  /** Hosts that leave the site. */
  readonly retiring?: readonly string[];
}

/** The lines of a plan: newcomers first, then changes tier by tier, then those that leave. */
export function planRows(plan: Plan, options: RowOptions = {}): readonly PlanRow[] {
  const tierOf = (host: string) => options.hosts?.find((one) => one.name === host)?.tier ?? tierOfName(host);
  const serving = plan.stages.flatMap((stage, index) =>
    stage.hosts.filter((one) => !plan.added.includes(one.host)).map((work) => ({ work, index })),
  );
  const rows = merged(serving.flatMap(({ work, index }) => hostRows(work, index, tierOf(work.host))));
  const site = acrossTiers(rows);
  const rest = rows.filter((row) => !site.some((one) => sameChange(one, row)));
  return [
    ...tiers.flatMap((tier) => newcomerRows(plan, tier, tierOf)),
    ...site.map(finished),
    ...tiers.flatMap((tier) => rest.filter((row) => row.tier === tier).map(finished)),
    ...tiers.flatMap((tier) => retiredRows(options.retiring ?? [], tier, tierOf)),
  ];
}

/** A file and the unit that takes it are one change to people: the unit's own line goes, its effect stands at the file. */
function hostRows(work: HostChanges, stage: number, tier: Tier): readonly Row[] {
  const units = work.changes.filter((change) => change.id.startsWith("unit:"));
  const followers = units.filter((unit) => work.changes.some((change) => isInput(change, unit)));
  const mere = followers.filter((unit) => unit.reason.endsWith(" changes"));
  return work.changes
    .filter((change) => !mere.includes(change))
    .map((change) => {
      const takers = followers.filter((unit) => isInput(change, unit));
      return row(change, effectOf(change, takers, work.drain), stage, tier);
    });
}

function isInput(change: Change, unit: Change): boolean {
  if (change.id.startsWith("unit:")) return false;
  const key = change.id.slice(change.id.indexOf(":") + 1);
  return unit.steps.some(
    (step) =>
      step.kind === "unit" &&
      (step.inputs.includes(key) ||
        (change.id.startsWith("release:") && step.inputs.includes(`/srv/${key}/release.env`))),
  );
}

function effectOf(change: Change, takers: readonly Change[], drain: boolean): string {
  const drained = drain ? ", drained first" : "";
  if (change.id.startsWith("firewall:")) return "atomic";
  if (change.effect !== "none") return change.effect + (change.effect === "restart" ? drained : "");
  return takers
    .map((unit) => `${unit.effect} ${subjectOf(unit.id)}${unit.effect === "restart" ? drained : ""}`)
    .join(", ");
}

function row(change: Change, effect: string, stage: number, tier: Tier): Row {
  const sign = change.verb === "create" ? "+" : change.verb === "remove" ? "-" : "~";
  const { id, reason, host, origin } = change;
  const { why, path } = origin;
  return {
    ...{ group: tier, tier, sign, hosts: [host], subject: subjectOf(id), reason, effect },
    ...{ id, why, path, stages: [stage] },
  };
}

/** The same change on several hosts of a tier is one line. */
function merged(rows: readonly Row[]): readonly Row[] {
  const byKey = new Map<string, Row>();
  for (const one of rows) {
    const key = [one.tier, one.sign, one.id, one.reason, one.effect].join("\n");
    const earlier = byKey.get(key);
    byKey.set(
      key,
      earlier
        ? { ...earlier, hosts: [...earlier.hosts, ...one.hosts], stages: [...earlier.stages, ...one.stages] }
        : one,
    );
  }
  return [...byKey.values()];
}

function acrossTiers(rows: readonly Row[]): readonly Row[] {
  const found: Row[] = [];
  for (const one of rows) {
    const same = rows.filter((other) => sameChange(one, other));
    if (same.length < 3 || found.some((other) => sameChange(one, other))) continue;
    found.push({
      ...one,
      group: "site",
      hosts: same.flatMap((other) => other.hosts),
      stages: same.flatMap((other) => other.stages),
    });
  }
  return found;
}

function sameChange(one: PlanRow, other: PlanRow): boolean {
  return one.sign === other.sign && one.id === other.id && one.reason === other.reason && one.effect === other.effect;
}

/** What interrupts or reloads is done host after host when no two of them share a stage. */
function finished({ tier: _tier, stages, ...rest }: Row): PlanRow {
  const single = rest.hosts.length > 1 && new Set(stages).size === stages.length;
  if (!single || !/reload|restart/.test(rest.effect)) return rest;
  return { ...rest, effect: `${rest.effect}, one at a time` };
}

function newcomerRows(plan: Plan, tier: Tier, tierOf: (host: string) => Tier): readonly PlanRow[] {
  const hosts = plan.added.filter((host) => tierOf(host) === tier);
  if (hosts.length === 0) return [];
  const counts = hosts.map((host) =>
    plan.stages
      .flatMap((stage) => stage.hosts)
      .reduce((sum, one) => sum + (one.host === host ? one.changes.length : 0), 0),
  );
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const span = least === most ? `${most}` : `${least} to ${most}`;
  const subject =
    hosts.length === 1 ? `new host, ${span} resources` : `${hosts.length} new hosts, ${span} resources each`;
  return [hostRow("+", tier, hosts, subject)];
}

function retiredRows(retired: readonly string[], tier: Tier, tierOf: (host: string) => Tier): readonly PlanRow[] {
  // A line each: whose data is lost must be read by name.
  const hosts = retired.filter((host) => tierOf(host) === tier);
  return hosts.map((host) => hostRow("-", tier, [host], "leaves the site, with its data"));
}

function hostRow(sign: "+" | "-", group: Tier, hosts: readonly string[], subject: string): PlanRow {
  return { group, sign, hosts, subject, reason: "", effect: "", id: "", why: "", path: "" };
}
