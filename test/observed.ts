import { hash } from "node:crypto";
import type { DesiredHost, ObservedHost, Plan, Seen } from "../src/model/plan.ts";
import { type Resource, resourceId } from "../src/model/resource.ts";
import type { Site } from "../src/model/site.ts";
import { desiredHost } from "../src/plan/desired.ts";
import { hostChanges } from "../src/plan/diff.ts";
import { sitePlan } from "../src/plan/order.ts";
import { certificateWish, keyMode } from "../src/resources/certificate.ts";
import type { DiffWorld } from "../src/resources/kind.ts";
import { roles } from "../src/roles/index.ts";
import { rolesOf, siteTopology } from "../src/topology/topology.ts";

/** What a comparison needs of the world, the same in every run. */
export const facts: DiffWorld = {
  digest: (text) => hash("sha256", text),
  resolve: (text) => text.replaceAll("{{ca}}", "a CA certificate"),
  now: 1_800_000_000,
};

export type ObservedSite = ReadonlyMap<string, ObservedHost>;

/** What would be seen on the hosts of a site that is as its file says. */
export function observedSite(site: Site): ObservedSite {
  const topology = siteTopology(site, roles);
  return new Map(
    topology.hosts.map((host) => [host.name, observedAs(desiredHost(host, topology, rolesOf(host, roles)))]),
  );
}

/** A host that nobody has touched yet. */
export function blankHost(host: string): ObservedHost {
  return { host, generation: undefined, seen: new Map() };
}

/** The plan for a site whose hosts were found so; hosts that were not found there are new. */
export function planOf(site: Site, observed: ObservedSite): Plan {
  const topology = siteTopology(site, roles);
  const all = topology.hosts.map((host) => {
    const seen = observed.get(host.name) ?? blankHost(host.name);
    const desired = desiredHost(host, topology, rolesOf(host, roles));
    return { name: host.name, seen, desired, changes: hostChanges(desired, seen, facts) };
  });
  return sitePlan({
    topology,
    roles,
    desired: new Map(all.map((one) => [one.name, one.desired])),
    observed: new Map(all.map((one) => [one.name, one.seen])),
    changes: new Map(all.map((one) => [one.name, one.changes])),
  });
}

function observedAs({ host, resources }: DesiredHost): ObservedHost {
  const owned = resources.map(resourceId);
  const generation = { number: 1, digest: "", at: "2026-01-01T00:00:00.000Z", by: "test", owned };
  return { host, generation, seen: new Map(resources.flatMap((one) => seenAs(one) ?? [])) };
}

function seenAs(wanted: Resource): readonly [readonly [string, Seen]] | undefined {
  const { digest, resolve, now } = facts;
  const fact = (seen: Seen) => [[resourceId(wanted), seen]] as const;
  switch (wanted.kind) {
    case "package":
      return fact({ status: "installed" });
    case "user":
      return fact({ groups: [wanted.name, ...wanted.groups].join(" ") });
    case "directory":
      return fact({ mode: wanted.mode, owner: wanted.owner, group: wanted.group });
    case "file": {
      const { mode, owner, group, content } = wanted;
      return fact({ digest: digest(resolve(content)), mode, owner, group });
    }
    case "certificate": {
      const rights = { mode: keyMode(wanted), owner: "root", group: wanted.group };
      return fact({
        wish: certificateWish(wanted, facts),
        genuine: "true",
        notAfter: String(now + 80 * 86_400),
        ...rights,
      });
    }
    case "firewall": {
      const rules = wanted.content.replaceAll(/^[ \t]+/gm, "").trimEnd();
      return fact({ digest: digest(wanted.content), loaded: "true", rules });
    }
    case "release":
      return fact({ id: wanted.id });
    case "unit":
      if (wanted.state === "off") return undefined;
      return fact({
        ...{ active: "active", enabled: wanted.state === "owned" ? "false" : "true" },
        ...{ condition: "yes", restart: "", reload: "" },
      });
  }
}
