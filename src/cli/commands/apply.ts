import { converge } from "../../converge/converge.ts";
import { ensureArtifact } from "../../deploy/artifact.ts";
import { labHosts } from "../../lab/lab.ts";
import { planText } from "../../report/plan.ts";
import { releaseMonitors } from "../alerts/retiring.ts";
import { releaseMembers } from "../db/release.ts";
import { operatorName, raiseHosts, renameSite, retireHosts } from "../lab-site.ts";
import type { GlobalOptions } from "../options.ts";
import { failedChecks, reportStyle, withProgress, writeJson, writeText } from "../output.ts";
import { type OpenSite, openSite } from "../site.ts";
import { requireCertificateInTime, worldOf } from "../world.ts";

/** Makes the changes that `plan` shows, under the site lock, and verifies them. */
export async function applyCommand(options: GlobalOptions): Promise<number> {
  const open = await openSite(options);
  requireCertificateInTime(open);
  return await withProgress(options, async (emit) => {
    const world = await worldOf(open, emit);
    await Promise.all([...open.sources.values()].map((source) => ensureArtifact(open.folder, source, emit)));
    const retiring = hostsChange(open) ? (await raiseHosts(open, emit)).retiring : [];
    await releaseMembers(open, retiring, options.json);
    const heardAgain = await releaseMonitors(open, retiring, operatorName());
    renameSite(open);
    const { plan, checks } = await converge(world);
    if (retiring.length > 0) await retireHosts(open, emit);
    await heardAgain();
    const failed = failedChecks(checks);
    if (failed) throw failed;
    if (options.json) writeJson({ plan, retiring });
    else writeText(planText(plan, open.topology, { retiring, done: true, ...reportStyle() }));
    return 0;
  });
}

/** True when the lab has other hosts than the site: then they are started first, and the others stopped at the end. */
function hostsChange({ site, topology }: OpenSite): boolean {
  const present = labHosts(site.name);
  const wanted = new Set(topology.hosts.map((host) => host.name));
  return present.length !== wanted.size || present.some((host) => !wanted.has(host.name) || host.state === "off");
}
