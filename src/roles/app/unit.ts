import { systemdFile, systemdLiteral, systemdQuote } from "../../formats/systemd.ts";
import type { AppService } from "../../model/site.ts";
import type { Host } from "../../model/topology.ts";
import { account, environmentFile, releaseRoot } from "./facts.ts";

/** The service's unit: may open connections and write to its own state folder, and little else. */
export function unitText(host: Host, service: AppService): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", systemdLiteral(`Service ${service.name}`)],
          ["After", "network-online.target haproxy.service"],
          ["Wants", "network-online.target"],
          "It is started again for as long as the host lives: a database that was away for an hour is no reason to give up.",
          ["StartLimitIntervalSec", "0"],
        ],
      },
      { name: "Service", lines: [...running(service), ...confined] },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    `Made by Rampart for ${host.name}: change the site file instead. Why: runs the service ${service.name}.`,
  );
}

function running(service: AppService) {
  const root = releaseRoot(service);
  return [
    ["Type", "exec"],
    ["User", account(service)],
    ["Group", account(service)],
    ["WorkingDirectory", `${root}/current`],
    ["EnvironmentFile", environmentFile(service)],
    ["EnvironmentFile", `-${root}/release.env`],
    ["ExecStart", `/bin/sh -c ${systemdQuote(`exec ${service.start}`)}`],
    ["Restart", "always"],
    ["RestartSec", "200ms"],
    ["TimeoutStopSec", "10"],
    "The program is asked to end; whatever it left behind is killed with it.",
    ["KillMode", "mixed"],
    "The only folder it may write to and keep: $STATE_DIRECTORY.",
    ["StateDirectory", account(service)],
    ["StateDirectoryMode", "0700"],
  ] as const;
}

const confined = [
  ["UMask", "0077"],
  ["NoNewPrivileges", "yes"],
  ["CapabilityBoundingSet", ""],
  ["AmbientCapabilities", ""],
  ["ProtectSystem", "strict"],
  ["ProtectHome", "yes"],
  ["PrivateTmp", "yes"],
  ["PrivateDevices", "yes"],
  ["PrivateUsers", "yes"],
  ["PrivateIPC", "yes"],
  ["ProtectProc", "invisible"],
  ["ProtectClock", "yes"],
  ["ProtectHostname", "yes"],
  ["ProtectKernelLogs", "yes"],
  ["ProtectKernelModules", "yes"],
  ["ProtectKernelTunables", "yes"],
  ["ProtectControlGroups", "yes"],
  ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"],
  ["RestrictNamespaces", "yes"],
  ["RestrictRealtime", "yes"],
  ["RestrictSUIDSGID", "yes"],
  ["RemoveIPC", "yes"],
  ["LockPersonality", "yes"],
  ["SystemCallArchitectures", "native"],
  ["SystemCallFilter", "@system-service"],
  ["SystemCallErrorNumber", "EPERM"],
  "Not MemoryDenyWriteExecute: Node, Java and others compile their programs while they run.",
] as const;
