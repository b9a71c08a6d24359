import { dirname } from "node:path";
import { RampartError } from "../base/problem.ts";
import type { World } from "../converge/world.ts";
import { ensureArtifact } from "../deploy/artifact.ts";
import { loadSpec } from "../lab/paths.ts";
import type { Emit } from "../model/event.ts";
import { referencedSecrets } from "../model/secret.ts";
import { createAuthority } from "../pki/authority.ts";
import { desiredHost } from "../plan/desired.ts";
import { storePaths } from "../secrets/paths.ts";
import { openStore, type Store } from "../secrets/store.ts";
import { rolesOf } from "../topology/topology.ts";
import { interruptible } from "./interrupt.ts";
import { labSeats, labTarget, operatorName } from "./lab-site.ts";
import type { OpenSite } from "./site.ts";

/** Wires what the converger needs: the only place where lab, secrets, transport and roles meet. */
export async function worldOf(open: OpenSite, emit: Emit): Promise<World> {
  const { folder, site, topology, roles, sources } = open;
  requireLab(open);
  const env = site.environment.name;
  const store = await openStore(folder, env, { createAuthority });
  const authority = await store.authority(site.name, new Date());
  await makeSecrets(store, open);
  const hosts = new Map(topology.hosts.map((host) => [host.name, host]));
  return {
    topology,
    roles,
    targetOf: (name) => labTarget(site.name, { name, inside: hosts.get(name)?.inside ?? "" }),
    secretValue: (name) => store.secret(name).reveal(),
    authority,
    archive: async (release, id) => {
      const source = sources.get(release);
      if (source?.id !== id)
        throw new Error(`the plan names release ${release} ${id}, and the site has no such source`);
      return await ensureArtifact(folder, source, emit);
    },
    visitor: labSeats(site.name).visitor,
    caFile: caFile(open),
    by: operatorName(),
    emit,
    interrupted: interruptible(emit),
  };
}

/** The CA certificate that a visitor of this site trusts. */
export function caFile(open: OpenSite): string {
  return storePaths(open.folder, open.site.environment.name).caCertificate;
}

/** Secrets are on this machine's disk before the first host hears of them: a crash in between must not orphan one. */
async function makeSecrets(store: Store, open: OpenSite): Promise<void> {
  const { topology, roles } = open;
  const files = topology.hosts
    .flatMap((host) => desiredHost(host, topology, rolesOf(host, roles)).resources)
    .flatMap((resource) => (resource.kind === "file" ? [resource.content] : []));
  for (const name of new Set(files.flatMap(referencedSecrets))) store.secret(name);
  await store.save();
}

function requireLab({ site, file }: OpenSite): void {
  if ((loadSpec(site.name)?.hosts ?? []).length > 0) return;
  throw new RampartError(
    `${site.name} is not up`,
    [
      {
        path: site.name,
        reason: "there are no hosts for it on this machine.",
        remedy: `Start it: rampart up --site ${dirname(file)}`,
      },
    ],
    "rampart up",
  );
}
