import { replicatingMember } from "../../src/contract/database.ts";
import { reaches } from "./gtid.ts";
import type { Server } from "./model.ts";
import type { Row } from "./sql.ts";

/**
 * What is asked of MariaDB in each look, in one round trip. Nothing here hangs while a commit waits for its acknowledgement: variables, SHOW
 * STATUS, SHOW SLAVE STATUS and the process list only.
 */
export const questions: readonly string[] = [
  `SELECT @@server_id AS server_id, @@read_only AS read_only, @@gtid_binlog_pos AS binlog_pos, @@gtid_slave_pos AS slave_pos,
    @@gtid_binlog_state AS binlog_state, @@rpl_semi_sync_slave_enabled AS ack_enabled, @@rpl_semi_sync_master_timeout AS ack_timeout,
    @@rpl_semi_sync_master_wait_point AS wait_point, @@rpl_semi_sync_master_wait_no_slave AS wait_no_slave,
    @@sync_relay_log AS sync_relay_log, @@sync_binlog AS sync_binlog, @@innodb_flush_log_at_trx_commit AS flush, @@version AS version`,
  "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_%'",
  "SHOW SLAVE STATUS",
  "SELECT ID AS id, USER AS user FROM information_schema.PROCESSLIST WHERE COMMAND = 'Binlog Dump'",
];

/** One look at a running server, before it is known what lies in the relay files. */
export interface Looked {
  readonly facts: Row;
  readonly status: Readonly<Record<string, string>>;
  /** Undefined where no replication is configured. */
  readonly slave: Row | undefined;
  readonly dumps: readonly Row[];
}

export function looked(answers: readonly (readonly Row[])[]): Looked {
  const [facts = [], status = [], slave = [], dumps = []] = answers;
  return {
    facts: facts[0] ?? {},
    status: Object.fromEntries(status.map((row) => [row.Variable_name ?? "", row.Value ?? ""])),
    slave: slave[0],
    dumps,
  };
}

/** What only the agent knows. */
export interface Known {
  readonly start: string;
  /** The member that has this host name. */
  readonly memberAt: (host: string) => string | undefined;
  readonly locked: readonly string[];
  /** Its IO thread has run in this life of the server and since the last CHANGE MASTER: `Gtid_IO_Pos` tells the truth. */
  readonly connected: boolean;
  /** Otherwise the last complete transaction of the relay files; undefined when these cannot be read. */
  readonly left: string | undefined;
}

export const unlimited = "18446744073709551615";

/** Semi-sync as primary is on, and cannot turn itself off (rule 6). */
export function needsAck({ facts, status }: Looked): boolean {
  return (
    status.Rpl_semi_sync_master_status === "ON" &&
    facts.ack_timeout === unlimited &&
    facts.wait_point === "AFTER_SYNC" &&
    on(facts.wait_no_slave)
  );
}

/** The server as decisions see it. */
export function serverOf(seen: Looked, known: Known): Server {
  const { facts, status, slave, dumps } = seen;
  const io = slave?.Slave_IO_Running;
  const position = facts.binlog_pos || facts.slave_pos || "";
  return {
    state: "running",
    start: known.start,
    serverId: Number(facts.server_id),
    readOnly: on(facts.read_only),
    needsAck: needsAck(seen),
    waiting: Number(status.Rpl_semi_sync_master_wait_sessions ?? 0),
    connected: dumps.flatMap(({ user }) => replicatingMember(user ?? "") ?? []),
    locked: known.locked,
    ackEnabled: on(facts.ack_enabled),
    acking: io === "Yes" && status.Rpl_semi_sync_slave_status === "ON",
    source: sourceOf(slave, known),
    receiving: receivingOf(slave),
    applying: slave?.Slave_SQL_Running === "Yes",
    received: receivedOf(slave, known, position),
    position,
    history: facts.binlog_state ?? "",
  };
}

/** While relay files are applied by their place (rescue A), it follows nobody. */
function sourceOf(slave: Row | undefined, known: Known): string | undefined {
  if (slave === undefined || slave.Using_Gtid === "No") return undefined;
  return known.memberAt(slave.Master_Host ?? "");
}

function receivingOf(slave: Row | undefined): Server["receiving"] {
  if (slave === undefined) return "no";
  const io = slave.Slave_IO_Running;
  if (io === "Yes") return "yes";
  if (io === "No") return slave.Last_IO_Errno === "1236" ? "refused" : "no";
  return "connecting";
}

/** Never less than what is applied already; unknown stays unknown. */
function receivedOf(slave: Row | undefined, known: Known, position: string): string | undefined {
  if (slave === undefined) return position;
  const last = known.connected ? (slave.Gtid_IO_Pos ?? "") : known.left;
  if (last === undefined) return undefined;
  return reaches(position, last) ? position : last;
}

/** A server that does not run, or does not answer. */
export function silent(state: Exclude<Server["state"], "running">, locked: readonly string[]): Server {
  return {
    state,
    start: "",
    serverId: 0,
    readOnly: true,
    needsAck: false,
    waiting: 0,
    connected: [],
    locked,
    ackEnabled: false,
    acking: false,
    source: undefined,
    receiving: "no",
    applying: false,
    received: undefined,
    position: "",
    history: "",
  };
}

function on(value: string | null | undefined): boolean {
  return value === "1" || value === "ON";
}
