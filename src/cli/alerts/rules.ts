import { RampartError } from "../../base/problem.ts";
import { labelsKey, type RuleStanding } from "../../model/alerts.ts";
import type { OpenSite } from "../site.ts";
import { alertmanager, askMonitor, oneLine, prometheus } from "./monitor.ts";

export interface RawRule {
  readonly name: string;
  readonly state: RuleStanding["state"];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly alerts?: readonly RawAlert[];
}

interface RawAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: RuleStanding["state"];
  readonly activeAt: string;
}

interface Suppressed {
  readonly labels: Readonly<Record<string, string>>;
}

const script = `set -e
${oneLine(`'${prometheus}/api/v1/rules?type=alert'`)}
curl -fsS -m 10 '${alertmanager}/api/v2/alerts?active=false&inhibited=false&unprocessed=false' 2> /dev/null | tr -d '\\n' || true
`;

/** How every rule of the monitor stands; those that are active once for each host or thing. Firing ones first. */
export async function ruleStandings(open: OpenSite): Promise<readonly RuleStanding[]> {
  const [rules = "", silenced = ""] = (await askMonitor(open, script)).split("\n");
  return standingsOf(rules, silenced);
}

/** @param rules Prometheus' answer. @param silenced Alertmanager's, of what a silence hides; "" when it gave none. */
export function standingsOf(rules: string, silenced: string): readonly RuleStanding[] {
  const hidden = new Set(
    (silenced === "" ? [] : (JSON.parse(silenced) as readonly Suppressed[])).map(({ labels }) => labelsKey(labels)),
  );
  const groups = groupsIn(rules);
  const standings = groups.flatMap(({ rules: list }) => list.flatMap((rule) => ofRule(rule, hidden)));
  const rank = { firing: 0, pending: 1, inactive: 2 };
  const seen = new Set<string>();
  return standings
    .filter(({ name, state, about }) => {
      // One alert may have several rules; at rest it is one line.
      const key = state === "inactive" ? name : `${name} ${state} ${about}`;
      const fresh =
        !seen.has(key) &&
        (state !== "inactive" || !standings.some((other) => other.name === name && other.state !== "inactive"));
      seen.add(key);
      return fresh;
    })
    .toSorted(
      (one, other) =>
        rank[one.state] - rank[other.state] ||
        one.severity.localeCompare(other.severity) ||
        one.name.localeCompare(other.name) ||
        one.about.localeCompare(other.about),
    );
}

/** Groups of rules in Prometheus' answer. */
export function groupsIn(text: string): readonly { readonly rules: readonly RawRule[] }[] {
  try {
    return (JSON.parse(text) as { data: { groups: readonly { rules: readonly RawRule[] }[] } }).data.groups;
  } catch {
    throw new RampartError("The monitor was asked, and its answer is no list of rules", [
      { path: "prometheus", reason: text.slice(0, 80), remedy: "Try again; then: rampart verify" },
    ]);
  }
}

function ofRule(rule: RawRule, hidden: ReadonlySet<string>): readonly RuleStanding[] {
  const base = {
    name: rule.name,
    severity: rule.labels?.severity ?? "",
    runbook: rule.annotations?.runbook ?? "",
  };
  if ((rule.alerts ?? []).length === 0)
    return [{ ...base, state: "inactive", about: "", summary: "", since: null, silenced: false }];
  return (rule.alerts ?? []).map((alert) => ({
    ...base,
    state: alert.state,
    about: alert.labels.host ?? alert.labels.app ?? alert.labels.service ?? alert.labels.what ?? "",
    summary: alert.annotations.summary ?? "",
    since: alert.activeAt,
    silenced: hidden.has(labelsKey(alert.labels)),
  }));
}
