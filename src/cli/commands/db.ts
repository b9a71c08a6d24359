import { RampartError } from "../../base/problem.ts";
import { databaseText, historyText } from "../../report/database.ts";
import { quietWork } from "../alerts/silences.ts";
import { UsageError } from "../arguments.ts";
import { carriedOut, changedText, changeSince, type Picture, pictureOf, seenWithin } from "../db/deeds.ts";
import { failover } from "../db/failover.ts";
import { rebuild } from "../db/rebuild.ts";
import { switchoverProblems } from "../db/refusals.ts";
import { shell } from "../db/shell.ts";
import { backup, backups } from "../db-backup/backup.ts";
import type { BackupOptions } from "../db-backup/options.ts";
import { restore } from "../db-backup/restore.ts";
import { askBackups } from "../db-backup/standing.ts";
import { bootstrap } from "../db-galera/bootstrap.ts";
import { galeraRebuild, galeraStatus } from "../db-galera/deeds.ts";
import { notInGalera } from "../db-galera/refusals.ts";
import { upgrade } from "../db-upgrade/upgrade.ts";
import { requireHosts } from "../hosts.ts";
import { operatorName } from "../lab-site.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { type OpenSite, openSite } from "../site.ts";

type Deed = (open: OpenSite, options: BackupOptions) => Promise<number>;

const deeds: Readonly<Record<string, Deed>> = {
  status,
  history,
  switchover,
  failover: (open, options) => failover(open, options, options.words),
  pause: (open, options) => pausing(open, options, "pause"),
  resume: (open, options) => pausing(open, options, "resume"),
  bootstrap: (open, { without, yes, json }) => bootstrap(open, { without, yes, json }),
  rebuild: (open, options) => rebuild(open, options, needed(options.words[0], "rebuild HOST")),
  upgrade,
  backup,
  backups,
  restore,
  shell: (open, { words, read }) => shell(open, words[0], read),
};

/** `db DEED`: how the database stands, and what an operator may ask of its agents. */
export async function dbCommand(options: BackupOptions, deed: string): Promise<number> {
  const act = Object.hasOwn(deeds, deed) ? deeds[deed] : undefined;
  if (act === undefined) throw wrongUse(deed, `is none of its deeds: ${Object.keys(deeds).join(", ")}.`);
  // It promises that nothing changes.
  if (options.check && deed !== "upgrade") throw wrongUse("--check", "goes with upgrade only.");
  const open = await openSite(options);
  if (open.site.database === undefined)
    throw new RampartError(`${open.site.name} has no database`, [
      {
        path: "database",
        reason: "no service says that it needs one.",
        remedy: "Give the service that needs one: database: true",
      },
    ]);
  requireHosts(open);
  const galera = open.site.database.mode === "galera";
  const against = galera ? notInGalera[deed] : deed === "bootstrap" ? notInReplicated : undefined;
  if (against !== undefined) throw new RampartError("Nothing was changed", [{ path: deed, ...against }]);
  return await (galera ? (galeraDeeds[deed] ?? act) : act)(open, options);
}

const notInReplicated = {
  reason: "only a Galera cluster is begun anew; in mode replicated the agents elect a primary by themselves.",
  remedy: "When nobody takes over: rampart db failover",
};

/** Deeds that are others in mode galera. */
const galeraDeeds: Readonly<Record<string, Deed>> = {
  status: (open, { json }) => galeraStatus(open, json),
  rebuild: (open, { words, yes, json }) => galeraRebuild(open, needed(words[0], "rebuild HOST"), { yes, json }),
};

async function status(open: OpenSite, { json }: BackupOptions): Promise<number> {
  const [picture, backup] = await Promise.all([pictureOf(open), askBackups(open)]);
  const database = { ...picture.database, backup };
  if (json) writeJson({ site: open.site.name, ...database });
  else writeText(databaseText(database, reportStyle(), new Date()));
  return database.noLoss ? exitCodes.done : exitCodes.failed;
}

async function history(open: OpenSite, { json }: BackupOptions): Promise<number> {
  const { changes } = (await pictureOf(open)).database;
  if (json) writeJson({ site: open.site.name, changes });
  else writeText(historyText(changes, reportStyle()));
  return exitCodes.done;
}

async function switchover(open: OpenSite, options: BackupOptions): Promise<number> {
  const { to, json } = options;
  const before = await pictureOf(open);
  const problems = switchoverProblems(before.database, to);
  if (problems.length > 0) throw new RampartError("No switchover, nothing was changed", problems, "rampart db status");
  if (to !== undefined && to === before.database.primary) {
    if (json) writeJson({ site: open.site.name, change: null });
    else writeText(`${to} is the primary already; nothing was changed.`);
    return exitCodes.done;
  }
  const request = { kind: "switchover" as const, to: to ?? null, without: [] };
  const { term } = before.database;
  const told = await quietWork(open, operatorName())(
    before.members.map(({ host }) => host),
    "rampart db switchover",
  );
  let after: Picture;
  try {
    await carriedOut(open, before, { request, within: 30, quiet: json });
    const isOver = (one: Picture) =>
      one.database.primary !== null && (changeSince(one, term)?.gapSeconds ?? null) !== null;
    after = await seenWithin(open, 10, isOver);
  } finally {
    await told();
  }
  const change = changeSince(after, term);
  if (json) writeJson({ site: open.site.name, change: change ?? null });
  else writeText(change ? changedText(change) : "The request was carried out:  rampart db status");
  return change === undefined || change.kind === "called off" ? exitCodes.failed : exitCodes.done;
}

async function pausing(open: OpenSite, { json }: BackupOptions, kind: "pause" | "resume"): Promise<number> {
  const before = await pictureOf(open);
  const paused = kind === "pause";
  if (before.database.paused !== paused)
    await carriedOut(open, before, { request: { kind, to: null, without: [] }, within: 30, quiet: json });
  if (json) writeJson({ site: open.site.name, paused });
  else if (paused)
    writeText("The agents only look now: nobody takes over when the primary is lost.\nAfterwards:  rampart db resume");
  else writeText("The agents act again.");
  return exitCodes.done;
}

function needed(word: string | undefined, form: string): string {
  if (word !== undefined) return word;
  throw wrongUse(form.split(" ")[0] ?? "db", `a word is missing; the form is: rampart db ${form}.`);
}

function wrongUse(path: string, reason: string): UsageError {
  return new UsageError(
    "rampart db needs to know what to do",
    [{ path: path || "db", reason, remedy: "rampart docs db shows all deeds with examples." }],
    "rampart docs db",
  );
}
