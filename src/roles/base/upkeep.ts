import { systemdFile } from "../../formats/systemd.ts";
import { isGalera } from "../../model/galera.ts";
import type { FileResource, Resource, UnitResource } from "../../model/resource.ts";
import type { Host, Topology } from "../../model/topology.ts";
import { header } from "./header.ts";

/** What keeps a host well without anyone's doing: time, logs that do not fill the disk, security updates. */
export function upkeepResources(host: Host, topology: Topology): readonly Resource[] {
  return [...timeResources(), ...journalResources(host), ...updateResources(host, topology)];
}

function timeResources(): readonly Resource[] {
  const why = "Certificates, logs and measurements need the right time.";
  return [unit("systemd-timesyncd.service", "settled", why, [])];
}

function journalResources(host: Host): readonly Resource[] {
  const why = "Logs survive a reboot, and no amount of them fills the disk.";
  const text = `# ${header(host, why)}
[Journal]
Storage=persistent
SystemMaxUse=256M
SystemKeepFree=1G
RuntimeMaxUse=32M
MaxRetentionSec=1month
# One service that talks without end does not drown the others.
RateLimitIntervalSec=10s
RateLimitBurst=20000
`;
  const conf = textFile("/etc/systemd/journald.conf.d/50-rampart.conf", text, why);
  return [conf, unit("systemd-journald.service", "running", why, [conf])];
}

function updateResources(host: Host, topology: Topology): readonly Resource[] {
  const why = "Security updates of Debian are installed every night, one host of a tier after another.";
  const periodic = textFile(
    "/etc/apt/apt.conf.d/20auto-upgrades",
    `// ${header(host, why)}\nAPT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n`,
    why,
  );
  const origins = textFile("/etc/apt/apt.conf.d/52rampart", unattendedUpgrades(host, topology, why), why);
  const timer = textFile("/etc/systemd/system/apt-daily-upgrade.timer.d/rampart.conf", upgradeTimer(host, why), why);
  const timers = [
    unit("apt-daily.timer", "running", why, []),
    unit("apt-daily-upgrade.timer", "running", why, [timer]),
  ];
  return [periodic, origins, timer, ...timers];
}

function unattendedUpgrades(host: Host, { site }: Topology, why: string): string {
  const waiting = host.tier === "database" && !isGalera(site) ? waitingMariadb : "";
  return `// ${header(host, why)}
// Debian's own list holds the point releases too: those come when an operator wants them.
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern {
  "origin=Debian,codename=\${distro_codename}-security,label=Debian-Security";
};
// A reboot is an operator's decision: it may move the address or the primary.
Unattended-Upgrade::Automatic-Reboot "false";
Unattended-Upgrade::MinimalSteps "true";
Unattended-Upgrade::Remove-Unused-Dependencies "false";
${waiting}`;
}

/** Their scripts end a server that runs, the primary's too, beside an agent that starts it again (decision 0039). */
const waitingMariadb = `// MariaDB's packages end the server while they are installed. They come by: rampart db upgrade
Unattended-Upgrade::Package-Blacklist {
  "^mariadb-";
  "^libmariadb";
};
`;

/** Half an hour between hosts of a tier: an update that does harm meets one of them first. */
function upgradeTimer(host: Host, why: string): string {
  const minutes = 2 * 60 + (host.index % 6) * 30;
  const at = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
  const lines = [
    ["OnCalendar", ""],
    ["OnCalendar", `*-*-* ${at}`],
    ["RandomizedDelaySec", "10m"],
    "A power cut of all hosts must not end in an upgrade of all hosts.",
    ["Persistent", "false"],
  ] as const;
  return systemdFile([{ name: "Timer", lines }], header(host, why));
}

function textFile(file: string, content: string, why: string): FileResource {
  return { kind: "file", role: "base", path: "", why, file, content, mode: "0644", owner: "root", group: "root" };
}

function unit(name: string, state: UnitResource["state"], why: string, files: readonly FileResource[]): UnitResource {
  const restartOn = files.map(({ file }) => `file:${file}`);
  return { kind: "unit", role: "base", path: "", why, name, state, reloadOn: [], restartOn };
}
