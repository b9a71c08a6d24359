import { type OptionLine, optionFile } from "../../formats/mariadb.ts";
import { clusterAddress, groupOptions, optionText } from "../../model/galera.ts";
import type { SiteDatabase } from "../../model/site.ts";
import { type Host, hostsOf, type Topology } from "../../model/topology.ts";
import { memory, place, security } from "./options.ts";
import { galeraPaths, paths } from "./paths.ts";

/** The server's options: a member of a Galera cluster. */
export function galeraServerOptions(host: Host, topology: Topology, database: SiteDatabase, header: string): string {
  const parts = [place(host), security, memory(database), data, cluster(host, topology)];
  return optionFile(
    [
      { name: "mariadbd", lines: parts.flat() },
      { name: "sst", lines: copying },
    ],
    header,
  );
}

const data: readonly OptionLine[] = [
  ["character_set_server", "utf8mb4"],
  ["default_storage_engine", "InnoDB"],
  "Other engines are not replicated.",
  ["enforce_storage_engine", "InnoDB"],
  "Rows without a key are found by reading the table on every member, and certified by guess.",
  ["innodb_force_primary_key", "ON"],
  ["innodb_snapshot_isolation", "ON"],
  ["innodb_autoinc_lock_mode", 2],
  ["binlog_format", "ROW"],
  "On the disk before it is answered. Without it a crash of all members loses what was acknowledged (MDEV-38974).",
  ["innodb_flush_log_at_trx_commit", 1],
  ["innodb_doublewrite", "ON"],
];

function cluster(host: Host, topology: Topology): readonly OptionLine[] {
  return [
    ["wsrep_on", "ON"],
    ["wsrep_provider", galeraPaths.provider],
    ["wsrep_cluster_name", topology.site.name],
    "Never empty: an empty address would begin a cluster.",
    ["wsrep_cluster_address", clusterAddress(topology)],
    ["wsrep_node_name", host.name],
    ["wsrep_node_address", host.inside],
    ["wsrep_node_incoming_address", `${host.inside}:3306`],
    ["wsrep_slave_threads", 4],
    ["wsrep_certify_nonPK", "ON"],
    "What cannot be applied alike is voted on, and whoever differs leaves; the default passes over rows that are missing.",
    ["wsrep_ignore_apply_errors", 0],
    "A read waits until this member has applied all that the cluster had acknowledged before it.",
    ["wsrep_sync_wait", 1],
    "A member without enough others answers nothing rather than something old.",
    ["wsrep_dirty_reads", "OFF"],
    ["wsrep_sst_method", "mariabackup"],
    "Whoever gives a copy serves nobody meanwhile: the member that takes the writes is asked last.",
    ["wsrep_sst_donor", donors(host, topology)],
    ["wsrep_provider_options", `"${optionText([...groupOptions(host, paths), ...own])}"`],
  ];
}

/** The comma at the end: and if none of them is there, any other. */
function donors(host: Host, topology: Topology): string {
  const others = hostsOf(topology, "database").filter(({ name }) => name !== host.name);
  return `${others
    .toReversed()
    .map(({ name }) => name)
    .join(",")},`;
}

const own: readonly (readonly [string, string])[] = [
  // How much a member may miss and still catch up without a whole copy; kept over a restart.
  ["gcache.size", "256M"],
  ["gcache.recover", "yes"],
  // When all who were there last are back after a power cut, they are the cluster again.
  ["pc.recovery", "TRUE"],
];

const copying: readonly OptionLine[] = [
  "A copy for a new member: by TLS, with the certificates of both sides and a secret of that one copy.",
  ["ssl-mode", "VERIFY_CA"],
  "Seconds until a giver's first bytes must have come, which are small. At 300, as it is by itself, a copy that never began held an apply up.",
  ["sst-initial-timeout", 60],
];
