import type { Problem } from "../base/problem.ts";
import type { Site } from "../model/site.ts";
import { backupProblems } from "./check-backup.ts";
import { certificateProblems } from "./check-certificate.ts";
import { firewallProblems } from "./check-firewall.ts";
import { alertProblems } from "./check-monitor-alerts.ts";
import { dashboardProblems } from "./check-monitor-dashboard.ts";
import { exportProblems } from "./check-monitor-export.ts";
import { objectiveProblems } from "./check-monitor-objectives.ts";
import { nameProblems } from "./check-names.ts";
import { regionProblems } from "./check-regions.ts";
import { serviceProblems } from "./check-services.ts";
import { environmentProblems, folderProblems, tierProblems } from "./check-tiers.ts";
import { wafProblems } from "./check-waf.ts";
import type { Facts } from "./facts.ts";
import { completeSite, type Provenance } from "./resolve.ts";
import { siteSchema } from "./schema.ts";
import { siteShape } from "./shape.ts";

export type Resolved =
  | { readonly ok: true; readonly site: Site; readonly provenance: readonly Provenance[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A raw value from a site file becomes a complete Site, or the list of everything that is wrong with it. Never throws. */
export function resolveSite(raw: unknown, facts: Facts): Resolved {
  const problems = siteProblems(raw, facts);
  if (problems.length > 0) return { ok: false, problems };
  const complete = completeSite(siteSchema.parse(raw), facts);
  const unfit = facts.certificateProblems?.(complete.site) ?? [];
  return unfit.length > 0 ? { ok: false, problems: unfit } : { ok: true, ...complete };
}

/** Everything that is wrong with a raw site, in the order of the reference; empty when nothing is. */
export function siteProblems(raw: unknown, facts: Facts): readonly Problem[] {
  const shape = siteShape(raw, facts.siteFile);
  if (shape.draft === undefined) return shape.problems;
  const isBroken = (path: string) => shape.problems.some((problem) => covers(path, problem.path));
  const problems = [
    ...shape.problems,
    ...nameProblems(shape.draft),
    ...certificateProblems(shape.draft, facts, isBroken),
    ...serviceProblems(shape.draft, isBroken),
    ...tierProblems(shape.draft, isBroken),
    ...regionProblems(shape.draft, isBroken),
    ...backupProblems(shape.draft, facts, isBroken),
    ...alertProblems(shape.draft, facts, isBroken),
    ...exportProblems(shape.draft, facts, isBroken),
    ...dashboardProblems(shape.draft, facts, isBroken),
    ...objectiveProblems(shape.draft, isBroken),
    ...wafProblems(shape.draft, isBroken),
    ...firewallProblems(shape.draft, facts),
    ...folderProblems(shape.draft, facts),
    ...environmentProblems(declaredEnvironments(raw), facts),
  ];
  return inOrder(problems);
}

/** True when `path` is `inner` or a group that holds it. */
function covers(path: string, inner: string): boolean {
  return inner === path || inner.startsWith(`${path}.`) || inner.startsWith(`${path}[`);
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const keys = Object.keys(siteSchema.shape);
  const rank = ({ path }: Problem) => {
    const place = keys.indexOf(path.split(/[.[]/)[0] ?? "");
    return place < 0 ? keys.length : place;
  };
  return problems.toSorted((a, b) => rank(a) - rank(b));
}

function declaredEnvironments(raw: unknown): readonly string[] {
  if (typeof raw !== "object" || raw === null || !("environments" in raw)) return [];
  const { environments } = raw;
  return typeof environments === "object" && environments !== null ? Object.keys(environments) : [];
}
