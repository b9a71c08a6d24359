import { RampartError } from "../../base/problem.ts";
import { planSite } from "../../converge/converge.ts";
import { fileDifferences } from "../../converge/differences.ts";
import { labHosts } from "../../lab/lab.ts";
import { planText } from "../../report/plan.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, silent, writeJson, writeText } from "../output.ts";
import { openSite } from "../site.ts";
import { requireCertificateInTime, worldOf } from "../world.ts";

export interface PlanOptions extends GlobalOptions {
  readonly verbose: boolean;
  readonly exitCode: boolean;
}

/** Shows what `apply` would do now; changes nothing. */
export async function planCommand(options: PlanOptions): Promise<number> {
  const open = await openSite(options);
  requireCertificateInTime(open);
  const world = await worldOf(open, silent);
  const present = new Set(labHosts(open.site.name).map((host) => host.name));
  const coming = open.topology.hosts.filter((host) => !present.has(host.name)).map((host) => host.name);
  const retiring = [...present].filter((name) => !open.topology.hosts.some((host) => host.name === name));
  const { plan, problems } = await planSite(world, { coming: new Set(coming) });
  const changes = plan.stages.length > 0 || retiring.length > 0;
  const differences = options.verbose && !options.json ? await fileDifferences(plan, world) : [];
  const unknown = problems.map((problem) => problem.path);
  if (options.json) {
    // One document: what could not be looked at is part of it.
    writeJson({ plan, retiring, problems });
    if (problems.length > 0) return exitCodes.failed;
  } else {
    writeText(
      planText(plan, open.topology, { verbose: options.verbose, retiring, unknown, differences, ...reportStyle() }),
    );
  }
  if (problems.length > 0) throw new RampartError("The plan leaves out hosts that could not be looked at", problems);
  return options.exitCode && changes ? exitCodes.changes : exitCodes.done;
}
