import { nodeConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { DailyReportSettings } from "../../model/report.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import { programReference } from "../../model/secret.ts";
import type { Site } from "../../model/site.ts";
import type { Host } from "../../model/topology.ts";
import { header } from "./header.ts";
import { local } from "./paths.ts";

// The day before, told once a day by the ways of alerts.

const origin: Origin = {
  role: "monitor",
  path: "monitor.alerts.dailyReport",
  why: "Once a day the operators are told how the day before was.",
};
const files = {
  program: "/usr/local/lib/rampart/daily-report.mjs",
  settings: "/etc/rampart/daily-report.json",
  unit: "/etc/systemd/system/rampart-daily-report.service",
  timer: "/etc/systemd/system/rampart-daily-report.timer",
} as const;

export function dailyReportResources(host: Host, site: Site): readonly Resource[] {
  const at = site.monitor.alerts.dailyReport;
  if (at === undefined) return [];
  const head = header(host, origin.why);
  const file = (path: string, content: string): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode: "0644", owner: "root", group: "root" },
  });
  const settings: DailyReportSettings = {
    ...{ site: site.name, environment: site.environment.name },
    ...{ prometheus: local.prometheus, alertmanager: local.alertmanager },
  };
  const timer = file(files.timer, timerText(at, head));
  return [
    { ...origin, kind: "package", name: "nodejs", why: "The program that tells the day runs with it." },
    { ...origin, kind: "directory", directory: "/usr/local/lib/rampart", mode: "0755", owner: "root", group: "root" },
    file(files.program, `// ${head}\n${programReference("daily-report")}\n`),
    file(files.settings, `${JSON.stringify(settings, undefined, 2)}\n`),
    file(files.unit, unitText(head)),
    timer,
    {
      ...{ ...origin, kind: "unit", name: "rampart-daily-report.timer", state: "running", reloadOn: [] },
      restartOn: [`file:${timer.file}`],
    },
  ];
}

function unitText(head: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Tells how the day before was"],
          ["After", "prometheus.service prometheus-alertmanager.service"],
          "Tried for half an hour; then it has failed, and UnitFailed says so.",
          ["StartLimitIntervalSec", "2h"],
          ["StartLimitBurst", "30"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "oneshot"],
          ["ExecStart", `/usr/bin/node --max-old-space-size=64 ${files.program} ${files.settings}`],
          ["DynamicUser", "yes"],
          ["Restart", "on-failure"],
          ["RestartSec", "1min"],
          ["MemoryMax", "192M"],
          ["CPUWeight", "20"],
          ...nodeConfinement,
          "It asks Prometheus and Alertmanager beside it, and nobody else.",
          ["IPAddressAllow", "localhost"],
          ["IPAddressDeny", "any"],
        ],
      },
    ],
    head,
  );
}

function timerText(at: string, head: string): string {
  const lines = [
    ["OnCalendar", `*-*-* ${at}:00 UTC`],
    ["AccuracySec", "1s"],
    "A monitor that was off at that time tells it when it is back.",
    ["Persistent", "true"],
  ] as const;
  return systemdFile(
    [
      { name: "Unit", lines: [["Description", "Once a day"]] },
      { name: "Timer", lines },
      { name: "Install", lines: [["WantedBy", "timers.target"]] },
    ],
    head,
  );
}
