import { figuresFolder } from "../../contract/figures.ts";
import { strictConfinement } from "../../formats/hardening.ts";
import { type NginxDirective, nginxBlock, nginxClient } from "../../formats/nginx.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { logsFolder, logsPort, senderAddress } from "../../model/logs.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Check } from "../../model/role.ts";
import { type Host, insideHosts, type Service, type Topology } from "../../model/topology.ts";
import { header } from "./header.ts";
import { logsSeenProgram } from "./logs-seen.ts";
import { insideTls } from "./nginx.ts";

// The journals of all hosts. Debian builds systemd-journal-remote without the check of clients' certificates ("--trust= is not
// available"): nginx in front of it checks them, and tells it by a loopback address whose journal it gets.

const origin: Origin = {
  role: "monitor",
  path: "monitor",
  why: "The logs of all hosts are in one place, where they can be searched.",
};

export const logsCertificate = "/etc/nginx/tls/logs.crt";
const key = "/etc/nginx/tls/logs.key";
const receiver = "127.0.0.1:19533";
const files = {
  config: "/etc/systemd/journal-remote.conf.d/rampart.conf",
  unit: "/etc/systemd/system/rampart-logs.service",
  seen: "/usr/local/lib/rampart/logs-seen",
  seenUnit: "/etc/systemd/system/rampart-logs-seen.service",
} as const;

export function logsServices(host: Host): readonly Service[] {
  return [
    {
      ...{ name: "monitor.logs", role: "monitor", host: host.name, address: host.inside, port: logsPort },
      ...{ protocol: "tcp", tlsName: host.fqdn, summary: "Takes the logs of every host." },
    },
  ];
}

/** Who sends, by certificate, and the way to the store. */
export function logsNginx(host: Host, topology: Topology): readonly NginxDirective[] {
  const senders = insideHosts(topology).map((one) => `${nginxClient(one.fqdn)} ${senderAddress(one)}`);
  return [
    "# Logs: the certificate says whose they are. By this address the store keeps hosts apart.",
    nginxBlock("map $ssl_client_s_dn $sender", 'default ""', ...senders),
    nginxBlock(
      "server",
      `listen ${host.inside}:${logsPort} ssl default_server backlog=1024`,
      "server_name _",
      `ssl_certificate ${logsCertificate}`,
      `ssl_certificate_key ${key}`,
      ...insideTls,
      "# One request is all that a host has to say at a time, however long it was not heard.",
      "client_max_body_size 0",
      "keepalive_timeout 1h",
      "keepalive_time 24h",
      "keepalive_requests 1000000",
      nginxBlock(
        "location = /upload",
        nginxBlock('if ($sender = "")', "return 403"),
        `proxy_pass http://${receiver}`,
        "proxy_bind $sender",
        "proxy_http_version 1.1",
        "proxy_request_buffering off",
        "proxy_read_timeout 10m",
        "proxy_send_timeout 10m",
      ),
      nginxBlock("location /", "return 404"),
    ),
  ];
}

export function logsResources(host: Host, topology: Topology): readonly Resource[] {
  const head = header(host, origin.why);
  const file = (path: string, content: string, mode = "0644"): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  const unit = (name: string, restartOn: readonly string[]): Resource => ({
    ...{ ...origin, kind: "unit", name, state: "running", reloadOn: [] },
    restartOn: restartOn.map((path) => `file:${path}`),
  });
  return [
    { ...origin, kind: "package", name: "systemd-journal-remote" },
    {
      ...{ ...origin, kind: "certificate", commonName: host.fqdn, dnsNames: [host.fqdn], ipAddresses: [] },
      ...{ usages: ["server"], certificateFile: logsCertificate, keyFile: key, group: "root" },
      why: "How hosts know the monitor that they tell everything.",
    },
    file(files.config, configText(head)),
    file(files.unit, receiverUnit(head)),
    file(files.seen, logsSeenProgram(insideHosts(topology), head), "0755"),
    file(files.seenUnit, seenUnit(head)),
    unit("rampart-logs.service", [files.config, files.unit]),
    unit("rampart-logs-seen.service", [files.seen, files.seenUnit]),
  ];
}

/** journal-remote.conf(5). When the disk is nearly full nothing is taken: hosts keep what they have to say. */
function configText(head: string): string {
  return `# ${head}
[Remote]
Seal=false
SplitMode=host
MaxUse=4G
KeepFree=2G
MaxFileSize=32M
`;
}

function receiverUnit(head: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Keeps the logs of all hosts"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "notify"],
          ["User", "systemd-journal-remote"],
          ["ExecStart", `/usr/lib/systemd/systemd-journal-remote --listen-http=${receiver} --output=${logsFolder}/`],
          ["LogsDirectory", "journal/remote"],
          ["LogsDirectoryMode", "0750"],
          ["Restart", "always"],
          ["RestartSec", "1s"],
          ["WatchdogSec", "3min"],
          "A file for each host that is open all the time, and older ones.",
          ["LimitNOFILE", "65536"],
          ...strictConfinement,
          "Its group reads what it keeps: the dashboard.",
          ["UMask", "0027"],
          ["ExecStartPre", `-/bin/sh -c 'chmod g+r ${logsFolder}/*.journal'`],
          "Nobody but nginx beside it, in the name of a host.",
          ["IPAddressAllow", "localhost"],
          ["IPAddressDeny", "any"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    head,
  );
}

function seenUnit(head: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "When each host was last heard of: a figure for Prometheus"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["ExecStart", files.seen],
          ["Restart", "always"],
          ["RestartSec", "5s"],
          ...strictConfinement,
          "It looks at the times of files of another account, and the folder of figures belongs to their exporter.",
          ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH"],
          ["PrivateNetwork", "yes"],
          ["RestrictAddressFamilies", "AF_UNIX"],
          ["ReadWritePaths", figuresFolder],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    head,
  );
}

/** True when the store has a journal of every host. */
export function logsCheck(host: Host, topology: Topology): Check {
  const places = insideHosts(topology)
    .map((one) => `${one.name}:${senderAddress(one)}`)
    .join(" ");
  return {
    ...{ id: "monitor.logs", role: "monitor", host: host.name, from: [host.name], within: 30 },
    promise: `${host.name} has the logs of every host`,
    script: `missing=
for one in ${places}; do
  [ -s "${logsFolder}/remote-\${one#*:}.journal" ] || missing="$missing \${one%%:*}"
done
[ -z "$missing" ] || { echo "no logs have come from:$missing"; exit 1; }`,
  };
}
