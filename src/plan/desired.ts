import type { DesiredHost } from "../model/plan.ts";
import { type Resource, resourceId } from "../model/resource.ts";
import type { Role } from "../model/role.ts";
import type { Host, Topology } from "../model/topology.ts";

interface Made {
  readonly host: Host;
  readonly roles: readonly Role[];
  readonly desired: DesiredHost;
}

const madeBefore = new WeakMap<Topology, Map<string, Made>>();

/** Everything that should be on a host: what its roles want, in their order, each thing once. Made once of a topology. */
export function desiredHost(host: Host, topology: Topology, roles: readonly Role[]): DesiredHost {
  const made = madeBefore.get(topology) ?? new Map<string, Made>();
  madeBefore.set(topology, made);
  const before = made.get(host.name);
  const same = before?.host === host && before.roles.length === roles.length;
  if (before && same && roles.every((role, index) => before.roles[index] === role)) return before.desired;
  const desired = wantedOf(host, topology, roles);
  made.set(host.name, { host, roles, desired });
  return desired;
}

function wantedOf(host: Host, topology: Topology, roles: readonly Role[]): DesiredHost {
  const wanted = new Map<string, Resource>();
  for (const resource of roles.flatMap((role) => role.resources(host, topology))) {
    const id = resourceId(resource);
    const earlier = wanted.get(id);
    if (earlier && !sameWish(earlier, resource)) {
      throw new Error(`${host.name}: the roles ${earlier.role} and ${resource.role} want ${id} differently`);
    }
    if (!earlier) wanted.set(id, resource);
  }
  return { host: host.name, resources: [...wanted.values()] };
}

/** Two roles may want the same thing; their reasons may differ. */
function sameWish(one: Resource, other: Resource): boolean {
  const wish = ({ role: _role, path: _path, why: _why, ...rest }: Resource) => JSON.stringify(rest);
  return wish(one) === wish(other);
}
