import { RampartError } from "../base/problem.ts";
import { labHosts } from "../lab/lab.ts";
import { dashboardPort } from "../model/dashboard.ts";
import { logsHost } from "../model/logs.ts";
import type { Overview } from "../model/overview.ts";
import { run } from "../ssh/run.ts";
import type { SshTarget } from "../ssh/target.ts";
import { requireHosts, targetsOf } from "./hosts.ts";
import type { OpenSite } from "./site.ts";

/** How the monitor host is reached; throws a RampartError when there is none, or its power is off. */
export function monitorTarget(open: OpenSite): SshTarget {
  requireHosts(open);
  const host = logsHost(open.topology);
  const running = labHosts(open.site.name).some(({ name, state }) => name === host?.name && state !== "off");
  if (host !== undefined && running) return targetsOf(open)(host.name);
  const name = host?.name ?? "the monitor host";
  throw new RampartError("Nothing can be told", [
    {
      path: name,
      reason: "it knows how the site is, and its power is off.",
      remedy: `Switch it on: rampart lab start ${name}`,
    },
  ]);
}

/** What the dashboard on the monitor host tells now. Throws a RampartError when it does not answer. */
export async function askOverview(target: SshTarget): Promise<Overview> {
  const answer = await run(target, `curl -fsS -m 6 http://127.0.0.1:${dashboardPort}/api/overview`, {
    timeoutMs: 10_000,
  });
  try {
    if (answer.exitCode === 0) return JSON.parse(answer.stdout) as Overview;
  } catch {
    // Told below.
  }
  throw new RampartError("Nothing can be told", [
    {
      path: target.host,
      reason: answer.unreachable ?? "its dashboard does not answer.",
      remedy: `Bring the site to what its file says: rampart up. Or look why: rampart logs ${target.host}`,
    },
  ]);
}
