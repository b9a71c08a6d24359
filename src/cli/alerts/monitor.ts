import { RampartError } from "../../base/problem.ts";
import { shellCommand } from "../../base/text.ts";
import { hostsOf } from "../../model/topology.ts";
import { local } from "../../roles/monitor/paths.ts";
import { run } from "../../ssh/run.ts";
import { requireHosts, targetsOf } from "../hosts.ts";
import type { OpenSite } from "../site.ts";

/** Where they answer on the monitor host. */
export const prometheus = `http://${local.prometheus}`;
export const alertmanager = `http://${local.alertmanager}`;
const amtool = ["amtool", `--alertmanager.url=${alertmanager}`];

/** What a script prints on the monitor host. Throws a RampartError when it gives no answer or fails. */
export async function askMonitor(open: OpenSite, script: string): Promise<string> {
  requireHosts(open);
  const host = hostsOf(open.topology, "monitor")[0]?.name ?? "";
  const result = await run(targetsOf(open)(host), script, { timeoutMs: 20_000 });
  if (result.exitCode === 0) return result.stdout;
  const said = result.unreachable ?? result.stderr.trim().split("\n").at(-1) ?? "no answer";
  throw new RampartError(
    "The monitor was asked, and did not answer",
    [{ path: host, reason: `${said}.`, remedy: `See what is wrong: rampart logs ${host} prometheus-alertmanager` }],
    "rampart status",
  );
}

/** Alertmanager's own tool, on the monitor host. */
export async function askAlertmanager(open: OpenSite, words: readonly string[]): Promise<string> {
  return await askMonitor(open, shellCommand([...amtool, ...words]));
}

export function amtoolScript(words: readonly string[]): string {
  return shellCommand([...amtool, ...words]);
}
