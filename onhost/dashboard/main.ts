import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
// The page for browsers, bundled before this program is (scripts/build.js).
import html from "page:html";
import icon from "page:icon";
import script from "page:script";
import style from "page:style";
import type { DashboardSettings } from "../../src/model/dashboard.ts";
import { asset } from "./doors.ts";
import { marksOf } from "./marks.ts";
import { watchOf } from "./overview.ts";
import { dashboardServer } from "./serve.ts";

// The dashboard of a site, on its monitor host: `node dashboard.mjs SETTINGS`. It reads and shows; nothing can be changed by it.

const [file = "/etc/rampart/dashboard/settings.json"] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(file, "utf8")) as DashboardSettings;
const marks = marksOf(settings);
const server = dashboardServer({
  settings,
  marks,
  watch: watchOf(settings, marks),
  page: asset("text/html; charset=utf-8", html.replaceAll("{{site}}", settings.site)),
  assets: new Map([
    ["/page.js", asset("text/javascript; charset=utf-8", script)],
    ["/page.css", asset("text/css; charset=utf-8", style)],
    ["/icon.svg", asset("image/svg+xml", icon)],
  ]),
});
server.listen(settings.listen.port, settings.listen.address, () => {
  if (process.env.NOTIFY_SOCKET !== undefined)
    execFile("systemd-notify", ["--ready"], { timeout: 5000 }, () => undefined);
});
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
