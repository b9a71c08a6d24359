import { verifySite } from "../../converge/converge.ts";
import { labHosts } from "../../lab/lab.ts";
import { checksText } from "../../report/checks.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, silent, writeJson, writeText } from "../output.ts";
import { openSite } from "../site.ts";
import { worldOf } from "../world.ts";

/** Tries everything that the site promises, from outside, once each. Exit code 1 when something does not hold. */
export async function verifyCommand(options: GlobalOptions): Promise<number> {
  const open = await openSite(options);
  const world = await worldOf(open, silent);
  const gone = new Set(
    labHosts(open.site.name)
      .filter((host) => host.state !== "running")
      .map((host) => host.name),
  );
  const results = await verifySite(world, { gone, patient: false });
  if (options.json)
    writeJson({ site: open.site.name, checks: results.map(({ check, ok, message }) => ({ ...check, ok, message })) });
  else writeText(checksText(results, reportStyle()));
  return results.every((result) => result.ok) ? exitCodes.done : exitCodes.failed;
}
