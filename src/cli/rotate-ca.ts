import { converge } from "../converge/converge.ts";
import type { Emit } from "../model/event.ts";
import { createAuthority } from "../pki/authority.ts";
import type { Move } from "../secrets/rotation.ts";
import { openStore } from "../secrets/store.ts";
import { failedChecks } from "./output.ts";
import type { OpenSite } from "./site.ts";
import { worldOf } from "./world.ts";

/**
 * Replaces the site's CA: trust both, issue from the new one, drop the old one. How far it is stands in the encrypted store, so
 * that it goes on from there after whatever cut it off; a step begins only when the one before is finished on every host.
 * Throws a RampartError when a host cannot be changed or is not well afterwards; the rotation then stands where it is.
 */
export async function rotateCa(
  open: OpenSite,
  emit: Emit,
  options: { readonly pause: boolean },
): Promise<"paused" | "done"> {
  const step = async (move: Move) => (await storeOf(open)).moveRotation(move, open.site.name, new Date());
  const bring = async () => {
    const failed = failedChecks((await converge(await worldOf(open, emit))).checks);
    if (failed) throw failed;
  };
  let phase = (await storeOf(open)).rotation();
  if (phase === undefined) {
    // First what is already wrong or waiting: a rotation is no time for other changes.
    await bring();
    await step({ from: undefined, to: "trust" });
    phase = "trust";
  }
  if (phase === "trust") {
    await bring();
    if (options.pause) return "paused";
    await step({ from: "trust", to: "issue" });
    phase = "issue";
  }
  if (phase === "issue") {
    await bring();
    await step({ from: "issue", to: "drop" });
  }
  await bring();
  await step({ from: "drop", to: "done" });
  return "done";
}

async function storeOf(open: OpenSite) {
  return await openStore(open.folder, open.site.environment.name, { createAuthority });
}
