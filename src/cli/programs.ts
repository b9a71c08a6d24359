import { readFileSync } from "node:fs";

/** Rampart's own programs for hosts, and the bundles of them that lie beside this one. */
const bundles: Readonly<Record<string, string>> = {
  beacon: "beacon.js",
  "database-agent": "agent.js",
  "database-member": "member.js",
  "daily-report": "daily-report.js",
  dashboard: "dashboard.js",
  "log-export": "log-export.js",
  "status-page": "status-page.js",
  "alert-runbooks": "runbooks.tmpl",
  probe: "probe.js",
};

const read = new Map<string, string>();

/** The text of a program by the name that roles know it by. */
export function programText(name: string): string {
  const before = read.get(name);
  if (before !== undefined) return before;
  const bundle = bundles[name];
  if (bundle === undefined) throw new Error(`a role names the program ${name}, and there is none`);
  const text = readFileSync(new URL(`./${bundle}`, import.meta.url), "utf8");
  read.set(name, text);
  return text;
}
