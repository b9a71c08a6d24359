import { RampartError } from "../../base/problem.ts";
import { shellCommand } from "../../base/text.ts";
import { local } from "../../roles/monitor/paths.ts";
import { requireHosts } from "../hosts.ts";
import { runOnMonitor } from "../monitors.ts";
import type { OpenSite } from "../site.ts";

/** Where they answer on a monitor host. */
export const prometheus = `http://${local.prometheus}`;
export const alertmanager = `http://${local.alertmanager}`;
const amtool = ["amtool", `--alertmanager.url=${alertmanager}`];

/** What a script prints on a monitor host. Throws a RampartError when none answers, or it fails on all. */
export async function askMonitor(open: OpenSite, script: string): Promise<string> {
  requireHosts(open);
  const result = await runOnMonitor(open, script, 20_000);
  const { host } = result;
  if (result.exitCode === 0) return result.stdout;
  const said = result.unreachable ?? result.stderr.trim().split("\n").at(-1) ?? "no answer";
  throw new RampartError(
    "The monitor was asked, and did not answer",
    [{ path: host, reason: `${said}.`, remedy: `See what is wrong: rampart logs ${host} prometheus-alertmanager` }],
    "rampart status",
  );
}

/** Alertmanager's own tool, on a monitor host. */
export async function askAlertmanager(open: OpenSite, words: readonly string[]): Promise<string> {
  return await askMonitor(open, shellCommand([...amtool, ...words]));
}

/** A line of what a URL gives; where it gives nothing a script under `set -e` ends. `words` are curl's. */
export function oneLine(words: string): string {
  return `answer=$(curl -fsS -m 10 ${words})
printf '%s' "$answer" | tr -d '\\n'
echo`;
}

export function amtoolScript(words: readonly string[]): string {
  return shellCommand([...amtool, ...words]);
}
