import { confinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Host } from "../../model/topology.ts";
import { accessLog, accessLogFolder } from "./facts.ts";

// Where visitors' TLS ends here, nginx logs every request. Into a file, many lines at once: the journal costs a third of the
// requests a second (measured), and drops lines beyond its own limit.

const unit = "rampart-access-log";
const rotation = "/etc/rampart/access-log.conf";
const origin: Origin = {
  role: "web",
  path: "tls.terminate",
  why: "The log of all requests is kept, and kept small.",
};

export function accessLogResources(host: Host): readonly Resource[] {
  const note = (why: string) => `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`;
  const service = `/etc/systemd/system/${unit}.service`;
  const timer = `/etc/systemd/system/${unit}.timer`;
  return [
    { ...origin, kind: "package", name: "logrotate" },
    { ...origin, kind: "directory", directory: accessLogFolder, mode: "0755", owner: "root", group: "root" },
    file(rotation, `# ${note("the log of all requests is kept small.")}\n${rotationText}`),
    file(service, serviceText(note("the log of all requests is kept small."))),
    file(timer, timerText(note("looks every minute how large the log of all requests is."))),
    {
      ...origin,
      ...{ kind: "unit", name: `${unit}.timer`, state: "running", reloadOn: [] },
      check: `logrotate --debug ${rotation} > /dev/null`,
      restartOn: [`file:${timer}`],
    },
  ];
}

/** logrotate(8). nginx opens the new file when it is told to (USR1). */
const rotationText = `${accessLog} {
  size 64M
  rotate 8
  compress
  delaycompress
  missingok
  notifempty
  create 0640 www-data adm
  postrotate
    [ ! -e /run/nginx.pid ] || kill -USR1 "$(cat /run/nginx.pid)"
  endscript
}
`;

function serviceText(header: string): string {
  return systemdFile(
    [
      { name: "Unit", lines: [["Description", "Keeps the log of all requests small"]] },
      {
        name: "Service",
        lines: [
          ["Type", "oneshot"],
          ["StateDirectory", unit],
          ["ExecStart", `/usr/sbin/logrotate --state /var/lib/${unit}/state ${rotation}`],
          ["CapabilityBoundingSet", "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL"],
          ...confinement,
          ["PrivateNetwork", "yes"],
          ["SystemCallFilter", "@system-service"],
          ["ReadWritePaths", accessLogFolder],
        ],
      },
    ],
    header,
  );
}

function timerText(header: string): string {
  return systemdFile(
    [
      { name: "Unit", lines: [["Description", "Looks how large the log of all requests is"]] },
      {
        name: "Timer",
        lines: [
          ["OnActiveSec", "1min"],
          ["OnUnitActiveSec", "1min"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "timers.target"]] },
    ],
    header,
  );
}

function file(path: string, content: string): FileResource {
  return { ...origin, kind: "file", file: path, content, mode: "0644", owner: "root", group: "root" };
}
