import { agentPort } from "../../contract/database.ts";
import { confinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { programReference } from "../../model/secret.ts";
import type { SiteDatabase } from "../../model/site.ts";
import { type Host, hostsOf, type Topology, tierName } from "../../model/topology.ts";
import { storeHosts } from "./members.ts";
import { paths } from "./paths.ts";
import { storePort } from "./store.ts";

/** Replicas further behind than this do not serve reads. */
const readLagSeconds = 5;

/** What the agent goes by: who belongs to the cluster, where the store is, who may ask it what. No secrets. */
export function agentSettings(host: Host, topology: Topology, database: SiteDatabase, header: string): string {
  const { site } = topology;
  const members = hostsOf(topology, "database");
  const users = site.app.filter((service) => service.database);
  const settings = {
    "//": header,
    me: host.name,
    members: members.map(({ name, fqdn, inside }) => ({ name, fqdn, address: inside })),
    stores: storeHosts(topology).map(({ fqdn }) => `https://${fqdn}:${storePort}`),
    listen: { address: host.inside, port: agentPort },
    // Common names of the certificates that callers show.
    clients: {
      members: members.map(({ fqdn }) => fqdn),
      routes: users.flatMap(({ name }) => [name, tierName(site, name)]),
      monitor: tierName(site, "monitor"),
    },
    promise: database.promise,
    strict: true,
    readLagSeconds,
    paths: {
      ...{ socket: paths.socket, data: paths.data, state: paths.state },
      ...{ accounts: paths.accounts, replication: paths.replication },
      ...{ ca: paths.ca, certificate: paths.certificate, key: paths.key },
      ...{ storeCertificate: paths.storeCertificate, storeKey: paths.storeKey },
      runtime: paths.runtime,
    },
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

/** The agent itself: one bundle for Debian's Node. */
export function agentProgram(header: string): string {
  return `// ${header}\n${programReference("database-agent")}\n`;
}

export function agentUnit(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "The database's agent: who is primary, and that no acknowledged write is lost"],
          ["Wants", "network-online.target"],
          "When the host goes down the agent ends first: it can hand over while MariaDB and etcd still run.",
          ["After", "network-online.target etcd.service mariadb.service"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "notify"],
          ["NotifyAccess", "all"],
          "With little room for short-lived objects, which it has few of: 8 MiB less.",
          [
            "ExecStart",
            `/usr/bin/node --max-semi-space-size=1 --max-old-space-size=64 ${paths.agentProgram} ${paths.agent}`,
          ],
          ["ExecReload", "/bin/kill -HUP $MAINPID"],
          ["Restart", "always"],
          ["RestartSec", "200ms"],
          "One that hangs is ended and started again. Its lease ends long before.",
          ["WatchdogSec", "10"],
          ["TimeoutStopSec", "30"],
          ["RuntimeDirectory", paths.runtime.slice("/run/".length)],
          ["RuntimeDirectoryMode", "0700"],
          ["RuntimeDirectoryPreserve", "restart"],
          "It must be heard when everything else wants the processor or the memory.",
          ["Nice", "-10"],
          ["OOMScoreAdjust", "-950"],
          ["MemoryHigh", "512M"],
          ...confinement,
          "Data folders are MariaDB's: copied in, given to it, looked into, put aside. And its process is ended at once when it must.",
          ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE CAP_CHOWN CAP_FOWNER CAP_KILL CAP_SETUID CAP_SETGID"],
          ["ReadWritePaths", `${paths.state} ${paths.data}`],
          ["SystemCallFilter", "@system-service"],
          ["UMask", "0077"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header,
  );
}
