import { agentPort } from "../../contract/database.ts";
import { isGalera } from "../../model/galera.ts";
import type { Resource, UnitResource } from "../../model/resource.ts";
import type { Role } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import { type DeclaredFlow, type Host, type Service, type Topology, tierName } from "../../model/topology.ts";
import { backupFlows, backupResources } from "./backup.ts";
import { databaseChecks } from "./checks.ts";
import { databaseFiles } from "./files.ts";
import { galeraFlows, galeraFolders, galeraPackages, galeraServices, galeraUnits } from "./galera.ts";
import { holdsStore } from "./members.ts";
import { paths } from "./paths.ts";
import { storeCertificate, storeFlows, storeServices, storeUnit } from "./store.ts";

/** MariaDB: one primary, replicas that must acknowledge its writes, and agents that agree on who is what. */
export const database: Role = {
  name: "database",
  summary: "MariaDB with one primary and replicas, a write counts only when a replica has it; or a Galera cluster",
  // The first host is primary when nothing has happened yet: changed last, it hands over once and not twice.
  rollout: { after: [], atOnce: 1, firstLast: true, knowsBy: `file:${paths.agent}` },
  services,
  flows,
  resources,
  checks: databaseChecks,
};

function services(host: Host, site: Site): readonly Service[] {
  const ofMode = isGalera(site) ? galeraServices(host, site) : replicatedServices(host, site);
  return [
    ...ofMode,
    {
      ...{ role: "database", host: host.name, address: host.inside, protocol: "tcp" },
      name: "database.exporter",
      port: 9104,
      tlsName: host.fqdn,
      metrics: "/metrics",
      summary: "figures of MariaDB",
    },
  ];
}

function replicatedServices(host: Host, site: Site): readonly Service[] {
  const common = { role: "database", host: host.name, address: host.inside, protocol: "tcp" } as const;
  return [
    {
      ...common,
      name: "database.mariadb",
      port: 3306,
      tlsName: tierName(site, "database"),
      summary: "MariaDB for services and other members",
    },
    {
      ...common,
      name: "database.agent",
      port: agentPort,
      tlsName: host.fqdn,
      metrics: "/metrics",
      summary: "the agent: who takes writes and reads, and how the promise stands",
    },
    ...storeServices(host, site),
  ];
}

function flows(site: Site): readonly DeclaredFlow[] {
  if (isGalera(site)) return galeraFlows(site);
  const flow = { role: "database", from: { kind: "tier", tier: "database" }, path: "database.hosts" } as const;
  return [
    { ...flow, to: "database.mariadb", why: "Replicas fetch the primary's writes and acknowledge them." },
    { ...flow, to: "database.agent", why: "Agents tell each other how their members stand, and seed new ones." },
    ...storeFlows(),
    ...backupFlows(site),
  ];
}

function resources(host: Host, topology: Topology): readonly Resource[] {
  if (isGalera(topology.site))
    return [
      ...galeraPackages(),
      ...galeraFolders(),
      certificate(host, topology),
      ...databaseFiles(host, topology),
      ...galeraUnits(),
      exporterUnit,
    ];
  return [
    ...packages(host),
    ...folders(),
    certificate(host, topology),
    storeCertificate(host, topology),
    ...databaseFiles(host, topology),
    ...units(host),
    ...backupResources(host, topology),
  ];
}

function packages(host: Host): readonly Resource[] {
  const wanted = (name: string, why: string): Resource => ({
    ...{ kind: "package", role: "database", path: "database", name, why },
  });
  return [
    wanted("mariadb-server", "The database server."),
    wanted("mariadb-client", "The agent has accounts written by it."),
    wanted("mariadb-backup", "A new member gets a copy of another one's data by it."),
    wanted("nodejs", "The agent runs on it."),
    wanted("curl", "The agent is asked by it how the database stands."),
    wanted("jq", "The agent's answer is read by it."),
    ...(holdsStore(host) ? [wanted("etcd-server", "The agents agree in it on who is primary.")] : []),
    ...(holdsStore(host) ? [wanted("etcd-client", "An operator looks into etcd by it.")] : []),
    wanted("prometheus-mysqld-exporter", "The monitor reads MariaDB's figures."),
  ];
}

function folders(): readonly Resource[] {
  const folder = (directory: string, mode: string, why: string): Resource => ({
    ...{ kind: "directory", role: "database", path: "database", directory, mode, owner: "root", group: "root", why },
  });
  return [
    folder(paths.programs, "0755", "Programs that units on this host run."),
    folder(paths.folder, "0755", "What the agent goes by."),
    folder(paths.state, "0700", "The agent's memory: what it has promised, and to whom."),
    folder(paths.tls, "0755", "Key and certificate of MariaDB."),
    folder(paths.storeTls, "0755", "Key and certificate of the store."),
  ];
}

function certificate(host: Host, topology: Topology): Resource {
  return {
    kind: "certificate",
    role: "database",
    path: "database",
    why: "Services and members check that they reach the database, and members show who they are.",
    commonName: host.fqdn,
    dnsNames: [tierName(topology.site, "database"), host.fqdn],
    ipAddresses: [],
    usages: ["server", "client"],
    certificateFile: paths.certificate,
    keyFile: paths.key,
    group: "mysql",
  };
}

function units(host: Host): readonly UnitResource[] {
  const origin = { kind: "unit", role: "database", path: "database" } as const;
  return [
    ...(holdsStore(host) ? [storeUnit()] : []),
    {
      ...origin,
      name: "rampart-agent.service",
      state: "running",
      why: "Decides who is primary, starts MariaDB and keeps the promise that no acknowledged write is lost.",
      check: `node --check ${paths.agentProgram}`,
      reloadOn: [
        ...[paths.agent, paths.replication, paths.accounts, paths.ca].map((path) => `file:${path}`),
        ...[paths.certificate, paths.storeCertificate].map((path) => `certificate:${path}`),
      ],
      restartOn: [`file:${paths.agentProgram}`, `file:${paths.agentUnit}`],
    },
    {
      ...origin,
      name: "mariadb.service",
      state: "owned",
      // A primary hands over first; what comes back follows whoever leads then.
      restart: `curl -sS --fail-with-body --max-time 300 --unix-socket ${paths.agentSocket} -X POST http://agent/restart`,
      why: "The database server.",
      // Stops before it opens a data file; unknown options and malformed numbers are errors.
      check: "runuser -u mysql -- mariadbd --help --verbose > /dev/null",
      reloadOn: [`certificate:${paths.certificate}`, `file:${paths.ca}`],
      restartOn: [`file:${paths.options}`, `file:${paths.serverDropIn}`],
    },
    exporterUnit,
  ];
}

const exporterUnit: UnitResource = {
  ...{ kind: "unit", role: "database", path: "database" },
  name: "prometheus-mysqld-exporter.service",
  state: "running",
  why: "The monitor reads MariaDB's figures.",
  reloadOn: [],
  restartOn: [`file:${paths.exporterDropIn}`, `file:${paths.exporter}`, "file:/etc/rampart/exporter-web.yml"],
};
