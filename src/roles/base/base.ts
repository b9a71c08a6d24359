import { systemdFile } from "../../formats/systemd.ts";
import type { DirectoryResource, FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Check, Role } from "../../model/role.ts";
import { caReference } from "../../model/secret.ts";
import type { DeclaredFlow, Host, Topology } from "../../model/topology.ts";
import { exporterPort, exporterResources, watchedUnits } from "./exporter.ts";
import { hostFirewall } from "./firewall.ts";
import { header } from "./header.ts";
import { kernelResources } from "./kernel.ts";
import { logFlow, logResources } from "./logs.ts";
import { hostsFile } from "./names.ts";
import { sshResources } from "./ssh.ts";
import { upkeepResources } from "./upkeep.ts";

/** What every host of a site has, whatever else it does. */
export const base: Role = {
  name: "base",
  summary: "names, SSH, firewall, time, logs, security updates and measurements of every host",
  rollout: { after: [], atOnce: 1 },

  services: (host) => [
    {
      ...{ name: "base.ssh", role: "base", host: host.name, address: host.inside, port: 22, protocol: "tcp" },
      summary: "SSH for operators",
    },
    {
      ...{ name: "base.node-exporter", role: "base", host: host.name, address: host.inside, port: exporterPort },
      ...{ protocol: "tcp", tlsName: host.fqdn, metrics: "/metrics" },
      summary: "measurements of the host",
    },
  ],

  flows: ({ firewall }) => [
    {
      ...{ role: "base", from: { kind: "admin" }, to: "base.ssh", path: "firewall.admin" },
      why: "Operators administer every host by SSH.",
    },
    logFlow,
    ...firewall.extra.map(
      ({ from, to, until, why }, index): DeclaredFlow => ({
        ...{ role: "base", from: { kind: "addresses", addresses: from }, until, path: `firewall.extra[${index}]` },
        to: to === "database" ? "database.mariadb" : `app.${to}`,
        why: `until ${until}: ${why}`,
      }),
    ),
  ],

  resources: (host, topology) => [
    ...packages(),
    ...directories(),
    ...names(host, topology),
    ...sshResources(host, topology),
    ...kernelResources(host),
    hostFirewall(host, topology),
    ...firewallAtBoot(host),
    ...upkeepResources(host, topology),
    ...exporterResources(host, topology),
    ...logResources(host, topology),
  ],

  checks: (host) => [unitsCheck(host)],
};

const needed: Readonly<Record<string, string>> = {
  "openssh-server": "Operators come by SSH.",
  nftables: "The firewall of the host.",
  "prometheus-node-exporter": "The monitor watches every host.",
  "unattended-upgrades": "Security updates are installed without anyone's doing.",
  "systemd-timesyncd": "The host has the right time.",
  dbus: "Units and their states are asked for over the bus.",
  "ca-certificates": "Programs of the site verify the certificates of others.",
  curl: "Checks ask the site's services over HTTPS.",
  openssl: "Checks look at the certificates that services show.",
  socat: "Checks and drains talk to the sockets of daemons.",
  iproute2: "Operators and checks look at addresses, routes and sockets.",
};

function packages(): readonly Resource[] {
  return Object.entries(needed).map(([name, why]) => ({ kind: "package", role: "base", path: "", name, why }));
}

function directories(): readonly Resource[] {
  return [
    directory("/etc/rampart", "0755", "What Rampart's roles share on a host."),
    directory("/etc/rampart/tls", "0755", "The host's own certificates; their keys are closed one by one."),
    directory("/var/lib/rampart", "0700", "What the host was last brought to."),
  ];
}

function directory(path: string, mode: string, why: string): DirectoryResource {
  return { kind: "directory", role: "base", path: "", why, directory: path, mode, owner: "root", group: "root" };
}

function names(host: Host, topology: Topology): readonly Resource[] {
  const why = "Names inside the site resolve on every host, without a name server that could fail.";
  const trust = "Every host trusts the site's own CA, and inside the site no other.";
  return [
    textFile({ role: "base", path: "", why }, "/etc/hosts", hostsFile(host, topology, why)),
    textFile({ role: "base", path: "tls.certificate", why: trust }, "/etc/rampart/ca.crt", `${caReference}\n`),
  ];
}

function firewallAtBoot(host: Host): readonly Resource[] {
  const origin: Origin = {
    role: "base",
    path: "",
    why: "The rules are there before the network, and nothing takes them away.",
  };
  const lines = [
    "Debian's unit empties the rule set when it stops: a stopped service would be an open host.",
    ["ExecStop", ""],
  ] as const;
  const text = systemdFile([{ name: "Service", lines }], header(host, origin.why));
  return [
    textFile(origin, "/etc/systemd/system/nftables.service.d/rampart.conf", text),
    { ...origin, kind: "unit", name: "nftables.service", state: "once", reloadOn: [], restartOn: [] },
  ];
}

function textFile(origin: Origin, file: string, content: string): FileResource {
  return { ...origin, kind: "file", file, content, mode: "0644", owner: "root", group: "root" };
}

/** Only units that a role brings: what else Debian runs on the host is not for the site to judge. */
function unitsCheck(host: Host): Check {
  const patterns = watchedUnits.map((name) => `'${name}.service'`).join(" ");
  const script = `failed=$(systemctl list-units --state=failed --plain --no-legend ${patterns} | awk '{print $1}' | paste -sd' ')
[ -z "$failed" ] || { echo "failed units: $failed"; exit 1; }`;
  return {
    ...{ id: "base.units", role: "base", host: host.name, from: [host.name], script, within: 10 },
    promise: `no service of ${host.name} has failed`,
  };
}
