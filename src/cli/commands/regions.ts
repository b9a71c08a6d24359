import { RampartError } from "../../base/problem.ts";
import { labHosts } from "../../lab/lab.ts";
import { hostsOf } from "../../model/topology.ts";
import { isWell, regionsText } from "../../report/regions.ts";
import { run } from "../../ssh/run.ts";
import { requireHosts, targetsOf } from "../hosts.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { regionScript, regionStanding } from "../regions.ts";
import { openSite } from "../site.ts";

/** Shows what every region sees now. Exit code 1 when one of them does not see the site well, or is not known. */
export async function regionsCommand(options: GlobalOptions): Promise<number> {
  const open = await openSite(options);
  const probes = hostsOf(open.topology, "probe");
  if (probes.length === 0) {
    const remedy = 'Name some in the site file: monitor: { regions: ["eu", "us", "asia"] }';
    throw new RampartError("The site is looked at from no region", [
      { path: "monitor.regions", reason: "there is none.", remedy },
    ]);
  }
  requireHosts(open);
  const running = new Set(labHosts(open.site.name).flatMap(({ name, state }) => (state === "running" ? [name] : [])));
  const regions = await Promise.all(
    probes.map(async (host) => {
      const asked = running.has(host.name)
        ? (await run(targetsOf(open)(host.name), regionScript(host), { timeoutMs: 8000 })).stdout
        : "";
      return regionStanding(host, asked === "" ? undefined : asked);
    }),
  );
  if (options.json) writeJson({ site: open.site.name, regions });
  else writeText(regionsText(regions, new Date(), reportStyle()));
  return regions.every(isWell) ? exitCodes.done : exitCodes.failed;
}
