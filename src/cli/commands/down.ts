import { resolve } from "node:path";
import { RampartError } from "../../base/problem.ts";
import { labDown, labHosts } from "../../lab/lab.ts";
import { removeStore } from "../../secrets/store.ts";
import { loadSiteFile } from "../../sitefile/load.ts";
import { closeAll } from "../../ssh/close.ts";
import { labTarget } from "../lab-site.ts";
import type { GlobalOptions } from "../options.ts";
import { withProgress, writeJson, writeText } from "../output.ts";

/** Stops a site's lab and removes all that it left on this machine: hosts, their data, networks, the lab's secrets. */
export async function downCommand(options: GlobalOptions): Promise<number> {
  // Only the name counts here: a site whose file is wrong otherwise must still be able to end.
  const { folder, raw } = await loadSiteFile(resolve(options.site ?? "."));
  const name = (raw as { name?: unknown } | undefined)?.name;
  if (typeof name !== "string") {
    throw new RampartError("The site has no name", [
      { path: "name", reason: "so its lab cannot be found.", remedy: 'Give it one, e.g. name: "shop".' },
    ]);
  }
  return await withProgress(options, async (emit) => {
    const hosts = labHosts(name);
    await closeAll(hosts.map((host) => labTarget(name, host)));
    await labDown(name, emit);
    await removeStore(folder, options.env);
    if (options.json) writeJson({ site: name, stopped: hosts.map((host) => host.name) });
    else
      writeText(
        hosts.length === 0
          ? `${name} was not up; nothing is left of it.`
          : `${name} is down; nothing is left of its ${hosts.length} hosts.`,
      );
    return 0;
  });
}
