import { existsSync } from "node:fs";
import { converge } from "../../converge/converge.ts";
import { ensureArtifact } from "../../deploy/artifact.ts";
import { ensureTools } from "../../lab/lab.ts";
import { requireRoot } from "../../lab/tools.ts";
import type { Emit } from "../../model/event.ts";
import { upSummaryText } from "../../report/summary.ts";
import { raiseHosts, retireHosts } from "../lab-site.ts";
import type { GlobalOptions } from "../options.ts";
import { failedChecks, withProgress, writeJson, writeText } from "../output.ts";
import { type OpenSite, openSite } from "../site.ts";
import { siteStatus } from "../status.ts";
import { siteUrl } from "../url.ts";
import { caFile, worldOf } from "../world.ts";

/** Starts what is missing and brings the site to what its file says. */
export async function upCommand(options: GlobalOptions): Promise<number> {
  requireRoot();
  const open = await openSite(options);
  return await withProgress(options, async (emit) => {
    await ensureTools(emit);
    const { plan, checks } = await bringUp(open, emit);
    const failed = failedChecks(checks);
    if (failed) throw failed;
    const status = await siteStatus(open);
    if (options.json) writeJson({ plan, status });
    else writeText(upSummaryText(summary(open, status)));
    return 0;
  });
}

/** Hosts, plan, apply, verify; then the hosts go that the site has no more. Builds run while the hosts start. */
async function bringUp(open: OpenSite, emit: Emit) {
  const builds = Promise.all([...open.sources.values()].map((source) => ensureArtifact(open.folder, source, emit)));
  builds.catch(() => undefined);
  const { retiring } = await raiseHosts(open, emit);
  await builds;
  const outcome = await converge(await worldOf(open, emit));
  if (retiring.length > 0) await retireHosts(open, emit);
  return outcome;
}

function summary(open: OpenSite, status: Awaited<ReturnType<typeof siteStatus>>) {
  const { site, topology } = open;
  return {
    status,
    site,
    hosts: topology.hosts,
    url: siteUrl(site),
    caFile: existsSync(caFile(open)) ? caFile(open) : "",
  };
}
