import type { Resource, UnitResource } from "../../model/resource.ts";
import type { Role } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import { type DeclaredFlow, type Host, hostsOf, type Service, type Topology, tierName } from "../../model/topology.ts";
import { backupFlows, backupResources } from "./backup.ts";
import { databaseChecks } from "./checks.ts";
import { databaseFiles } from "./files.ts";
import { paths } from "./paths.ts";

/** MariaDB: one primary, replicas that must acknowledge its writes. */
export const database: Role = {
  name: "database",
  summary: "MariaDB with one primary and replicas; a write counts only when a replica has it",
  rollout: { after: [], atOnce: 1, firstLast: true },
  services,
  flows,
  resources,
  checks: databaseChecks,
};

function services(host: Host, site: Site): readonly Service[] {
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
      name: "database.exporter",
      port: 9104,
      tlsName: host.fqdn,
      metrics: "/metrics",
      summary: "figures of MariaDB",
    },
  ];
}

function flows(site: Site): readonly DeclaredFlow[] {
  return [
    ...backupFlows(site),
    {
      role: "database",
      from: { kind: "tier", tier: "database" },
      to: "database.mariadb",
      why: "Replicas fetch the primary's writes and acknowledge them.",
      path: "database.hosts",
    },
  ];
}

function resources(host: Host, topology: Topology): readonly Resource[] {
  return [
    ...packages(),
    ...folders(),
    certificate(host, topology),
    ...databaseFiles(host, topology),
    ...units(host, topology),
    ...backupResources(host, topology),
  ];
}

function packages(): readonly Resource[] {
  const origin = { kind: "package", role: "database", path: "database" } as const;
  return [
    { ...origin, name: "mariadb-server", why: "The database server." },
    { ...origin, name: "mariadb-client", why: "The programs that bring the server to its standing speak SQL by it." },
    { ...origin, name: "prometheus-mysqld-exporter", why: "The monitor reads MariaDB's figures." },
  ];
}

function folders(): readonly Resource[] {
  const folder = (directory: string, mode: string, why: string): Resource => ({
    ...{ kind: "directory", role: "database", path: "database", directory, mode, owner: "root", group: "root", why },
  });
  return [
    folder(paths.programs, "0755", "Programs that units on this host run."),
    folder(paths.folder, "0755", "What these programs go by."),
    folder(paths.state, "0700", "Remembers what this host was last brought to."),
    folder(paths.tls, "0755", "Key and certificate of MariaDB."),
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

function units(host: Host, topology: Topology): readonly UnitResource[] {
  const origin = { kind: "unit", role: "database", path: "database" } as const;
  const source = hostsOf(topology, "database")[0]?.name === host.name ? [] : [`file:${paths.source}`];
  return [
    {
      ...origin,
      name: "mariadb.service",
      state: "running",
      why: "The database server.",
      // Stops before it opens a data file; unknown options and malformed numbers are errors.
      check: "runuser -u mysql -- mariadbd --help --verbose > /dev/null",
      reloadOn: [`certificate:${paths.certificate}`, `file:${paths.ca}`],
      restartOn: [`file:${paths.options}`, `file:${paths.serverDropIn}`],
    },
    {
      ...origin,
      name: "rampart-database.service",
      state: "once",
      why: "Brings MariaDB to its standing after every start: primary or replica, accounts, acknowledged writes.",
      check: `sh -n ${paths.standing}`,
      reloadOn: [...[paths.standing, paths.settings, paths.accounts].map((path) => `file:${path}`), ...source],
      restartOn: [`file:${paths.unit}`],
    },
    {
      ...origin,
      name: "prometheus-mysqld-exporter.service",
      state: "running",
      why: "The monitor reads MariaDB's figures.",
      reloadOn: [],
      restartOn: [`file:${paths.exporterDropIn}`, `file:${paths.exporter}`, "file:/etc/rampart/exporter-web.yml"],
    },
  ];
}
