import { confinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { clusterAddress, galeraPorts, groupOptions, hasArbiter, optionText } from "../../model/galera.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Check } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import { type DeclaredFlow, type Host, hostsOf, type Service, type Topology } from "../../model/topology.ts";
import { header } from "./header.ts";

/** The vote without data of a Galera cluster with an even number of members: garbd, on the monitor host. */

const account = "rampart-arbiter";
const files = {
  tls: "/etc/rampart/arbiter",
  certificate: "/etc/rampart/arbiter/arbiter.crt",
  key: "/etc/rampart/arbiter/arbiter.key",
  ca: "/etc/rampart/ca.crt",
  dropIn: "/etc/systemd/system/garb.service.d/rampart.conf",
} as const;

const origin: Origin = {
  role: "monitor",
  path: "database.arbiter",
  why: "With a further vote one side of a split is the larger one, and goes on.",
};

export function arbiterServices(host: Host, site: Site): readonly Service[] {
  if (!hasArbiter(site)) return [];
  return [
    {
      ...{ name: "monitor.arbiter", role: "monitor", host: host.name, address: host.inside, port: galeraPorts.cluster },
      ...{ protocol: "tcp", tlsName: host.fqdn, summary: "The arbiter of the database: a vote without data." },
    },
  ];
}

export function arbiterFlows(site: Site): readonly DeclaredFlow[] {
  if (!hasArbiter(site)) return [];
  const why = "The arbiter of the database joins its cluster.";
  return [{ role: "monitor", from: { kind: "keeper" }, to: "database.cluster", why, path: "database.arbiter" }];
}

export function arbiterResources(host: Host, topology: Topology): readonly Resource[] {
  if (!hasArbiter(topology.site)) return [];
  const dropIn: FileResource = {
    ...{ ...origin, kind: "file", file: files.dropIn, content: dropInText(host, topology) },
    ...{ mode: "0644", owner: "root", group: "root" },
  };
  return [
    { ...origin, kind: "package", name: "galera-arbitrator-4", why: "The arbiter itself." },
    { ...origin, kind: "user", name: account, home: "/nonexistent", groups: [] },
    { ...origin, kind: "directory", directory: files.tls, mode: "0755", owner: "root", group: "root" },
    {
      ...{ ...origin, kind: "certificate", commonName: host.fqdn, dnsNames: [host.fqdn], ipAddresses: [] },
      ...{ usages: ["server", "client"], certificateFile: files.certificate, keyFile: files.key, group: account },
      why: "Members and arbiter show each other that they belong to the site.",
    },
    dropIn,
    {
      ...{ ...origin, kind: "unit", name: "garb.service", state: "running", reloadOn: [] },
      restartOn: [`file:${files.dropIn}`, `certificate:${files.certificate}`, `file:${files.ca}`],
    },
  ];
}

/** What Rampart adds to Debian's garb.service. */
function dropInText(host: Host, topology: Topology): string {
  const options = optionText(groupOptions(host, files));
  const words = `--address ${clusterAddress(topology)} --group ${topology.site.name} --options "${options}"`;
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Wants", "network-online.target"],
          ["After", "network-online.target"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          "Without a cluster it ends, and tries again: it can join one and never begins one.",
          ["ExecStart", ""],
          ["ExecStart", `/usr/bin/garbd ${words}`],
          ["User", account],
          ["Restart", "always"],
          ["RestartSec", "2"],
          "Its vote counts only while it is heard.",
          ["Nice", "-10"],
          ["OOMScoreAdjust", "-900"],
          ["StateDirectory", account],
          ["WorkingDirectory", `/var/lib/${account}`],
          ["CapabilityBoundingSet", ""],
          ...confinement,
          ["MemoryDenyWriteExecute", "yes"],
          ["SystemCallFilter", "@system-service"],
          ["UMask", "0077"],
        ],
      },
    ],
    header(host, origin.why),
  );
}

/** It shows by a connection to a member that it belongs to the cluster. */
export function arbiterChecks(host: Host, topology: Topology): readonly Check[] {
  if (!hasArbiter(topology.site)) return [];
  const members = hostsOf(topology, "database").map(({ inside }) => inside);
  const script = [
    `systemctl is-active --quiet garb.service || { echo 'garb.service does not run; see: rampart logs ${host.name} garb'; exit 1; }`,
    `peers=$(ss -Htn state established '( sport = :${galeraPorts.cluster} or dport = :${galeraPorts.cluster} )')`,
    ...members.map(
      (one) => `case $peers in *${one}:*) ;; *) echo "the arbiter is not connected to ${one}"; exit 1 ;; esac`,
    ),
  ];
  return [
    {
      ...{ id: "monitor.arbiter", role: "monitor", host: host.name, from: [host.name], within: 60 },
      script: script.join("\n"),
      promise: `The arbiter on ${host.name} hears every member of the database, so that a split leaves one side that goes on.`,
    },
  ];
}
