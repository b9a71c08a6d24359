import { labHosts } from "../lab/lab.ts";
import { hostsOf } from "../model/topology.ts";
import type { RemoteResult } from "../ssh/result.ts";
import { run } from "../ssh/run.ts";
import { targetsOf } from "./hosts.ts";
import type { OpenSite } from "./site.ts";

/** Monitor hosts in the order in which they are asked: those that run first. Any of them knows what all of them know. */
export function monitorStandings({ site, topology }: OpenSite) {
  const states = new Map(labHosts(site.name).map(({ name, state }) => [name, state]));
  const standings = hostsOf(topology, "monitor").map(({ name }) => ({ name, state: states.get(name) ?? "off" }));
  return standings.toSorted((one, other) => Number(other.state === "running") - Number(one.state === "running"));
}

/** A script on the first monitor host on which it succeeds; what the first of them said when it does on none. */
export async function runOnMonitor(open: OpenSite, script: string, timeoutMs: number): Promise<RemoteResult> {
  const [first = "", ...others] = monitorStandings(open).map(({ name }) => name);
  const answer = await run(targetsOf(open)(first), script, { timeoutMs });
  if (answer.exitCode === 0) return answer;
  for (const name of others) {
    const other = await run(targetsOf(open)(name), script, { timeoutMs });
    if (other.exitCode === 0) return other;
  }
  return answer;
}
