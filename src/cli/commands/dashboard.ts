import { spawn } from "node:child_process";
import { RampartError } from "../../base/problem.ts";
import { dashboardPort } from "../../model/dashboard.ts";
import { forward } from "../../ssh/forward.ts";
import { unreachableProblem } from "../../ssh/unreachable.ts";
import { UsageError } from "../arguments.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { writeJson, writeText } from "../output.ts";
import { monitorTarget } from "../overview.ts";
import { openSite } from "../site.ts";

export interface DashboardOptions extends GlobalOptions {
  readonly open: boolean;
  readonly port: string | undefined;
}

/** Makes the dashboard reachable on this machine's loopback until Ctrl-C. */
export async function dashboardCommand(options: DashboardOptions): Promise<number> {
  const port = portOf(options.port);
  const site = await openSite(options);
  // Whoever opens a page that does not answer looks for the fault in the browser.
  const target = await monitorTarget(site);
  const tunnel = await forward(target, port, { host: "127.0.0.1", port: dashboardPort });
  const url = `http://localhost:${tunnel.localPort}/`;
  if (options.json) writeJson({ site: site.site.name, url });
  else
    writeText(
      `${site.site.name} is shown at  ${url}\nThis machine alone reaches it, through SSH to ${target.host}. Ctrl-C ends it.`,
    );
  if (options.open) openBrowser(url);
  const interrupted = new Promise<"interrupted">((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve("interrupted"));
  });
  const end = await Promise.race([interrupted, tunnel.ended]);
  if (end !== "interrupted")
    throw new RampartError(`The way to ${target.host} is closed`, [unreachableProblem(end)], "rampart dashboard");
  await tunnel.close();
  return exitCodes.done;
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(
    "rampart dashboard does not understand this",
    [{ path: "--port", reason: `"${text}" is no port.`, remedy: "Use a number from 1024 to 65535, or leave it out." }],
    "rampart docs dashboard",
  );
}

/** Only where there is a screen to open it on; a browser that does not start is no fault of ours. */
function openBrowser(url: string): void {
  const [program, hasScreen] =
    process.platform === "darwin"
      ? ["open", true]
      : ["xdg-open", (process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY ?? "") !== ""];
  if (!hasScreen) return;
  spawn(program, [url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}
