import { verifySite } from "../../converge/converge.ts";
import { inspectHosts } from "../../converge/inspect.ts";
import { labHosts } from "../../lab/lab.ts";
import { checksText } from "../../report/checks.ts";
import { inspectionOutcomes, inspectionText } from "../../report/inspection.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, silent, writeJson, writeText } from "../output.ts";
import { openSite } from "../site.ts";
import { worldOf } from "../world.ts";

/** Tries everything that the site promises, from outside. Exit code 1 when something does not hold. */
export async function verifyCommand(options: GlobalOptions): Promise<number> {
  const open = await openSite(options);
  const world = await worldOf(open, silent);
  const gone = new Set(
    labHosts(open.site.name)
      .filter((host) => host.state !== "running")
      .map((host) => host.name),
  );
  const checks = await verifySite(world, { gone, patient: false });
  const inspections = await inspectHosts(world, gone);
  const results = [...checks, ...inspectionOutcomes(inspections)];
  if (options.json) {
    const plain = results.map(({ check, ok, message }) => ({ ...check, ok, message }));
    writeJson({ site: open.site.name, checks: plain, hosts: inspections });
  } else {
    const style = reportStyle();
    writeText(`${inspectionText(inspections, style)}\n\n${checksText(results, style)}`);
  }
  return results.every((result) => result.ok) ? exitCodes.done : exitCodes.failed;
}
