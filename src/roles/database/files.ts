import type { FileResource } from "../../model/resource.ts";
import { secretReference } from "../../model/secret.ts";
import { type Host, hostsOf, type Topology } from "../../model/topology.ts";
import { accountsSql } from "./accounts.ts";
import { agentProgram, agentSettings, agentUnit } from "./agent.ts";
import { file } from "./file.ts";
import { folderProgram } from "./folder.ts";
import { galeraFiles } from "./galera.ts";
import { holdsStore } from "./members.ts";
import { exporterOptions, serverOptions } from "./options.ts";
import { paths } from "./paths.ts";
import { statusProgram } from "./status.ts";
import { storeDropIn, storeSettings } from "./store.ts";
import { storeMemberProgram } from "./store-member.ts";
import { exporterDropIn, serverDropIn } from "./units.ts";

/** All files of a database host, in the order in which they are put. */
export function databaseFiles(host: Host, topology: Topology): readonly FileResource[] {
  const { database } = topology.site;
  const ofMode =
    database?.mode === "galera"
      ? galeraFiles(host, topology, database)
      : [
          ...programs(host, topology),
          ...(holdsStore(host) ? storeFiles(host, topology) : []),
          ...serverFiles(host, topology),
          ...agentFiles(host, topology),
        ];
  return [
    ...ofMode,
    file(host, paths.exporter, "", "the exporter reads MariaDB's figures by the socket", {}, exporterOptions),
    file(host, paths.exporterDropIn, "database", "the monitor reads MariaDB's figures here", {}, (header) =>
      exporterDropIn(host.inside, header),
    ),
  ];
}

const program = { mode: "0755" };
const secret = { mode: "0600" };

function programs(host: Host, topology: Topology): readonly FileResource[] {
  const members = hostsOf(topology, "database").length;
  return [
    file(host, paths.agentProgram, "database", "it decides who is primary, and makes it so", {}, agentProgram),
    file(host, paths.dataFolder, "database", "makes the data folder of a new member", program, (header) =>
      folderProgram(header),
    ),
    file(host, paths.status, "database", "says how MariaDB on this host stands", program, (header) =>
      statusProgram(host.name, members, header),
    ),
  ];
}

function storeFiles(host: Host, topology: Topology): readonly FileResource[] {
  return [
    file(host, paths.storeSettings, "database.hosts", "etcd on three hosts, closed to all others", {}, (header) =>
      storeSettings(host, topology, header),
    ),
    file(host, paths.storeProgram, "database", "a member of etcd that lost its data joins anew", program, (header) =>
      storeMemberProgram(host, topology, header),
    ),
    file(host, paths.storeDropIn, "database", "how etcd is started, and what it may do", {}, storeDropIn),
  ];
}

function serverFiles(host: Host, topology: Topology): readonly FileResource[] {
  const { database } = topology.site;
  if (database === undefined) return [];
  return [
    file(host, paths.options, "database", "options of a member that can be primary or replica", {}, (header) =>
      serverOptions(host, database, header),
    ),
    file(host, paths.serverDropIn, "database", "how MariaDB is started, and by whom", {}, serverDropIn),
    file(host, paths.accounts, "app", "each service has a database and an account of its own", secret, (header) =>
      accountsSql(topology, header),
    ),
  ];
}

function agentFiles(host: Host, topology: Topology): readonly FileResource[] {
  const { database } = topology.site;
  if (database === undefined) return [];
  return [
    file(
      host,
      paths.agent,
      "database.hosts",
      "the agent knows the members, the store and its callers by it",
      {},
      (header) => agentSettings(host, topology, database, header),
    ),
    file(
      host,
      paths.replication,
      "database",
      "members prove to one another who they are",
      secret,
      () => `${secretReference("database.replication")}\n`,
    ),
    file(host, paths.agentUnit, "database", "the agent runs whenever the host does", {}, agentUnit),
  ];
}
