import { agentPort } from "../../contract/database.ts";
import { nodeConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { backupOf } from "../../model/backup.ts";
import { type DashboardSettings, dashboardPort } from "../../model/dashboard.ts";
import { logsFolder, logsHost, senderFiles } from "../../model/logs.ts";
import { keepsForAll } from "../../model/monitors.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Check } from "../../model/role.ts";
import { programReference } from "../../model/secret.ts";
import type { Site } from "../../model/site.ts";
import { visitorNames } from "../../model/site-names.ts";
import { type Host, hostsOf, type Topology, tierName } from "../../model/topology.ts";
import { header } from "./header.ts";
import { local } from "./paths.ts";

// The dashboard: a program of ours that reads what Prometheus, Alertmanager, the database's agents and the journals say.

const origin: Origin = {
  role: "monitor",
  path: "monitor",
  why: "One page tells whether the site is well, reached through an SSH tunnel: rampart dashboard.",
};
const account = "rampart-dashboard";
const files = {
  folder: "/etc/rampart/dashboard",
  settings: "/etc/rampart/dashboard/settings.json",
  certificate: "/etc/rampart/dashboard/dashboard.crt",
  key: "/etc/rampart/dashboard/dashboard.key",
  ca: "/etc/rampart/ca.crt",
  program: "/usr/local/lib/rampart/dashboard.mjs",
  unit: "/etc/systemd/system/rampart-dashboard.service",
} as const;

export function dashboardResources(host: Host, topology: Topology): readonly Resource[] {
  const head = header(host, origin.why);
  const file = (path: string, content: string): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode: "0644", owner: "root", group: "root" },
  });
  const name = tierName(topology.site, "monitor");
  return [
    { ...origin, kind: "package", name: "nodejs", why: "Runs the dashboard." },
    {
      ...origin,
      kind: "user",
      name: account,
      home: "/nonexistent",
      groups: keepsForAll(host) ? ["systemd-journal-remote"] : [],
    },
    { ...origin, kind: "directory", directory: files.folder, mode: "0755", owner: "root", group: "root" },
    { ...origin, kind: "directory", directory: "/usr/local/lib/rampart", mode: "0755", owner: "root", group: "root" },
    {
      ...{ ...origin, kind: "certificate", commonName: name, dnsNames: [name], ipAddresses: [], usages: ["client"] },
      ...{ certificateFile: files.certificate, keyFile: files.key, group: account },
      why: "The database's agents tell the monitor how they stand, and nobody else.",
    },
    file(files.settings, settingsText(host, topology, head)),
    file(files.program, `// ${head}\n${programReference("dashboard")}\n`),
    file(files.unit, unitText(host, topology, head)),
    {
      ...{ ...origin, kind: "unit", name: "rampart-dashboard.service", state: "running", reloadOn: [] },
      restartOn: [files.settings, files.program, files.unit].map((path) => `file:${path}`),
    },
  ];
}

function settingsText(host: Host, topology: Topology, head: string): string {
  return `${JSON.stringify(dashboardSettings(host, topology, head), undefined, 2)}\n`;
}

export function dashboardSettings(host: Host, topology: Topology, head: string): DashboardSettings {
  const { site } = topology;
  return {
    "//": head,
    site: site.name,
    environment: site.environment.name,
    domain: site.domain,
    url: `https://${site.environment.localDomain}:${site.environment.httpsPort}/`,
    listen: { address: "127.0.0.1", port: dashboardPort },
    prometheus: `http://${local.prometheus}`,
    alertmanager: `http://${local.alertmanager}`,
    me: host.name,
    opensTls: site.tls.terminate,
    address: topology.networks.virtual,
    retentionDays: site.monitor.retentionDays,
    hosts: topology.hosts.map((one) => ({
      ...{ name: one.name, tier: one.tier, service: one.service ?? null, address: one.inside, fqdn: one.fqdn },
      journal: keepsForAll(host) ? senderFiles(one) : [],
    })),
    logs: logsHost(topology)?.name ?? "",
    services: site.app.map(({ name, routes, database }) => ({
      ...{ name, database },
      routes: routes.map((route) => `${route.host ?? ""}${route.path}`),
    })),
    database: databaseSettings(site),
    names: visitorNames(site),
    identity: { ca: files.ca, certificate: files.certificate, key: files.key },
  };
}

function databaseSettings(site: Site): DashboardSettings["database"] {
  if (site.database === undefined) return null;
  const { mode, promise } = site.database;
  return { mode, promise: promise ?? null, agentPort, backup: backupOf(site) !== undefined };
}

function unitText(host: Host, topology: Topology, head: string): string {
  const members = hostsOf(topology, "database").map(({ inside }) => inside);
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "The dashboard of the site"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "notify"],
          ["NotifyAccess", "all"],
          ["User", account],
          ["ExecStart", `/usr/bin/node --max-old-space-size=96 ${files.program} ${files.settings}`],
          ["Restart", "always"],
          ["RestartSec", "1s"],
          "Whoever looks at it must not keep the monitor from its work.",
          ["MemoryMax", "256M"],
          ["CPUWeight", "30"],
          ["Nice", "5"],
          ...nodeConfinement,
          "It reads the journals of all hosts where they are kept; of the rest it sees no secrets, and writes nothing.",
          ["ReadOnlyPaths", `${keepsForAll(host) ? "" : "-"}${logsFolder}`],
          ["InaccessiblePaths", "-/etc/prometheus -/var/lib/prometheus -/etc/rampart/tls -/root -/var/lib/rampart"],
          "Programs beside it, and the agents of the database.",
          ["IPAddressAllow", ["localhost", ...members].join(" ")],
          ["IPAddressDeny", "any"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    head,
  );
}

/** True when the dashboard answers, and knows something. */
export function dashboardCheck(host: Host): Check {
  return {
    ...{ id: "monitor.dashboard", role: "monitor", host: host.name, from: [host.name], within: 30 },
    promise: `the dashboard of ${host.name} answers with figures`,
    script: `answer=$(curl -fsS -m 5 http://127.0.0.1:${dashboardPort}/api/overview) || { echo "the dashboard does not answer"; exit 1; }
case "$answer" in *'"fresh":true'*) ;; *) echo "the dashboard has no data"; exit 1 ;; esac`,
  };
}
