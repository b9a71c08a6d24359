import { backupPrograms } from "../../contract/backup.ts";
import type { BackupList, StoredBackup } from "../../model/backups.ts";
import { backupsText, madeText } from "../../report/backups.ts";
import { run } from "../../ssh/run.ts";
import { targetsOf } from "../hosts.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import type { OpenSite } from "../site.ts";
import { waiting } from "../waiting.ts";
import { chosenHost } from "./hosts.ts";
import type { BackupOptions } from "./options.ts";
import { carryOut, refused } from "./program.ts";

/** `db backup`: a physical backup now, from a replica that follows. */
export async function backup(open: OpenSite, options: BackupOptions): Promise<number> {
  const title = "No backup was made";
  const host = await chosenHost(open, options.on, title);
  const began = performance.now();
  const made = await carryOut<StoredBackup>(open, { host, title, script: backupPrograms.base }, waiting(options.json));
  const seconds = Math.round((performance.now() - began) / 1000);
  if (options.json) writeJson({ site: open.site.name, ...made, seconds });
  else writeText(madeText(made, seconds));
  return exitCodes.done;
}

/** `db backups`: what the store holds, and from when to when any second can be restored. */
export async function backups(open: OpenSite, options: BackupOptions): Promise<number> {
  const list = await storedBackups(open, options.on);
  if (options.json) writeJson({ site: open.site.name, ...list });
  else writeText(backupsText(list, reportStyle(), new Date()));
  return exitCodes.done;
}

/** What the store holds, as a database host sees it. */
export async function storedBackups(open: OpenSite, on?: string): Promise<BackupList> {
  const title = "The store was not read";
  const host = await chosenHost(open, on, title);
  const answer = await run(targetsOf(open)(host), backupPrograms.list, { timeoutMs: 130_000 });
  if (answer.exitCode !== 0) throw refused({ host, title }, answer);
  return JSON.parse(answer.stdout) as BackupList;
}
