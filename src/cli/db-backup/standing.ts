import { backupTraces } from "../../contract/backup.ts";
import { backupOf } from "../../model/backup.ts";
import type { BackupStanding } from "../../model/status.ts";
import { run } from "../../ssh/run.ts";
import { runningMembers } from "../database-members.ts";
import { targetsOf } from "../hosts.ts";
import type { OpenSite } from "../site.ts";

/** Prints what a database host last saw of the store, and since when it looks: nothing where there are no backups. */
export const backupFigures = `cat ${backupTraces.metrics} 2>/dev/null
echo "rampart_backup_since $(cat ${backupTraces.since} 2>/dev/null)"`;

/** How backups stand, by what all database hosts last saw; null when the site has none or nobody says. */
export async function askBackups(open: OpenSite): Promise<BackupStanding | null> {
  if (backupOf(open.site) === undefined) return null;
  const target = targetsOf(open);
  const answers = await Promise.all(
    runningMembers(open).map((name) => run(target(name), backupFigures, { timeoutMs: 8000 })),
  );
  return backupStanding(answers.map(({ stdout }) => stdout));
}

/** The newest of what the hosts said. */
export function backupStanding(said: readonly string[]): BackupStanding | null {
  const figures = said.map(figuresOf).filter((one) => one.size > 1);
  if (figures.length === 0) return null;
  const newest = (what: string): string | null => {
    const times = figures.flatMap((one) => {
      const time = one.get(`${what}_timestamp_seconds`);
      // Where nothing is known, the exporter is told when the host began.
      return time === undefined || time === one.get("since") ? [] : [time];
    });
    return times.length === 0 ? null : new Date(Math.max(...times) * 1000).toISOString();
  };
  const drillFailed = figures.some((one) => one.get("drill_failed") === 1);
  return { logs: newest("logs"), base: newest("base"), proven: newest("proven"), drillFailed };
}

function figuresOf(text: string): ReadonlyMap<string, number> {
  return new Map(
    [...text.matchAll(/^rampart_backup_(\w+) (\d+)$/gm)].map(([, name = "", value]) => [name, Number(value)]),
  );
}
