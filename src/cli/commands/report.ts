import { RampartError } from "../../base/problem.ts";
import { boundsOf, dayBefore } from "../../model/day.ts";
import { dayText } from "../../report/day.ts";
import { UsageError } from "../arguments.ts";
import { requireHosts } from "../hosts.ts";
import { runOnMonitor } from "../monitors.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { reportOf, reportScript } from "../report.ts";
import { openSite } from "../site.ts";

/** Shows a day: how the site was seen, how much was asked of it, what went wrong. Without a day: yesterday. */
export async function reportCommand(options: GlobalOptions & { readonly day: string | undefined }): Promise<number> {
  const now = new Date();
  const day = options.day ?? dayBefore(now);
  const bounds = /^\d{4}-\d{2}-\d{2}$/.test(day) ? boundsOf(day, now) : undefined;
  if (bounds === undefined) {
    const remedy = `Write it as ${now.toISOString().slice(0, 10)}, which is today.`;
    throw new UsageError(
      "The day is not understood",
      [{ path: "--day", reason: `"${day}" is no day that has begun.`, remedy }],
      "rampart report --help",
    );
  }
  const open = await openSite(options);
  requireHosts(open);
  const { stdout, host: monitor } = await runOnMonitor(open, reportScript(bounds), 120_000);
  const report = reportOf(open.site.name, day, bounds.end, stdout);
  if (report === undefined) {
    throw new RampartError("The monitor did not answer", [
      { path: monitor, reason: "measurements are there, and nowhere else.", remedy: "See how it is: rampart status" },
    ]);
  }
  if (options.json) writeJson(report);
  else writeText(dayText(report, reportStyle()));
  return exitCodes.done;
}
