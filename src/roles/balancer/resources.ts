import { accessResources, requestsFile } from "../../formats/access-log.ts";
import { calmAnswer, calmHtml, pages } from "../../formats/calm-page.ts";
import { haproxyResources } from "../../formats/haproxy-host.ts";
import { servedResources } from "../../formats/served-certificate.ts";
import { type SystemdLine, systemdFile } from "../../formats/systemd.ts";
import { visitorCertificates } from "../../formats/visitor-certificate.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import { type Host, type Topology, tierName } from "../../model/topology.ts";
import { bansLoadLine, bansResources, bansUnitLines } from "./bans.ts";
import { blockResources } from "./blocks.ts";
import { byHaproxy } from "./certificate.ts";
import { dashboardConfigs } from "./dashboard.ts";
import { downFile } from "./facts.ts";
import { balancerHaproxy } from "./haproxy.ts";
import { balancerKeepalived, peersOf, startupDelay } from "./keepalived.ts";
import { watcherResources } from "./watcher.ts";

const origin: Origin = { role: "balancer", path: "balancer", why: "HAProxy spreads visitors over the web hosts." };
const sysctlFile = "/etc/sysctl.d/60-rampart-balancer.conf";
const keepalivedDropIn = "/etc/systemd/system/keepalived.service.d/rampart.conf";
const keepalivedConfig = "/etc/keepalived/keepalived.conf";

/** Everything on a balancer but what every host has. */
export function balancerResources(host: Host, topology: Topology): readonly Resource[] {
  const passes = topology.site.tls.terminate === "web";
  return [
    sysctl(host),
    ...haproxyResources({
      host,
      origin,
      tlsName: tierName(topology.site, "balancer"),
      config: balancerHaproxy(host, topology),
      configs: dashboardConfigs(host, topology.site),
      pages: errorPages,
      certificates: passes ? [] : visitorCertificates(host, topology.site),
      restartOn: [`file:${sysctlFile}`],
      tellsRequests: true,
      unitLines: [
        "The standby binds an address that it does not hold yet. At boot the kernel knows this already; here it learns of a change.",
        ["ExecStartPre", `+/usr/lib/systemd/systemd-sysctl ${sysctlFile}`],
        ...bansUnitLines,
        "keepalived watches this file: the address moves within milliseconds of HAProxy's end.",
        ["ExecStartPost", `+/bin/sh -c "echo 0 > ${downFile}"`],
        bansLoadLine,
        ["ExecStopPost", `+/bin/sh -c "echo 1 > ${downFile}"`],
      ],
    }),
    ...accessResources(host, topology.site, [{ file: requestsFile, kind: "visitors" }]),
    ...bansResources(host),
    ...watcherResources(host),
    ...keepalivedResources(host, topology),
    ...blockResources(host, topology),
    ...(passes ? [] : servedResources(host, topology, byHaproxy)),
  ];
}

function sysctl(host: Host): FileResource {
  const why = "the balancer that stands by can bind the address before it holds it.";
  return {
    ...origin,
    ...{ kind: "file", file: sysctlFile, mode: "0644", owner: "root", group: "root" },
    content: `${header(host, why)}net.ipv4.ip_nonlocal_bind = 1\n`,
    why: "HAProxy of the balancer that stands by binds an address that it does not hold yet.",
  };
}

const errorPages: Readonly<Record<string, string>> = {
  "rampart-502.http": calmAnswer("502 Bad Gateway", pages.unavailable),
  "rampart-503.http": calmAnswer("503 Service Unavailable", pages.unavailable),
  "rampart-504.http": calmAnswer("504 Gateway Timeout", pages.slow),
  "rampart-unknown.html": calmHtml(pages.unknownSite),
  "rampart-429.html": calmHtml(pages.tooMany),
  "rampart-banned.html": calmHtml(pages.banned),
};

function keepalivedResources(host: Host, topology: Topology): readonly Resource[] {
  const mine: Origin = { ...origin, why: "keepalived gives the site's addresses to one balancer that works." };
  const file = (path: string, content: string, mode = "0644"): FileResource => ({
    ...mine,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  return [
    { ...mine, kind: "package", name: "keepalived" },
    {
      ...mine,
      kind: "package",
      name: "iputils-arping",
      why: "Asks the network who holds an address: one balancer, never two.",
    },
    file(keepalivedConfig, balancerKeepalived(host, topology)),
    file(keepalivedDropIn, keepalivedUnit(host, peersOf(host, topology).length > 0)),
    {
      ...mine,
      ...{ kind: "unit", name: "keepalived.service", state: "running" },
      // With a mistake in it the daemon would start all the same, and a broken peer line means multicast.
      check: `keepalived -t -f ${keepalivedConfig}`,
      reloadOn: [`file:${keepalivedConfig}`],
      restartOn: [`file:${keepalivedDropIn}`],
    },
  ];
}

const untilItMayLead: readonly SystemdLine[] = [
  "It has started when it may take the address: whoever restarts one balancer after another waits for that.",
  ["ExecStartPost", `/bin/sleep ${startupDelay + 1}`],
];

function keepalivedUnit(host: Host, amongOthers: boolean): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["After", "haproxy.service rampart-haproxy-watcher.service"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          "Debian's unit has no Restart=: a keepalived that was killed would leave its addresses behind, held by two.",
          ["Restart", "always"],
          ["RestartSec", "100ms"],
          "Until HAProxy has run for the first time it is down.",
          ["ExecStartPre", `/bin/sh -c "[ -e ${downFile} ] || echo 1 > ${downFile}"`],
          ...(amongOthers ? untilItMayLead : []),
          "An exception among the site's daemons: it gives and takes addresses, as root. What it never does is closed.",
          [
            "CapabilityBoundingSet",
            "CAP_NET_ADMIN CAP_NET_RAW CAP_SETUID CAP_SETGID CAP_KILL CAP_SYS_NICE CAP_DAC_OVERRIDE",
          ],
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
          ["ProtectSystem", "full"],
          ["RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET"],
          ["RestrictNamespaces", "yes"],
          ["RestrictSUIDSGID", "yes"],
          ["SystemCallArchitectures", "native"],
        ],
      },
    ],
    note(host, "keepalived comes back by itself."),
  );
}

function note(host: Host, why: string): string {
  return `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`;
}

function header(host: Host, why: string): string {
  return `# ${note(host, why)}\n`;
}
