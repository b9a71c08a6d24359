import { RampartError } from "../base/problem.ts";
import { dashboardPort } from "../model/dashboard.ts";
import type { Overview } from "../model/overview.ts";
import { run } from "../ssh/run.ts";
import type { SshTarget } from "../ssh/target.ts";
import { requireHosts, targetsOf } from "./hosts.ts";
import { monitorStandings } from "./monitors.ts";
import type { OpenSite } from "./site.ts";

/** What a dashboard tells now. Throws a RampartError when none answers. */
export async function askOverview(open: OpenSite): Promise<Overview> {
  return (await answering(open)).overview;
}

/** How the monitor host is reached whose dashboard answers; throws a RampartError when there is none. */
export async function monitorTarget(open: OpenSite): Promise<SshTarget> {
  return (await answering(open)).target;
}

/** Of two monitor hosts the first whose dashboard has figures of now; else the first that answers. */
async function answering(open: OpenSite): Promise<{ readonly target: SshTarget; readonly overview: Overview }> {
  requireHosts(open);
  const standings = monitorStandings(open);
  const targets = standings.filter(({ state }) => state !== "off").map(({ name }) => targetsOf(open)(name));
  if (targets.length === 0) throw withoutPower(standings[0]?.name ?? "the monitor host");
  const old: { readonly target: SshTarget; readonly overview: Overview }[] = [];
  let failure: unknown;
  for (const target of targets) {
    try {
      const overview = await ask(target);
      if (overview.data.fresh) return { target, overview };
      old.push({ target, overview });
    } catch (error) {
      failure ??= error;
    }
  }
  if (old[0] !== undefined) return old[0];
  throw failure;
}

function withoutPower(name: string): RampartError {
  return new RampartError("Nothing can be told", [
    {
      path: name,
      reason: "it knows how the site is, and its power is off.",
      remedy: `Switch it on: rampart lab start ${name}`,
    },
  ]);
}

async function ask(target: SshTarget): Promise<Overview> {
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
