import { hostInspection, inspectionScript } from "../inspection/host.ts";
import type { HostInspection } from "../model/inspection.ts";
import { desiredHost } from "../plan/desired.ts";
import { run } from "../ssh/run.ts";
import { rolesOf } from "../topology/topology.ts";
import type { World } from "./world.ts";

/** Looks into every host that is there, one round trip each: confinement of services, secrets, listeners, updates. */
export async function inspectHosts(world: World, gone: ReadonlySet<string>): Promise<readonly HostInspection[]> {
  const { topology, roles } = world;
  const there = topology.hosts.filter((host) => !gone.has(host.name));
  return await Promise.all(
    there.map(async (host) => {
      const { resources } = desiredHost(host, topology, rolesOf(host, roles));
      const result = await run(world.targetOf(host.name), inspectionScript(resources), { timeoutMs: 60_000 });
      const found = hostInspection(host, topology, result.stdout);
      if (found) return found;
      const message = result.unreachable ?? (result.stderr.trim().split("\n").pop() || `exit code ${result.exitCode}`);
      return unlooked(host.name, message);
    }),
  );
}

/** A host that could not be looked into does not hold what it promises. */
function unlooked(host: string, message: string): HostInspection {
  const promise = `${host} can be looked into.`;
  return { host, units: [], findings: [{ id: "base.inspection", promise, state: "fails", message }] };
}
