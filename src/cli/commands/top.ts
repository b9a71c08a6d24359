import { topText } from "../../report/top.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { askOverview } from "../overview.ts";
import { drawUntilInterrupted } from "../screen.ts";
import { openSite } from "../site.ts";

/** The dashboard's overview in the terminal; live until Ctrl-C, or once. Exit code 1 when not all is well, or not all is known. */
export async function topCommand(options: GlobalOptions & { readonly once: boolean }): Promise<number> {
  const open = await openSite(options);
  if (options.json || options.once) {
    const overview = await askOverview(open);
    if (options.json) writeJson(overview);
    else writeText(topText(overview, reportStyle()));
    return overview.verdict.health === "well" ? exitCodes.done : exitCodes.failed;
  }
  await drawUntilInterrupted(2000, async () => topText(await askOverview(open), reportStyle()));
  return exitCodes.done;
}
