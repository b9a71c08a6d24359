import { type AlertRule, selector } from "../../formats/prometheus.ts";
import { backupOf } from "../../model/backup.ts";
import type { DrillInterval } from "../../model/site.ts";
import type { Topology } from "../../model/topology.ts";
import { alert, missing } from "./rule.ts";

// Every database host says what it last saw in the store; the newest is what the store holds.

const days: Readonly<Record<DrillInterval, number>> = { daily: 1, weekly: 7, monthly: 31, never: 0 };
const newest = (what: string) => `max(rampart_backup_${what}_timestamp_seconds)`;

/** Backups that are not made, logs that do not come, restores that are not proved. */
export function backupAlerts(topology: Topology): readonly AlertRule[] {
  const backup = backupOf(topology.site);
  if (backup === undefined) return [];
  const always = [
    alert("BackupLogsBehind", "page", "30s", `time() - ${newest("logs")} > 300`, {
      summary: "The backup store is more than 5 minutes behind the database",
      description: "What is written now could not be restored if all database hosts were lost or a table were deleted.",
    }),
    alert("BackupTooOld", "ticket", "5m", `time() - ${newest("base")} > ${26 * 3600}`, {
      summary: "The newest backup of the database is more than 26 hours old",
      description: "Any second can still be restored from an older one, and takes longer the older it is.",
    }),
  ];
  if (backup.drill === "never") return always;
  const age = `time() - ${newest("proven")} > ${(days[backup.drill] + 1) * 86_400}`;
  return [
    ...always,
    alert("RestoreNotProved", "ticket", "5m", `${age} or max(rampart_backup_drill_failed) > 0`, {
      summary: "No restore of the database was proved lately",
      description: `The ${backup.drill} drill failed, or was not carried out: whether the backups can be restored is not known.`,
    }),
  ];
}

/** What those alerts look at. */
export function backupMeasurements(topology: Topology): readonly AlertRule[] {
  if (backupOf(topology.site) === undefined) return [];
  return [missing(selector("rampart_backup_logs_timestamp_seconds", {}), "the backups of the database")];
}
