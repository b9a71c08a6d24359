import { type AlertRule, selector } from "../../formats/prometheus.ts";
import { hostsOf, type Topology } from "../../model/topology.ts";
import { alert, missing } from "./rule.ts";

const job = "database.exporter";
const perHost = (metric: string, fold: "max" | "min" = "max") => `${fold} by (host) (${selector(metric, { job })})`;

/** Nobody is named as primary here: the primary is whoever takes writes, and that may change. */
const readOnly = perHost("mysql_global_variables_read_only");
const writable = `(count(${readOnly} == 0) or vector(0))`;

/** The database as its users feel it, and the promise that no acknowledged write is lost. */
export function databaseAlerts(topology: Topology): readonly AlertRule[] {
  const count = hostsOf(topology, "database").length;
  if (count === 0) return [];
  return count === 1 ? writeAlerts() : [...writeAlerts(), ...replicaAlerts()];
}

/** What those alerts look at. */
export function databaseMeasurements(topology: Topology): readonly AlertRule[] {
  const count = hostsOf(topology, "database").length;
  if (count === 0) return [];
  const own = missing(selector("mysql_global_variables_read_only", { job }), "who takes writes in the database");
  if (count === 1) return [own];
  return [own, missing(selector("mysql_slave_status_slave_sql_running", { job }), "replication")];
}

function writeAlerts(): readonly AlertRule[] {
  // The exporter answers also when MariaDB does not, and then all other figures are missing.
  const silent = `${perHost("mysql_up")} == 0 or (${perHost("up")} == 1 unless on (host) ${perHost("mysql_up")})`;
  return [
    alert("DatabaseMemberDown", "page", "10s", silent, {
      summary: "MariaDB on {{ $labels.host }} does not answer",
      description: "The host is there, its database is not: it neither serves reads nor acknowledges writes.",
    }),
    alert("NoWritableDatabase", "page", "6s", `${writable} == 0`, {
      summary: "No database host takes writes",
      description: "Orders, log-ins and everything else that writes fails; pages that only read may go on.",
    }),
    alert("TwoWritableDatabases", "page", "6s", `${writable} > 1`, {
      summary: "More than one database host takes writes",
      description: "Their contents grow apart with every write.",
    }),
  ];
}

function replicaAlerts(): readonly AlertRule[] {
  const io = perHost("mysql_slave_status_slave_io_running", "min");
  const sql = perHost("mysql_slave_status_slave_sql_running", "min");
  // A replica that was told to stop and forgot its source has no status at all, and no error either.
  const stopped = `${io} == 0 or ${sql} == 0 or (${readOnly} == 1 unless on (host) ${sql})`;
  const on = `${perHost("mysql_global_status_rpl_semi_sync_master_status")} == 1`;
  const voters = `${perHost("mysql_global_status_rpl_semi_sync_master_clients")} > 0`;
  return [
    alert("ReplicaStopped", "page", "10s", stopped, {
      summary: "{{ $labels.host }} no longer follows the primary",
      description: "It does not fetch or does not apply writes: reads from it grow old, and it cannot take over.",
    }),
    alert("SemiSyncOff", "page", "6s", `${readOnly} == 0 unless on (host) (${on} and on (host) ${voters})`, {
      summary: "Writes on {{ $labels.host }} are not acknowledged by a replica",
      description: "Semi-synchronous replication is off, or no replica takes part: the no-loss promise does not hold.",
    }),
  ];
}
