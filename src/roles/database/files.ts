import { shellQuote } from "../../base/text.ts";
import type { FileResource } from "../../model/resource.ts";
import type { Host, Topology } from "../../model/topology.ts";
import { accountsSql } from "./accounts.ts";
import { folderProgram } from "./folder.ts";
import { type Members, members } from "./members.ts";
import { exporterOptions, memberOptions, serverOptions } from "./options.ts";
import { paths } from "./paths.ts";
import { sourceSql } from "./source.ts";
import { standingProgram } from "./standing.ts";
import { statusProgram } from "./status.ts";
import { exporterDropIn, serverDropIn, standingUnit } from "./units.ts";

/** All files of a database host, in the order in which they are put. */
export function databaseFiles(host: Host, topology: Topology): readonly FileResource[] {
  const tier = members(topology);
  const { database } = topology.site;
  if (tier === undefined || database === undefined) return [];
  return [
    ...programs(host),
    ...serverFiles(host, topology, tier),
    file(host, paths.options, "database", "options of a member that can be primary or replica", {}, (header) =>
      serverOptions(host, database, header),
    ),
    file(host, paths.serverDropIn, "database", "how MariaDB is started, and started again", {}, serverDropIn),
    file(host, paths.unit, "database", "brings MariaDB to its standing after every start", {}, standingUnit),
    file(host, paths.exporterDropIn, "database", "the monitor reads MariaDB's figures here", {}, (header) =>
      exporterDropIn(host.inside, header),
    ),
  ];
}

function programs(host: Host): readonly FileResource[] {
  const program = { mode: "0755" };
  return [
    file(host, paths.dataFolder, "database", "makes the data folder of a new member", program, folderProgram),
    file(
      host,
      paths.standing,
      "database",
      "brings MariaDB to its standing after every start",
      program,
      standingProgram,
    ),
    file(host, paths.status, "database", "says how MariaDB on this host stands", program, statusProgram),
  ];
}

function serverFiles(host: Host, topology: Topology, tier: Members): readonly FileResource[] {
  const secret = { mode: "0600" };
  const source = host.name === tier.primary.name ? undefined : tier.primary;
  return [
    file(host, paths.settings, "database.hosts", "the first database host is the primary", {}, (header) =>
      settings(host, topology, tier, header),
    ),
    file(host, paths.accounts, "app", "each service has a database and an account of its own", secret, (header) =>
      accountsSql(topology, header),
    ),
    file(host, paths.member, "database.hosts", "this member asks another one, as itself", secret, (header) =>
      memberOptions(host, header),
    ),
    ...(source
      ? [
          file(host, paths.source, "database.hosts", `this member replicates from ${source.name}`, secret, (header) =>
            sourceSql(host, source, header),
          ),
        ]
      : []),
    file(host, paths.exporter, "", "the exporter reads MariaDB's figures by the socket", {}, exporterOptions),
  ];
}

/** Read by the programs as shell assignments. */
function settings(host: Host, topology: Topology, { primary, voters }: Members, header: string): string {
  const others = topology.hosts.filter((other) => other.tier === "database" && other.name !== host.name);
  const values = {
    HOST: host.name,
    STANDING: host.name === primary.name ? "primary" : "replica",
    PRIMARY: primary.fqdn,
    VOTERS: String(voters.length),
    VOTER: voters.some((voter) => voter.name === host.name) ? "1" : "0",
    OTHERS: others.map((other) => other.fqdn).join(" "),
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${shellQuote(value)}`);
  return `# ${header}\n${lines.join("\n")}\n`;
}

function file(
  host: Host,
  name: string,
  path: string,
  why: string,
  access: Partial<Pick<FileResource, "mode">>,
  content: (header: string) => string,
): FileResource {
  const header = `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}.`;
  return {
    kind: "file",
    role: "database",
    path,
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
    file: name,
    content: content(header),
    mode: "0644",
    owner: "root",
    group: "root",
    ...access,
  };
}
