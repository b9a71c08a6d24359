import { rmSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../../../src/lab/process.ts";
import { labsAreDown } from "./lab.ts";
import { root } from "./site.ts";

/**
 * Builds the command line for the scenarios; at their end, well or not, nothing of them is left. With
 * RAMPART_SCENARIOS_KEEP=1 the shop stays up, for a look at it and for the next run.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const dist = join(root, "test/dist", String(process.pid));
  process.env.RAMPART_SCENARIOS_DIST = dist;
  process.env.RAMPART_SCENARIOS_RUN = String(process.pid);
  await mustRun([process.execPath, join(root, "scripts/build.js"), dist]);
  return async () => {
    if (process.env.RAMPART_SCENARIOS_KEEP !== "1") await labsAreDown();
    rmSync(dist, { recursive: true, force: true });
  };
}
