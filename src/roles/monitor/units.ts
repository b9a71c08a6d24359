import { type SystemdLine, systemdFile } from "../../formats/systemd.ts";
import { trialLabel } from "../../model/alerts.ts";
import { watchEachOther } from "../../model/monitors.ts";
import type { Site } from "../../model/site.ts";
import type { Host, Topology } from "../../model/topology.ts";
import { header } from "./header.ts";
import { local, paths } from "./paths.ts";
import { gossipArguments } from "./peers.ts";

/** Command line of each program, as Debian's units take it (EnvironmentFile with ARGS). */
export function programArguments(host: Host, topology: Topology, why: string): Readonly<Record<Program, string>> {
  const { retentionDays } = topology.site.monitor;
  const file = (words: readonly string[]) => `# ${header(host, why)}\nARGS='${words.join(" ")}'\n`;
  return {
    prometheus: file([
      `--config.file=${paths.prometheus}`,
      `--web.listen-address=${local.prometheus}`,
      "--storage.tsdb.path=/var/lib/prometheus/metrics2/",
      `--storage.tsdb.retention.time=${retentionDays}d`,
      // Longer than the longest pause between two questions (15 s). What is no longer watched is forgotten after it: Prometheus
      // would take the last word of a job that was removed for its state for five minutes, and an alert with it.
      "--query.lookback-delta=25s",
      "--query.max-concurrency=8",
      "--query.timeout=30s",
      "--log.level=warn",
    ]),
    "prometheus-alertmanager": file([
      `--config.file=${paths.alertmanager}`,
      "--storage.path=/var/lib/prometheus/alertmanager/",
      `--web.listen-address=${local.alertmanager}`,
      ...gossipArguments(host, topology),
      // Only so does it say what was taken: see `deliveriesOnly`.
      "--log.level=debug",
    ]),
    "prometheus-blackbox-exporter": file([
      `--config.file=${paths.blackbox}`,
      `--web.listen-address=${local.blackbox}`,
      "--history.limit=20",
      "--log.level=warn",
    ]),
  };
}

export const programs = ["prometheus", "prometheus-alertmanager", "prometheus-blackbox-exporter"] as const;
export type Program = (typeof programs)[number];

/** Go's collector runs earlier for less memory: a monitor has time. */
const memory: Readonly<Record<Program, string>> = {
  prometheus: "GOGC=50 GOMEMLIMIT=400MiB",
  "prometheus-alertmanager": "GOMAXPROCS=1 GOGC=50 GOMEMLIMIT=48MiB",
  "prometheus-blackbox-exporter": "GOMAXPROCS=1 GOGC=50 GOMEMLIMIT=32MiB",
};

/** Memory and hardening of one of Debian's units. */
export function programDropIn(program: Program, host: Host, site: Site, why: string): string {
  const writes =
    program === "prometheus-blackbox-exporter" ? [] : ([["ReadWritePaths", "/var/lib/prometheus"]] as const);
  const service: readonly SystemdLine[] = [
    ["Environment", memory[program]],
    ...(program === "prometheus-blackbox-exporter" && site.tls.certificate !== "own" ? publicAuthorities : []),
    ...(program === "prometheus-alertmanager" && site.monitor.alerts.trust !== undefined ? alertAuthorities : []),
    ...(program === "prometheus-alertmanager" ? deliveriesOnly : []),
    ["Restart", "always"],
    ["RestartSec", "1s"],
    ...confinement,
    ...writes,
    ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX AF_NETLINK"],
    ["CapabilityBoundingSet", ""],
    ["MemoryDenyWriteExecute", "yes"],
  ];
  const route = "rampart-route.service";
  const unit: readonly SystemdLine[] = [
    ["Wants", route],
    ["After", route],
  ];
  // Its port for the other monitor is one of an address that comes with the network.
  const gossips = program === "prometheus-alertmanager" && watchEachOther(site);
  const before = program === "prometheus" ? [{ name: "Unit", lines: unit }] : gossips ? [afterNetwork] : [];
  return systemdFile([...before, { name: "Service", lines: service }], header(host, why));
}

const afterNetwork: { readonly name: string; readonly lines: readonly SystemdLine[] } = {
  name: "Unit",
  lines: [
    ["Wants", "network-online.target"],
    ["After", "network-online.target"],
    ["StartLimitIntervalSec", "0"],
  ],
};

/** Debian's, and those of the site's public certificate beside them (Go's crypto/x509 reads both places). */
const publicAuthorities: readonly SystemdLine[] = [
  ["Environment", "SSL_CERT_FILE=/etc/rampart/public-ca.crt SSL_CERT_DIR=/etc/ssl/certs"],
];

/** Debian's, and those of the webhook or mail server beside them. */
const alertAuthorities: readonly SystemdLine[] = [
  ["Environment", `SSL_CERT_FILE=${paths.alertTrust} SSL_CERT_DIR=/etc/ssl/certs`],
];

/**
 * That an alert was taken at the first attempt Alertmanager says in its finest log only. Of that the journal keeps deliveries, and all of a
 * trial's (LogFilterPatterns=, systemd 253 and later): a page is looked at every second.
 */
const deliveriesOnly: readonly SystemdLine[] = [
  ["LogFilterPatterns", `~level=(DEBUG|debug) (?!.*(msg="Notify success"|${trialLabel}=))`],
];

/** Keeps the way to the site's address; networkd forgets foreign routes whenever the link was away. */
export function routeUnit(host: Host, { networks }: Topology, why: string): string {
  const route = `ip route replace ${networks.virtual}/32 via ${networks.virtualInside}`;
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Way from the monitor to the site's public address"],
          ["Wants", "network-online.target"],
          ["After", "network-online.target"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["ExecStart", `/bin/sh -c 'while :; do ${route} 2>/dev/null && sleep 5 || sleep 0.3; done'`],
          ["Restart", "always"],
          ["DynamicUser", "yes"],
          ["AmbientCapabilities", "CAP_NET_ADMIN"],
          ["CapabilityBoundingSet", "CAP_NET_ADMIN"],
          ["RestrictAddressFamilies", "AF_NETLINK"],
          ["MemoryDenyWriteExecute", "yes"],
          ["IPAddressDeny", "any"],
          ["ProtectProc", "invisible"],
          ["ProcSubset", "pid"],
          ...confinement,
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header(host, why),
  );
}

const confinement: readonly SystemdLine[] = [
  ["NoNewPrivileges", "yes"],
  ["LockPersonality", "yes"],
  ["PrivateDevices", "yes"],
  ["PrivateTmp", "yes"],
  ["ProtectClock", "yes"],
  ["ProtectControlGroups", "yes"],
  ["ProtectHome", "yes"],
  ["ProtectHostname", "yes"],
  ["ProtectKernelLogs", "yes"],
  ["ProtectKernelModules", "yes"],
  ["ProtectKernelTunables", "yes"],
  ["ProtectSystem", "strict"],
  ["RemoveIPC", "yes"],
  ["RestrictNamespaces", "yes"],
  ["RestrictRealtime", "yes"],
  ["RestrictSUIDSGID", "yes"],
  ["SystemCallArchitectures", "native"],
  ["SystemCallFilter", "@system-service"],
  ["SystemCallFilter", "~@privileged @resources"],
  ["UMask", "0077"],
];
