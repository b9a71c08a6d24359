import { relative } from "node:path";
import { shellQuote } from "../../base/text.ts";
import { converge } from "../../converge/converge.ts";
import { ensureArtifact } from "../../deploy/artifact.ts";
import { ensureTools } from "../../lab/lab.ts";
import { requireRoot } from "../../lab/tools.ts";
import type { Emit } from "../../model/event.ts";
import type { SiteStatus } from "../../model/status.ts";
import { type UpSummary, upSummaryText } from "../../report/summary.ts";
import { releaseMonitors } from "../alerts/retiring.ts";
import { releaseMembers } from "../db/release.ts";
import { operatorName, raiseHosts, retireHosts } from "../lab-site.ts";
import type { GlobalOptions } from "../options.ts";
import { failedChecks, reportStyle, withProgress, writeJson, writeText } from "../output.ts";
import { type OpenSite, openSite } from "../site.ts";
import { siteStatus } from "../status.ts";
import { siteUrl } from "../url.ts";
import { caFile, requireCertificateInTime, worldOf } from "../world.ts";

/** Starts what is missing and brings the site to what its file says. */
export async function upCommand(options: GlobalOptions): Promise<number> {
  requireRoot();
  const open = await openSite(options);
  requireCertificateInTime(open);
  return await withProgress(options, async (emit) => {
    await ensureTools(emit);
    const { plan, checks } = await bringUp(open, emit);
    const failed = failedChecks(checks);
    if (failed) throw failed;
    const status = await siteStatus(open);
    if (options.json) writeJson({ plan, status });
    else writeText(upSummaryText(summary(open, options, status), reportStyle()));
    return 0;
  });
}

/** Hosts, plan, apply, verify; then the hosts go that the site has no more. Builds run while the hosts start. */
async function bringUp(open: OpenSite, emit: Emit) {
  const builds = Promise.all([...open.sources.values()].map((source) => ensureArtifact(open.folder, source, emit)));
  builds.catch(() => undefined);
  const { retiring } = await raiseHosts(open, emit);
  await builds;
  await releaseMembers(open, retiring, true);
  const heardAgain = await releaseMonitors(open, retiring, operatorName());
  const outcome = await converge(await worldOf(open, emit));
  if (retiring.length > 0) await retireHosts(open, emit);
  await heardAgain();
  return outcome;
}

function summary(open: OpenSite, options: GlobalOptions, status: SiteStatus): UpSummary {
  const { site, topology, file } = open;
  return {
    site,
    status,
    hosts: topology.hosts,
    url: siteUrl(site),
    caFile: relative(process.cwd(), caFile(open)),
    siteFile: relative(process.cwd(), file),
    program: process.env.RAMPART_PROGRAM ?? "rampart",
    siteOption: options.site === undefined ? "" : ` --site ${shellQuote(options.site)}`,
  };
}
