import { qpsText } from "../../report/qps.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { askOverview } from "../overview.ts";
import { drawUntilInterrupted } from "../screen.ts";
import { openSite } from "../site.ts";

/** Requests a second by tier, service, host and status class; live until Ctrl-C, or once. Exit code 1 when there are no figures. */
export async function qpsCommand(options: GlobalOptions & { readonly once: boolean }): Promise<number> {
  const open = await openSite(options);
  if (options.json || options.once) {
    const { site, now, data, traffic } = await askOverview(open);
    if (options.json) writeJson({ site, now, data, ...traffic });
    else writeText(qpsText({ site, data, traffic }, reportStyle()));
    return data.fresh ? exitCodes.done : exitCodes.failed;
  }
  await drawUntilInterrupted(2000, async () => qpsText(await askOverview(open), reportStyle()));
  return exitCodes.done;
}
