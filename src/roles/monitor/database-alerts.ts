import { type AlertRule, selector } from "../../formats/prometheus.ts";
import { isGalera } from "../../model/galera.ts";
import { hostsOf, offersOf, type Topology } from "../../model/topology.ts";
import { galeraAlerts, galeraMeasurements } from "./galera-alerts.ts";
import { alert, missing, whileMeasuring } from "./rule.ts";

const exporter = { job: "database.exporter" };
const agents = { job: "database.agent" };
const perHost = (metric: string, fold: "max" | "min" = "max") => `${fold} by (host) (${selector(metric, exporter)})`;
const told = (metric: string) => selector(`rampart_${metric}`, agents);
const counted = (condition: string) => `(count(${condition}) or vector(0))`;

/** Nobody is named as primary here: the primary is whoever takes writes, and that may change. */
const readOnly = perHost("mysql_global_variables_read_only");

/** The database as its users feel it, and the promise that no acknowledged write is lost. */
export function databaseAlerts(topology: Topology): readonly AlertRule[] {
  const members = hostsOf(topology, "database").length;
  if (members === 0) return [];
  const { database } = topology.site;
  if (database?.mode === "galera") return [...galeraAlerts(database), downAlert()];
  return [...writeAlerts(members), ...promiseAlerts(members), ...memberAlerts(), ...storeAlerts(topology)];
}

/** What those alerts look at. */
export function databaseMeasurements(topology: Topology): readonly AlertRule[] {
  if (hostsOf(topology, "database").length === 0) return [];
  if (isGalera(topology.site)) return galeraMeasurements();
  return [
    missing(selector("mysql_global_variables_read_only", exporter), "who takes writes in the database"),
    missing(selector("mysql_slave_status_slave_sql_running", exporter), "replication"),
    missing(told("database_writable"), "the database's agents"),
    missing(told("database_promise_holds"), "the promise that no acknowledged write is lost"),
    missing(told("store_member_healthy"), "etcd"),
  ];
}

function writeAlerts(members: number): readonly AlertRule[] {
  const writers = counted(`${told("database_writable")} == 1`);
  // A failover takes up to 8 s, and is nobody's business at night when it succeeds; without most of the agents there is none.
  const agentsHeard = `max_over_time((${counted(told("database_writable"))})[4s:1s])`;
  const noFailover = `${agentsHeard} < ${Math.floor(members / 2) + 1}`;
  const noneForLong = `max_over_time((${writers})[10s:2s]) == 0`;
  return [
    alert(
      "NoWritableDatabase",
      "page",
      "2s",
      `(${writers} == 0) and ((${noFailover}) or (${noneForLong}))${whileMeasuring}`,
      {
        summary: "No database host takes writes",
        description: "Orders, log-ins and everything else that writes waits; pages that only read may go on.",
      },
    ),
    // MariaDB itself is asked, and not the agents, who would have to be wrong for this to happen.
    alert("TwoWritableDatabases", "page", "6s", `${counted(`${readOnly} == 0`)} > 1`, {
      summary: "More than one database host takes writes",
      description: "Only one of them can acknowledge writes; sessions on the other wait or will see an error.",
    }),
  ];
}

function promiseAlerts(members: number): readonly AlertRule[] {
  const voters = Math.min(2, members - 1);
  return [
    alert("DatabasePromiseBroken", "page", "6s", `${told("database_promise_holds")} == 0`, {
      summary: "The promise that no acknowledged write is lost does not hold, says {{ $labels.host }}",
      description: "Writes are not, or not safely, acknowledged by a replica. `rampart db status` says why.",
    }),
    alert("WriteNotAcknowledged", "page", "0s", `increase(${told("database_unacknowledged_total")}[10m]) > 0`, {
      summary: "{{ $labels.host }} answered a commit that no replica has acknowledged",
      description: "A session whose commit waited was killed, or semi-sync was off: that write may be lost.",
    }),
    alert("DatabaseVoterMissing", "ticket", "30s", `${told("database_acknowledging")} < ${voters}`, {
      summary: `Fewer than ${voters} replicas acknowledge the writes of {{ $labels.host }}`,
      description: "The promise holds, but with one replica less: after one more loss writes wait.",
    }),
    alert("DatabasePaused", "ticket", "15m", `max(${told("database_paused")}) == 1`, {
      summary: "The database's agents are paused",
      description: "Nobody takes over when the primary is lost, and nothing is started again.",
    }),
  ];
}

function downAlert(): AlertRule {
  // The exporter answers also when MariaDB does not, and then all other figures are missing.
  const silent = `${perHost("mysql_up")} == 0 or (${perHost("up")} == 1 unless on (host) ${perHost("mysql_up")})`;
  return alert("DatabaseMemberDown", "page", "10s", silent, {
    summary: "MariaDB on {{ $labels.host }} does not answer",
    description: "The host is there, its database is not: it neither serves reads nor acknowledges writes.",
  });
}

function memberAlerts(): readonly AlertRule[] {
  const io = perHost("mysql_slave_status_slave_io_running", "min");
  const sql = perHost("mysql_slave_status_slave_sql_running", "min");
  // A replica that was told to stop and forgot its source has no status at all, and no error either.
  const stopped = `${io} == 0 or ${sql} == 0 or (${readOnly} == 1 unless on (host) ${sql})`;
  return [
    downAlert(),
    alert("DatabaseMemberBroken", "ticket", "1m", `${told("database_broken")} == 1`, {
      summary: "The data of {{ $labels.host }} must be built anew",
      description:
        "It has transactions that the primary lacks, or lost some: it serves nobody until it is seeded again.",
    }),
    alert("ReplicaStopped", "page", "10s", stopped, {
      summary: "{{ $labels.host }} no longer follows the primary",
      description: "It does not fetch or does not apply writes: reads from it grow old, and it cannot take over.",
    }),
  ];
}

function storeAlerts(topology: Topology): readonly AlertRule[] {
  const members = offersOf(topology, "database.store").length;
  return [
    alert("StoreUnreachable", "page", "6s", `${told("store_reachable")} == 0`, {
      summary: "The agent on {{ $labels.host }} gets no answer from etcd",
      description: "Without etcd nobody takes over. A primary goes on only while it sees all other members.",
    }),
    alert(
      "StoreMemberDown",
      "ticket",
      "20s",
      `${counted(`${told("store_member_healthy")} == 1`)} < ${members}${whileMeasuring}`,
      {
        summary: `{{ $value }} of ${members} members of etcd are well`,
        description: "With one lost etcd goes on; after one more no primary can be elected.",
      },
    ),
  ];
}
