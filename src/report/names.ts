import { byName } from "../base/text.ts";
import type { Tier } from "../model/topology.ts";

/** The order of all lists by tier: the way of a request, and who watches it. */
export const tiers: readonly Tier[] = ["balancer", "web", "app", "database", "monitor", "probe"];

const prefixes: Readonly<Record<string, Tier>> = { lb: "balancer", web: "web", db: "database", mon: "monitor" };

/** A host as far as its name tells: site files cannot name a service like another tier's hosts. */
export function tierOfName(host: string): Tier {
  return host.startsWith("probe-") ? "probe" : (prefixes[host.replace(/\d+$/, "")] ?? "app");
}

/** Host names for a line: all of them while there is room, then "web1–web40", then a count. */
export function hostNames(names: readonly string[], width: number): string {
  const sorted = [...names].toSorted(byName);
  const all = sorted.join(" ");
  if (all.length <= width) return all;
  const ranges = rangesOf(sorted).join(" ");
  return ranges.length <= width ? ranges : `${sorted.length} hosts`;
}

/** Three or more neighbours become `first–last`. */
function rangesOf(sorted: readonly string[]): readonly string[] {
  const runs: string[][] = [];
  for (const name of sorted) {
    const run = runs.at(-1);
    if (run && follows(run.at(-1) ?? "", name)) run.push(name);
    else runs.push([name]);
  }
  return runs.flatMap((run) => (run.length < 3 ? run : [`${run[0]}–${run.at(-1)}`]));
}

function follows(one: string, other: string): boolean {
  const [, prefix = "", number = ""] = /^(.*?)(\d+)$/.exec(one) ?? [];
  return prefix !== "" && other === `${prefix}${Number(number) + 1}`;
}

/** `file:/etc/hosts` is /etc/hosts to people, `unit:nginx.service` is nginx. */
export function subjectOf(id: string): string {
  const colon = id.indexOf(":");
  const [kind, key] = [id.slice(0, colon), id.slice(colon + 1)];
  switch (kind) {
    case "file":
    case "certificate":
      return key;
    case "firewall":
      return "firewall";
    case "directory":
      return key.endsWith("/") ? key : `${key}/`;
    case "unit":
      return key.replace(/\.service$/, "");
    default:
      return `${kind} ${key}`;
  }
}
