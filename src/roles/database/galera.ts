import { agentPort } from "../../contract/database.ts";
import { galeraPorts, hasArbiter, votesOf } from "../../model/galera.ts";
import type { FileResource, Origin, Resource, UnitResource } from "../../model/resource.ts";
import { programReference } from "../../model/secret.ts";
import type { Site, SiteDatabase } from "../../model/site.ts";
import { type DeclaredFlow, type Host, hostsOf, type Service, type Topology, tierName } from "../../model/topology.ts";
import { accountsSql } from "./accounts.ts";
import { file } from "./file.ts";
import { folderProgram } from "./folder.ts";
import { galeraServerOptions } from "./galera-options.ts";
import { galeraStatusProgram } from "./galera-status.ts";
import { galeraServerDropIn, memberUnit } from "./galera-units.ts";
import { galeraPaths, paths } from "./paths.ts";

// Mode galera: MariaDB with Galera, and a small program beside it that tells how it stands and starts it. No agent, no etcd.

const origin = (why: string): Origin => ({ role: "database", path: "database.mode", why });

export function galeraServices(host: Host, site: Site): readonly Service[] {
  const common = { role: "database", host: host.name, address: host.inside, protocol: "tcp" } as const;
  const own = { ...common, tlsName: host.fqdn };
  return [
    {
      ...common,
      ...{ name: "database.mariadb", port: 3306, tlsName: tierName(site, "database"), summary: "MariaDB for services" },
    },
    {
      ...own,
      ...{ name: "database.member", port: agentPort, metrics: "/metrics" },
      summary: "how this member of the cluster stands: what the ways to the database ask",
    },
    { ...own, name: "database.cluster", port: galeraPorts.cluster, summary: "the cluster's own talk (Galera)" },
    { ...own, name: "database.missed", port: galeraPorts.missed, summary: "transactions that a member missed (IST)" },
    { ...own, name: "database.copy", port: galeraPorts.copy, summary: "a whole copy for a new member (SST)" },
  ];
}

export function galeraFlows(site: Site): readonly DeclaredFlow[] {
  const flow = { role: "database", from: { kind: "tier", tier: "database" }, path: "database.mode" } as const;
  return [
    { ...flow, to: "database.member", why: "Members tell each other whether they belong to a cluster that runs." },
    { ...flow, to: "database.cluster", why: "Every write is certified by all members." },
    { ...flow, to: "database.missed", why: "A member that was away gets the transactions that it missed." },
    { ...flow, to: "database.copy", why: "A new member gets a copy of all data." },
    ...(hasArbiter(site)
      ? [{ ...flow, to: "monitor.arbiter", why: "The arbiter on the monitor host has a vote of its own." }]
      : []),
  ];
}

export function galeraPackages(): readonly Resource[] {
  const wanted = {
    "mariadb-server": "The database server.",
    "mariadb-client": "The member program has accounts written by it.",
    "mariadb-backup": "A new member gets a copy of another one's data by it.",
    "galera-4": "Certifies and passes on every write.",
    socat: "Carries that copy by TLS.",
    nodejs: "The member program runs on it.",
    curl: "The member program is asked by it how the member stands.",
    jq: "Its answer is read by it.",
    "prometheus-mysqld-exporter": "The monitor reads MariaDB's figures.",
  };
  return Object.entries(wanted).map(([name, why]) => ({ ...origin(why), kind: "package", name }));
}

export function galeraFolders(): readonly Resource[] {
  const folder = (directory: string, mode: string, why: string): Resource => ({
    ...{ ...origin(why), kind: "directory", directory, mode, owner: "root", group: "root" },
  });
  return [
    folder(paths.programs, "0755", "Programs that units on this host run."),
    folder(paths.folder, "0755", "What the member program goes by."),
    folder(paths.state, "0700", "Whether this host has belonged to a cluster, and copies made before a bootstrap."),
    folder(paths.tls, "0755", "Key and certificate of MariaDB."),
  ];
}

const program = { mode: "0755" };

export function galeraFiles(host: Host, topology: Topology, database: SiteDatabase): readonly FileResource[] {
  const { settings, program: member, unit, belonged } = galeraPaths;
  return [
    file(host, member, "database.mode", "it tells how the member stands, and starts MariaDB", {}, memberProgram),
    file(host, paths.dataFolder, "database", "makes the data folder of a new member", program, (header) =>
      folderProgram(header, belonged),
    ),
    file(host, paths.status, "database", "says how MariaDB on this host stands", program, (header) =>
      galeraStatusProgram(host.name, votesOf(database), header),
    ),
    file(host, paths.options, "database.mode", "options of a member of a Galera cluster", {}, (header) =>
      galeraServerOptions(host, topology, database, header),
    ),
    file(host, paths.serverDropIn, "database.mode", "how MariaDB is started, and by whom", {}, galeraServerDropIn),
    file(
      host,
      paths.accounts,
      "app",
      "each service has a database and an account of its own",
      { mode: "0600" },
      (header) => accountsSql(topology, header),
    ),
    file(host, settings, "database.hosts", "the member program knows the members and its callers by it", {}, (header) =>
      memberSettings(host, topology, database, header),
    ),
    file(host, unit, "database.mode", "the member program runs whenever the host does", {}, memberUnit),
  ];
}

function memberProgram(header: string): string {
  return `// ${header}\n${programReference("database-member")}\n`;
}

/** What the member program goes by (MemberConfig in onhost/agent/galera/config.ts). No secrets. */
function memberSettings(host: Host, topology: Topology, database: SiteDatabase, header: string): string {
  const { site } = topology;
  const members = hostsOf(topology, "database");
  const users = site.app.filter((service) => service.database);
  const settings = {
    "//": header,
    me: host.name,
    members: members.map(({ name, fqdn, inside }) => ({ name, fqdn, address: inside })),
    votes: votesOf(database),
    listen: { address: host.inside, port: agentPort },
    // Common names of the certificates that callers show.
    clients: {
      members: members.map(({ fqdn }) => fqdn),
      routes: users.flatMap(({ name }) => [name, tierName(site, name)]),
      monitor: tierName(site, "monitor"),
    },
    paths: {
      ...{ socket: paths.socket, data: paths.data, state: paths.state, accounts: paths.accounts },
      ...{ belonged: galeraPaths.belonged, otherMode: paths.member },
      ...{ runtime: galeraPaths.runtime, own: galeraPaths.socket, start: galeraPaths.start },
      ...{ ca: paths.ca, certificate: paths.certificate, key: paths.key },
    },
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

export function galeraUnits(): readonly UnitResource[] {
  const { program: member, settings, unit, socket } = galeraPaths;
  return [
    {
      ...origin("Tells how the member stands, and starts MariaDB so that it joins the cluster."),
      ...{ kind: "unit", name: "rampart-member.service", state: "running", check: `node --check ${member}` },
      reloadOn: [
        ...[settings, paths.accounts, paths.ca].map((one) => `file:${one}`),
        `certificate:${paths.certificate}`,
      ],
      restartOn: [`file:${member}`, `file:${unit}`],
    },
    {
      ...origin("The database server."),
      ...{ kind: "unit", name: "mariadb.service", state: "owned" },
      // Refused when no other member has everything; ends when this one has everything again.
      restart: `curl -sS --fail-with-body --max-time 1500 --unix-socket ${socket} -X POST http://member/restart`,
      // Stops before it opens a data file; unknown options and malformed numbers are errors.
      check: "runuser -u mysql -- mariadbd --help --verbose > /dev/null",
      reloadOn: [`certificate:${paths.certificate}`, `file:${paths.ca}`],
      restartOn: [`file:${paths.options}`, `file:${paths.serverDropIn}`],
    },
  ];
}
