import { type OptionLine, optionFile } from "../../formats/mariadb.ts";
import type { SiteDatabase } from "../../model/site.ts";
import type { Host } from "../../model/topology.ts";
import { paths } from "./paths.ts";

/** The server's options: a member that could be the primary, tested by switching over, crashing and rescuing. */
export function serverOptions(host: Host, database: SiteDatabase, header: string): string {
  return optionFile([{ name: "mariadbd", lines: [...place(host), ...security, ...behaviour(database)] }], header);
}

/** What it does, wherever it stands. */
export function behaviour(database: SiteDatabase): readonly OptionLine[] {
  return [memory(database), data, history, replication(database), standing].flat();
}

export function place(host: Host): readonly OptionLine[] {
  return [
    ["server_id", host.index + 1],
    ["datadir", paths.data],
    ["socket", paths.socket],
    ["port", 3306],
    "The inside network only; this host itself uses the socket.",
    ["bind_address", host.inside],
    ["skip_name_resolve", "ON"],
    "A host that failed to connect often is not shut out: a flapping link must not become an outage.",
    ["max_connect_errors", 4294967295],
    ["max_connections", 500],
  ];
}

export const security: readonly OptionLine[] = [
  "Everything that comes over the network is encrypted, and each account must show its own certificate.",
  ["require_secure_transport", "ON"],
  ["tls_version", "TLSv1.3"],
  ["ssl_ca", paths.ca],
  ["ssl_cert", paths.certificate],
  ["ssl_key", paths.key],
  ["local_infile", "OFF"],
];

export function memory(database: SiteDatabase): readonly OptionLine[] {
  return [
    ["innodb_buffer_pool_size", `${database.bufferPoolMiB}M`],
    ["performance_schema", "OFF"],
  ];
}

const data: readonly OptionLine[] = [
  ["character_set_server", "utf8mb4"],
  ["default_storage_engine", "InnoDB"],
  "Other engines cannot take back a write that no replica acknowledged; after a crash they can keep the server from starting.",
  ["enforce_storage_engine", "InnoDB"],
  ["innodb_snapshot_isolation", "ON"],
];

const history: readonly OptionLine[] = [
  "The binary log is the history that replicas follow; every commit is on the disk before it is answered.",
  ["log_bin", "bin"],
  ["binlog_format", "ROW"],
  "No statement beside its rows: a replica syncs every event before it acknowledges, and this would be one of five.",
  ["binlog_annotate_row_events", "OFF"],
  ["sync_binlog", 1],
  ["innodb_flush_log_at_trx_commit", 1],
  ["max_binlog_size", "256M"],
  "Seven days: how long a member may be away and still catch up by itself.",
  ["binlog_expire_logs_seconds", 604800],
  ["slave_connections_needed_for_purge", 0],
  ["log_slave_updates", "ON"],
  ["gtid_domain_id", 1],
  ["gtid_strict_mode", "ON"],
];

function replication(database: SiteDatabase): readonly OptionLine[] {
  return [
    ["relay_log", "relay"],
    "A restarted replica still has what it acknowledged: its relay log must not be thrown away.",
    ["relay_log_recovery", "OFF"],
    ...(database.promise === "no-loss"
      ? (["On the disk before the acknowledgement: survives a power cut of all hosts.", ["sync_relay_log", 1]] as const)
      : (["Not on the disk yet at the acknowledgement: about twice as fast.", ["sync_relay_log", 10000]] as const)),
    ["sync_master_info", 10000],
    ["sync_relay_log_info", 10000],
    ["master_verify_checksum", "ON"],
    "Seconds of silence after which a replica connects anew.",
    ["slave_net_timeout", 4],
    "A primary may be away for longer than the 28 hours after which a replica would give up for good.",
    ["master_retry_count", 0],
    ["slave_parallel_threads", 4],
  ];
}

const standing: readonly OptionLine[] = [
  "Every member starts as nobody; the agent says what it is.",
  ["skip_slave_start", "ON"],
  ["read_only", "ON"],
  ["rpl_semi_sync_master_enabled", "OFF"],
  ["rpl_semi_sync_slave_enabled", "OFF"],
  ["rpl_semi_sync_master_wait_point", "AFTER_SYNC"],
  ["rpl_semi_sync_master_wait_no_slave", "ON"],
  "Without end: a time-out would turn into writes that no replica has.",
  ["rpl_semi_sync_master_timeout", "18446744073709551615"],
  ["rpl_semi_sync_slave_kill_conn_timeout", 1],
];

/** How the exporter reaches the server: by the socket, where the system user is the proof. */
export function exporterOptions(header: string): string {
  return optionFile(
    [
      {
        name: "client",
        lines: [
          ["user", "prometheus"],
          ["socket", paths.socket],
        ],
      },
    ],
    header,
  );
}
