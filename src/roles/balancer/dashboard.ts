import { parseDuration } from "../../base/rate.ts";
import type { HaproxySection } from "../../formats/haproxy.ts";
import { toInside } from "../../formats/haproxy-parts.ts";
import { limitOf } from "../../formats/haproxy-visitors.ts";
import { dashboardUsers } from "../../model/dashboard.ts";
import type { FileResource } from "../../model/resource.ts";
import { secretReference } from "../../model/secret.ts";
import type { Site } from "../../model/site.ts";
import { dashboardNames } from "../../model/site-names.ts";
import { type DeclaredFlow, type Host, offersOf, type Topology } from "../../model/topology.ts";
import { calmErrors } from "./facts.ts";

// The dashboard on a name of its own: who may see it is asked here, before anything goes inside.

const usersFile = "/etc/haproxy/dashboard-users.cfg";
const list = "dashboard_users";
const mine = "{ var(txn.dashboard) -m bool }";

/** Who may log in; read before HAProxy gives up root's rights. */
export function dashboardConfigs(host: Host, { monitor }: Site): readonly FileResource[] {
  if (monitor.dashboard === undefined) return [];
  const why = "who may log in at the dashboard.";
  return [
    {
      ...{ role: "balancer", path: "monitor.dashboard.users", why: "People log in before they see the dashboard." },
      ...{ kind: "file", file: usersFile, mode: "0600", owner: "root", group: "root" },
      content: `# Made by Rampart for ${host.name}: change the site file instead. Why: ${why}\nuserlist ${list}\n${secretReference(dashboardUsers)}\n`,
    },
  ];
}

/** For the frontend that visitors reach, after their limits. */
export function dashboardLines(site: Site): readonly string[] {
  const names = dashboardNames(site);
  if (names.length === 0) return [];
  const logins = limitOf(site.limits.logins);
  const guess = "{ var(txn.guess) -m bool }";
  const counted =
    logins === undefined
      ? []
      : [
          `http-request set-var(txn.guess) bool(true) if ${mine} !{ var(txn.known) -m bool } { req.hdr(authorization) -m found } !{ var(sess.member) -m bool }`,
          `http-request track-sc1 src table logins if ${guess}`,
          `http-request track-sc2 src table bans if ${guess}`,
          `http-request sc-inc-gpc0(1) if ${guess}`,
          `http-request sc-set-gpt0(2) date(${parseDuration(site.limits.ban) ?? 3600}) if ${guess} { sc1_gpc0_rate ge ${logins.count} }`,
        ];
  return [
    "",
    "# The dashboard. A wrong password counts as a failed log-in of the site.",
    `http-request set-var(txn.dashboard) bool(true) if { var(txn.host) -m str ${names.join(" ")} }`,
    `http-request set-var(txn.known) bool(true) if ${mine} { http_auth(${list}) }`,
    ...counted,
    `http-request auth realm dashboard if ${mine} !{ var(txn.known) -m bool }`,
    `http-request del-header Authorization if ${mine}`,
  ];
}

export function useDashboard(site: Site): readonly string[] {
  return site.monitor.dashboard === undefined ? [] : [`use_backend dashboard if ${mine}`];
}

export function dashboardBackend(topology: Topology): readonly HaproxySection[] {
  if (topology.site.monitor.dashboard === undefined) return [];
  return [
    {
      kind: "backend",
      name: "dashboard",
      from: "http",
      why: "The dashboard, for those who have logged in.",
      lines: [
        ...calmErrors,
        ...offersOf(topology, "monitor.dashboard").map(
          ({ host, address, port, tlsName }, index, { length }) =>
            `server ${host} ${address}:${port} ${toInside(tlsName ?? host)}${length > 1 ? " check" : ""}${index > 0 ? " backup" : ""}`,
        ),
      ],
    },
  ];
}

export function dashboardFlow(site: Site): readonly DeclaredFlow[] {
  if (site.monitor.dashboard === undefined) return [];
  return [
    {
      ...{ role: "balancer", from: { kind: "tier", tier: "balancer" }, to: "monitor.dashboard" },
      ...{ path: "monitor.dashboard", why: "The balancers show the dashboard to those who have logged in." },
    },
  ];
}
