import { figuresFolder } from "../../contract/figures.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { FileResource, Resource } from "../../model/resource.ts";
import { type Host, type Topology, tierName } from "../../model/topology.ts";
import { header } from "./header.ts";

export const exporterPort = 9100;
const folder = "/etc/rampart/tls";
const webFile = "/etc/rampart/exporter-web.yml";
const argumentsFile = "/etc/default/prometheus-node-exporter";
const dropIn = "/etc/systemd/system/prometheus-node-exporter.service.d/rampart.conf";

/** The host's own measurements, and the identity with which every exporter of the host answers the monitor. */
export function exporterResources(host: Host, topology: Topology): readonly Resource[] {
  const identity = "Measurements go to the monitor alone, and it knows whom it asks.";
  const why = "The monitor watches processor, memory, disk, network and units of every host.";
  return [
    {
      ...{ kind: "certificate", role: "base", path: "", why: identity, group: "prometheus" },
      ...{ commonName: host.fqdn, dnsNames: [host.fqdn], ipAddresses: [], usages: ["server"] },
      ...{ certificateFile: `${folder}/exporter.crt`, keyFile: `${folder}/exporter.key` },
    },
    textFile(webFile, webConfig(host, topology, identity), identity),
    textFile(argumentsFile, exporterArguments(host, topology, why), why),
    textFile(dropIn, hardening(host, why), why),
    {
      ...{ kind: "unit", role: "base", path: "", why, name: "prometheus-node-exporter.service", state: "running" },
      // The exporter reads its certificate and web file anew at every handshake.
      reloadOn: [],
      restartOn: [`file:${argumentsFile}`, `file:${dropIn}`],
    },
  ];
}

function textFile(file: string, content: string, why: string): FileResource {
  return { kind: "file", role: "base", path: "", why, file, content, mode: "0644", owner: "root", group: "root" };
}

/** The web file of Prometheus' exporters (exporter-toolkit, docs/web-configuration.md). */
function webConfig(host: Host, { site }: Topology, why: string): string {
  return `# ${header(host, why)}
tls_server_config:
  cert_file: ${folder}/exporter.crt
  key_file: ${folder}/exporter.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: /etc/rampart/ca.crt
  # Not just any certificate of the site.
  client_allowed_sans: ["${tierName(site, "monitor")}"]
  min_version: TLS13
`;
}

/** Units that the roles bring; the hundred others of a Debian host would cost more than they tell. */
export const watchedUnits: readonly string[] = [
  ...["haproxy", "nginx", "keepalived", "mariadb", "etcd", "prometheus*", "ssh", "nftables", "systemd-networkd"],
  ...["systemd-journald", "app-*", "rampart-*"],
];

const withoutDisk =
  "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|mqueue|nsfs|proc|pstore|ramfs|rpc_pipefs|securityfs|squashfs|sysfs|tmpfs|tracefs)$";

/** Only what alerts and dashboards ask for: each collector costs time on every host at every scrape. */
function exporterArguments(host: Host, { networks }: Topology, why: string): string {
  const collectors = ["conntrack", "cpu", "diskstats", "filesystem", "loadavg", "meminfo", "netdev", "systemd"];
  const words = [
    `--web.listen-address=${host.inside}:${exporterPort}`,
    `--web.config.file=${webFile}`,
    "--web.disable-exporter-metrics",
    "--log.level=warn",
    "--collector.disable-defaults",
    ...[...collectors, "textfile", "time", "uname", "vmstat"].map((name) => `--collector.${name}`),
    `--collector.netdev.device-include=^(${networks.insideInterface}|${networks.outsideInterface})$`,
    // Tells who holds the virtual address.
    ...(host.tier === "balancer" ? ["--collector.netdev.address-info"] : []),
    `--collector.systemd.unit-include=(${watchedUnits.join("|").replaceAll("*", ".*")})[.]service`,
    `--collector.filesystem.fs-types-exclude=${withoutDisk}`,
    `--collector.textfile.directory=${figuresFolder}`,
  ];
  return `# ${header(host, why)}\nARGS='${words.join(" ")}'\n`;
}

/** It reads /proc, the mount table and the bus, and answers over one port: nothing else is left to it. */
function hardening(host: Host, why: string): string {
  const lines = [
    "One thread is plenty, and more of them cost memory.",
    ["Environment", "GOMAXPROCS=1 GOMEMLIMIT=24MiB"],
    ["Restart", "always"],
    ["RestartSec", "1s"],
    ["CapabilityBoundingSet", ""],
    ["NoNewPrivileges", "yes"],
    ["LockPersonality", "yes"],
    ["MemoryDenyWriteExecute", "yes"],
    ["PrivateDevices", "yes"],
    ["PrivateTmp", "yes"],
    ["ProtectClock", "yes"],
    ["ProtectControlGroups", "yes"],
    ["ProtectHome", "yes"],
    ["ProtectHostname", "yes"],
    ["ProtectKernelLogs", "yes"],
    ["ProtectKernelModules", "yes"],
    ["ProtectKernelTunables", "yes"],
    'Not "strict": every file system would then look read-only to it.',
    ["ProtectSystem", "full"],
    ["RemoveIPC", "yes"],
    ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX AF_NETLINK"],
    ["RestrictNamespaces", "yes"],
    ["RestrictRealtime", "yes"],
    ["RestrictSUIDSGID", "yes"],
    ["SystemCallArchitectures", "native"],
    ["SystemCallFilter", "@system-service"],
    ["SystemCallFilter", "~@privileged @resources"],
    ["UMask", "0077"],
  ] as const;
  return systemdFile([{ name: "Service", lines }], header(host, why));
}
