import { RampartError } from "../../base/problem.ts";
import { backupPrograms, restoredInstance, restoredNames } from "../../contract/backup.ts";
import type { RestoreResult } from "../../model/backups.ts";
import { restoredText } from "../../report/backups.ts";
import { run } from "../../ssh/run.ts";
import { UsageError } from "../arguments.ts";
import { runningMembers } from "../database-members.ts";
import { targetsOf } from "../hosts.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import type { OpenSite } from "../site.ts";
import { waiting } from "../waiting.ts";
import { chosenHost } from "./hosts.ts";
import type { BackupOptions } from "./options.ts";
import { carryOut } from "./program.ts";
import { swapIn } from "./swap.ts";
import { restoreTime } from "./time.ts";

const instance = restoredInstance(restoredNames.side);

/** `db restore --to TIME [--swap]`, `--swap`, `--drill`, `--drop`. */
export async function restore(open: OpenSite, options: BackupOptions): Promise<number> {
  if (options.drill) return await drill(open, options);
  if (options.drop) return await drop(open, options);
  if (options.to === undefined) {
    if (options.swap) return await swapIn(open, options, await restoredHost(open));
    throw new UsageError(
      "rampart db restore needs to know what to do",
      [
        {
          path: "restore",
          reason: "no time is named.",
          remedy: "The form is:  rampart db restore --to TIME [--swap], --drill or --drop",
        },
      ],
      "rampart docs db",
    );
  }
  const result = await restoreBeside(open, options, restoreTime(options.to, new Date()));
  if (options.json && !options.swap) writeJson({ site: open.site.name, ...result });
  else if (!options.json) writeText(restoredText(result, instance.socket, reportStyle()));
  return options.swap ? await swapIn(open, options, result) : exitCodes.done;
}

async function restoreBeside(open: OpenSite, options: BackupOptions, to: string): Promise<RestoreResult> {
  const title = "Nothing was restored, and nothing was changed";
  const host = await chosenHost(open, options.on, title);
  const script = `${backupPrograms.restore} ${restoredNames.side} ${to}`;
  return await carryOut<RestoreResult>(open, { host, title, script }, waiting(options.json));
}

async function drill(open: OpenSite, options: BackupOptions): Promise<number> {
  const title = "The drill failed: the backups are not proved";
  const host = await chosenHost(open, options.on, title);
  const result = await carryOut<RestoreResult>(
    open,
    { host, title, script: backupPrograms.drill },
    waiting(options.json),
  );
  if (options.json) writeJson({ site: open.site.name, ...result });
  else {
    const { proof } = result;
    writeText(
      `Proved: ${result.to} was restored on ${host} in ${result.seconds} s, and ${proof.rows.toLocaleString("en-US")} rows of the canary are the ${proof.by === "live rows" ? "live ones" : "ones that must be there"}. The instance is gone again.`,
    );
  }
  return exitCodes.done;
}

/** The restored instance that stands somewhere, with what was proved of it. */
async function restoredHost(open: OpenSite): Promise<RestoreResult> {
  const found = await Promise.all(
    runningMembers(open).map((name) => run(targetsOf(open)(name), `cat ${instance.result}`, { timeoutMs: 10_000 })),
  );
  const results = found.flatMap(({ exitCode, stdout }) =>
    exitCode === 0 ? [JSON.parse(stdout) as RestoreResult] : [],
  );
  const [only, another] = results;
  if (only !== undefined && another === undefined) return only;
  const [reason, remedy] =
    only === undefined
      ? ["there is no proved restore.", "Make one: rampart db restore --to TIME"]
      : [
          `there are restores on ${results.map(({ host }) => host).join(" and ")}.`,
          "Keep one: rampart db restore --drop --on HOST",
        ];
  throw new RampartError("Nothing was swapped in", [{ path: "restore", reason, remedy }], "rampart db backups");
}

/** `db restore --drop`: restored instances go, everywhere or on one host. */
async function drop(open: OpenSite, options: BackupOptions): Promise<number> {
  const hosts =
    options.on === undefined ? runningMembers(open) : [await chosenHost(open, options.on, "Nothing was removed")];
  const script = `systemctl stop ${instance.unit}; [ -e ${instance.folder} ] && echo REMOVED; rm -rf ${instance.folder}`;
  const answers = await Promise.all(hosts.map((name) => run(targetsOf(open)(name), script, { timeoutMs: 120_000 })));
  const removed = answers.filter(({ stdout }) => stdout.includes("REMOVED")).map(({ host }) => host);
  if (options.json) writeJson({ site: open.site.name, removed });
  else
    writeText(
      removed.length === 0
        ? "There is no restored instance."
        : `The restored instance on ${removed.join(" and ")} is gone.`,
    );
  return exitCodes.done;
}
