import { rmSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../../../src/lab/process.ts";
import { shopIsDown } from "./lab.ts";
import { distFolder } from "./rampart.ts";
import { root, scratch } from "./site.ts";

/** With RAMPART_SCENARIOS_KEEP=1 the shop stays up, for a look at it and for the next run. */
const keep = process.env.RAMPART_SCENARIOS_KEEP === "1";

/** Builds the command line for the scenarios; at their end, well or not, nothing of them is left. */
export default async function setup(): Promise<() => Promise<void>> {
  await mustRun([process.execPath, join(root, "scripts/build.js"), distFolder]);
  if (!keep) rmSync(join(scratch, "shop.state"), { force: true });
  return async () => {
    if (keep) return;
    await shopIsDown();
    rmSync(scratch, { recursive: true, force: true });
    rmSync(distFolder, { recursive: true, force: true });
  };
}
