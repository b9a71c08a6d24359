import { isKept } from "../../model/status.ts";
import { statusText } from "../../report/status.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { openSite } from "../site.ts";
import { siteStatus } from "../status.ts";

/** Shows how the site is now. Exit code 1 when a host is not well, an alert fires, or the database does not keep its promise now. */
export async function statusCommand(options: GlobalOptions): Promise<number> {
  const open = await openSite(options);
  const status = await siteStatus(open);
  if (options.json) writeJson(status);
  else writeText(statusText(status, reportStyle()));
  const well =
    status.hosts.every((host) => host.state === "well") && status.alerts.every((alert) => alert.state !== "firing");
  const kept = status.database === null || isKept(status.database);
  return well && kept && status.alertsKnown ? exitCodes.done : exitCodes.failed;
}
