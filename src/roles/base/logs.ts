import { strictConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { logsHost, logsPort, signOfLifeSeconds } from "../../model/logs.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import { type DeclaredFlow, type Host, standsOutside, type Topology } from "../../model/topology.ts";
import { header } from "./header.ts";

const origin: Origin = {
  role: "base",
  path: "monitor",
  why: "What a host said can be searched with what all others said, also when the host is gone.",
};
const files = {
  certificate: "/etc/rampart/tls/logs.crt",
  key: "/etc/rampart/tls/logs.key",
  config: "/etc/systemd/journal-upload.conf.d/rampart.conf",
  dropIn: "/etc/systemd/system/systemd-journal-upload.service.d/rampart.conf",
  life: "/etc/systemd/system/rampart-sign-of-life.service",
  lifeTimer: "/etc/systemd/system/rampart-sign-of-life.timer",
} as const;

export const logFlow: DeclaredFlow = {
  ...{ role: "base", from: { kind: "all-hosts" }, to: "monitor.logs", path: "monitor" },
  why: "Every host sends its logs to the monitor.",
};

/**
 * The host's journal goes to the monitor host, line by line as it is written; what could not be sent is sent later. A probe
 * keeps its own: the monitor has no door that opens to outside.
 */
export function logResources(host: Host, topology: Topology): readonly Resource[] {
  const monitor = logsHost(topology);
  if (monitor === undefined || standsOutside(host)) return [];
  const head = header(host, origin.why);
  return [
    { ...origin, kind: "package", name: "systemd-journal-remote" },
    {
      ...{ ...origin, kind: "certificate", commonName: host.fqdn, dnsNames: [host.fqdn], ipAddresses: [] },
      ...{ usages: ["client"], certificateFile: files.certificate, keyFile: files.key, group: "systemd-journal" },
      why: "The monitor keeps what comes with this certificate as said by this host, and by no other.",
    },
    textFile(files.config, configText(monitor, head)),
    textFile(files.dropIn, systemdFile(uploadUnit, head)),
    {
      ...{ ...origin, kind: "unit", name: "systemd-journal-upload.service", state: "running", reloadOn: [] },
      restartOn: [
        ...[files.config, files.dropIn, "/etc/rampart/ca.crt"].map((path) => `file:${path}`),
        `certificate:${files.certificate}`,
      ],
    },
    ...signOfLife(host),
  ];
}

/** journal-upload.conf(5). */
function configText(monitor: Host, head: string): string {
  return `# ${head}
[Upload]
URL=https://${monitor.fqdn}:${logsPort}
ServerKeyFile=${files.key}
ServerCertificateFile=${files.certificate}
TrustedCertificateFile=/etc/rampart/ca.crt
`;
}

const uploadUnit = [
  { name: "Unit", lines: [["StartLimitIntervalSec", "0"]] },
  {
    name: "Service",
    lines: [
      "It ends whenever the monitor does not take something, and begins again behind the last line that it has taken. A monitor that is off, or",
      "that does not know a new host yet, is no failure of this host.",
      ["SuccessExitStatus", "1"],
      ["Restart", "always"],
      ["RestartSec", "3s"],
      ["RestartSteps", "0"],
      ["RestartMaxDelaySec", "infinity"],
      "A monitor that was lost in the middle of a connection is not waited for longer than this.",
      ["WatchdogSec", "30s"],
      ["WatchdogSignal", "SIGTERM"],
      ...strictConfinement,
    ],
  },
] as const;

/**
 * One line every few minutes: a host whose journal is quiet can be told from one whose journal does not arrive.
 */
function signOfLife(host: Host): readonly Resource[] {
  const why = "Silence of a host at the monitor is a fault, because every host says something every five minutes.";
  const mine = { ...origin, why };
  const service = systemdFile(
    [
      { name: "Unit", lines: [["Description", "Says into the journal that the host is alive"]] },
      {
        name: "Service",
        lines: [
          ["Type", "oneshot"],
          ["ExecStart", "/bin/echo alive"],
          "One line, and none of systemd's own about the unit.",
          ["SyslogLevel", "notice"],
          ["LogLevelMax", "notice"],
          ["DynamicUser", "yes"],
          ...strictConfinement,
          ["PrivateNetwork", "yes"],
        ],
      },
    ],
    header(host, why),
  );
  const timer = systemdFile(
    [
      { name: "Unit", lines: [["Description", "Has the host say that it is alive"]] },
      {
        name: "Timer",
        lines: [
          ["OnActiveSec", "1s"],
          ["OnUnitActiveSec", `${signOfLifeSeconds}s`],
        ],
      },
      { name: "Install", lines: [["WantedBy", "timers.target"]] },
    ],
    header(host, why),
  );
  const restartOn = [files.life, files.lifeTimer].map((path) => `file:${path}`);
  return [
    { ...textFile(files.life, service), why },
    { ...textFile(files.lifeTimer, timer), why },
    // Started by its timer alone; it ends by itself.
    { ...mine, kind: "unit", name: "rampart-sign-of-life.service", state: "off", reloadOn: [], restartOn },
    { ...mine, kind: "unit", name: "rampart-sign-of-life.timer", state: "running", reloadOn: [], restartOn },
  ];
}

function textFile(file: string, content: string): FileResource {
  return { ...origin, kind: "file", file, content, mode: "0644", owner: "root", group: "root" };
}
