import { type Problem, RampartError } from "../../base/problem.ts";
import { listed } from "../../base/text.ts";
import { backupPrograms, restoredNames } from "../../contract/backup.ts";
import type { RestoreResult } from "../../model/backups.ts";
import { hostsOf } from "../../model/topology.ts";
import { run } from "../../ssh/run.ts";
import { targetsOf } from "../hosts.ts";
import { exitCodes } from "../options.ts";
import { writeJson, writeText } from "../output.ts";
import { typed } from "../question.ts";
import type { OpenSite } from "../site.ts";
import { waiting } from "../waiting.ts";
import { primaryHost } from "./hosts.ts";
import type { BackupOptions } from "./options.ts";
import { carryOut } from "./program.ts";

interface Swapped {
  readonly swapped: readonly string[];
  /** Databases that hold what was live before. */
  readonly kept: readonly string[];
}

const title = "Nothing was swapped in: the live database is as it was";

/** What was restored and proved takes the place of what is live, after a question; what is live is kept beside it. */
export async function swapIn(open: OpenSite, options: BackupOptions, restored: RestoreResult): Promise<number> {
  const primary = await primaryHost(open, title);
  await requireRoom(open, restored);
  const word = open.site.name;
  if (
    !options.yes &&
    !(await typed(word, question(restored, primary), "In a script: rampart db restore --swap --yes"))
  ) {
    writeText("Stopped; the live database is as it was, and the restored instance stays.");
    return exitCodes.failed;
  }
  const began = performance.now();
  const line = waiting(options.json);
  const script = `${backupPrograms.swap} export ${restoredNames.side}`;
  const exported = await carryOut<object>(open, { host: restored.host, title, script }, line);
  const load = { host: primary, title, script: `${backupPrograms.swap} load`, stdin: JSON.stringify(exported) };
  const { swapped, kept } = await carryOut<Swapped>(open, load, line);
  const seconds = Math.round((performance.now() - began) / 1000);
  if (options.json) writeJson({ site: open.site.name, ...restored, swapped, kept, swapSeconds: seconds });
  else writeText(swappedText({ swapped, kept }, restored, seconds));
  return exitCodes.done;
}

function question({ to, tables }: RestoreResult, primary: string): string {
  const names = [...new Set(tables.flatMap(({ database, restored }) => (restored ? [database] : [])))];
  return `${listed(names)} will be as at ${to}. Everything written since then leaves the site; it is kept, in databases called
before_<time>_<name>. The site goes on meanwhile: the new tables are loaded beside the live ones through ${primary}, and all
are exchanged at once.`;
}

function swappedText({ swapped, kept }: Swapped, { to, host }: RestoreResult, seconds: number): string {
  return `${listed(swapped)} ${swapped.length === 1 ? "is" : "are"} as at ${to}, after ${seconds} s. What was live before is in ${listed(kept)}.

  look at it   rampart exec HOST -- mariadb ${kept[0] ?? ""}
  when it is no longer needed, on the primary:  DROP DATABASE ${kept[0] ?? ""}
  the restored instance on ${host}:  rampart db restore --drop`;
}

/** Every member gets a second copy, and the primary's binary log a third. */
async function requireRoom(open: OpenSite, { bytes }: RestoreResult): Promise<void> {
  const needed = Math.ceil((bytes * 2.5) / 2 ** 20);
  const script = "df --output=avail -BM /var/lib/mysql | tail -n 1 | tr -dc 0-9";
  const answers = await Promise.all(
    hostsOf(open.topology, "database").map(({ name }) => run(targetsOf(open)(name), script, { timeoutMs: 10_000 })),
  );
  const problems = answers.flatMap(({ host, stdout, exitCode }): readonly Problem[] => {
    const free = Number(stdout.trim());
    if (exitCode !== 0 || stdout.trim() === "" || free > needed) return [];
    const reason = `${free} MiB are free, and about ${needed} MiB are needed for a second copy and its binary log.`;
    return [{ path: host, reason, remedy: "Make room there; the restored instance stays." }];
  });
  if (problems.length > 0) throw new RampartError(title, problems, "rampart db restore --swap");
}
