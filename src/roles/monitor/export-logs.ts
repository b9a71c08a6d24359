import { figuresFolder } from "../../contract/figures.ts";
import { nodeConfinement } from "../../formats/hardening.ts";
import { type SystemdLine, systemdFile } from "../../formats/systemd.ts";
import { exportSecrets, type LogExportSettings, type SyslogExport } from "../../model/export.ts";
import { logsFolder, senderFiles } from "../../model/logs.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import { programReference, secretReference } from "../../model/secret.ts";
import type { Site } from "../../model/site.ts";
import { type DeclaredFlow, type Host, insideHosts, type Topology } from "../../model/topology.ts";
import { header } from "./header.ts";

// The journals of all hosts, to a place of the operator's, by syslog over TLS.

const origin: Origin = {
  role: "monitor",
  path: "monitor.export.syslog",
  why: "The logs of all hosts go to a place of the operators', too.",
};
const account = "rampart-export";
const files = {
  settings: "/etc/rampart/log-export.json",
  trust: "/etc/rampart/log-export-ca.crt",
  program: "/usr/local/lib/rampart/log-export.mjs",
  unit: "/etc/systemd/system/rampart-log-export.service",
  figures: `${figuresFolder}/rampart-log-export.prom`,
} as const;
const debianTrust = "/etc/ssl/certs/ca-certificates.crt";

export function logExportFlows({ monitor }: Site): readonly DeclaredFlow[] {
  const given = monitor.export?.syslog;
  if (given === undefined) return [];
  // A name may stand for any address, and for another one tomorrow.
  const address = isAddress(given.host) ? given.host : "0.0.0.0/0";
  const to = { address, port: given.port, protocol: "tcp", name: "syslog" } as const;
  return [{ role: "monitor", from: { kind: "keeper" }, to, why: origin.why, path: origin.path }];
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host);
}

export function logExportResources(host: Host, topology: Topology): readonly Resource[] {
  const given = topology.site.monitor.export?.syslog;
  if (given === undefined) return [];
  const head = header(host, origin.why);
  const file = (path: string, content: string): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode: "0644", owner: "root", group: "root" },
  });
  const trust = given.trust === undefined ? [] : [file(files.trust, `${secretReference(exportSecrets.logsTrust)}\n`)];
  const own = [
    file(files.settings, settingsText(given, topology)),
    file(files.program, `// ${head}\n${programReference("log-export")}\n`),
    file(files.unit, unitText(given, head)),
    ...trust,
  ];
  return [
    { ...origin, kind: "package", name: "nodejs", why: "Sends the logs." },
    { ...origin, kind: "user", name: account, home: "/nonexistent", groups: ["systemd-journal-remote"] },
    { ...origin, kind: "directory", directory: "/usr/local/lib/rampart", mode: "0755", owner: "root", group: "root" },
    ...own,
    {
      ...{ ...origin, kind: "unit", name: "rampart-log-export.service", state: "running", reloadOn: [] },
      restartOn: own.map((one) => `file:${one.file}`),
    },
  ];
}

function settingsText({ host, port, trust }: SyslogExport, topology: Topology): string {
  const settings: LogExportSettings = {
    ...{ host, port, trust: trust === undefined ? debianTrust : files.trust },
    senders: insideHosts(topology).map((one) => ({ host: one.fqdn, journal: senderFiles(one) })),
    figures: files.figures,
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

function unitText({ host }: SyslogExport, head: string): string {
  const only: readonly SystemdLine[] = isAddress(host)
    ? [
        ["IPAddressAllow", `localhost ${host}`],
        ["IPAddressDeny", "any"],
      ]
    : [];
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Sends the logs of all hosts to the operators' own place"],
          ["Wants", "network-online.target"],
          ["After", "network-online.target rampart-logs.service"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["User", account],
          "The folder of figures belongs to their exporter; here is one file in it to write to.",
          ["ExecStartPre", `+/usr/bin/install -o ${account} -g ${account} -m 0644 /dev/null ${files.figures}`],
          ["ExecStart", `/usr/bin/node --max-old-space-size=64 ${files.program} ${files.settings}`],
          ["StateDirectory", "rampart-log-export"],
          ["Restart", "always"],
          ["RestartSec", "1s"],
          "Whatever there is to send, it must not keep the monitor from its work.",
          ["MemoryMax", "192M"],
          ["CPUWeight", "30"],
          ["Nice", "5"],
          ...nodeConfinement,
          "Of the rest of the host it sees no secrets.",
          ["ReadOnlyPaths", logsFolder],
          "The folder belongs to root, so that of it only its own file can be written.",
          ["ReadWritePaths", figuresFolder],
          ["InaccessiblePaths", "-/etc/prometheus -/etc/rampart/tls -/root -/var/lib/rampart"],
          ...only,
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    head,
  );
}
