import { hostsOf } from "../model/topology.ts";
import type { RemoteResult } from "../ssh/result.ts";
import { run } from "../ssh/run.ts";
import { goneHosts, targetsOf } from "./hosts.ts";
import type { OpenSite } from "./site.ts";

/** Monitor hosts in the order in which they are asked: those that run first. Any of them knows what all of them know. */
export function monitorNames(open: OpenSite): readonly string[] {
  const gone = goneHosts(open);
  const names = hostsOf(open.topology, "monitor").map(({ name }) => name);
  return names.toSorted((one, other) => Number(gone.has(one)) - Number(gone.has(other)));
}

/** A script on the first monitor host on which it succeeds; what the first of them said when it does on none. */
export async function runOnMonitor(open: OpenSite, script: string, timeoutMs: number): Promise<RemoteResult> {
  const [first = "", ...others] = monitorNames(open);
  const answer = await run(targetsOf(open)(first), script, { timeoutMs });
  if (answer.exitCode === 0) return answer;
  for (const name of others) {
    const other = await run(targetsOf(open)(name), script, { timeoutMs });
    if (other.exitCode === 0) return other;
  }
  return answer;
}
