import type { SiteDashboard } from "../model/dashboard.ts";
import type { DashboardInput } from "./input-monitor.ts";
import { localName } from "./names.ts";
import type { Choose } from "./resolve-web.ts";

/** Where the dashboard is served besides the monitor's own loopback, with the reason of every default. */
export function monitorDashboard(given: DashboardInput | undefined, choose: Choose): SiteDashboard | undefined {
  if (given === undefined)
    return choose(
      "monitor.dashboard",
      undefined,
      undefined,
      "who may look is who may log in by SSH: rampart dashboard",
    );
  const at = (key: string) => `monitor.dashboard.${key}`;
  return {
    domain: choose(at("domain"), given.domain, given.domain, ""),
    localDomain: choose(
      at("localDomain"),
      undefined,
      localName(given.domain),
      `the last label of ${JSON.stringify(given.domain)} replaced: browsers look up .localhost names on this machine`,
    ),
    users: choose(at("users"), given.users, given.users, ""),
  };
}
