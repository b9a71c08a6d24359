import { RampartError } from "../../base/problem.ts";
import { databaseText } from "../../report/database.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { typed } from "../question.ts";
import type { OpenSite } from "../site.ts";
import { waiting } from "../waiting.ts";
import { askMember } from "./ask.ts";
import { galeraNow } from "./members.ts";
import { galeraRebuildProblems } from "./refusals.ts";

/** `db status` in mode galera. Exit code 1 while not all members have everything. */
export async function galeraStatus(open: OpenSite, json: boolean): Promise<number> {
  const { database } = await galeraNow(open);
  if (json) writeJson({ site: open.site.name, ...database });
  else writeText(databaseText(database, reportStyle(), new Date()));
  return database.galera?.whole ? exitCodes.done : exitCodes.failed;
}

/** `db rebuild HOST` in mode galera: its data are given up, and copied anew from another member. */
export async function galeraRebuild(
  open: OpenSite,
  host: string,
  { yes, json }: { readonly yes: boolean; readonly json: boolean },
): Promise<number> {
  const { said } = await galeraNow(open);
  const problems = galeraRebuildProblems(said, host);
  if (problems.length > 0) throw new RampartError("Nothing was rebuilt", problems, "rampart db status");
  const question = `All data of ${host} are removed and copied anew from another member. Until then one vote is missing.`;
  if (!yes && !(await typed(host, question, `In a script: rampart db rebuild ${host} --yes`))) {
    writeText("Stopped; nothing was changed.");
    return exitCodes.failed;
  }
  const began = performance.now();
  const line = waiting(json);
  line.say(`${host} gets a copy of another member's data`);
  const { done, reason } = await askMember(open, host, "rebuild", { within: 1800 }).finally(() => line.end());
  if (!done)
    throw new RampartError(
      `${host} was not built anew`,
      [{ path: host, reason, remedy: `See: rampart logs ${host} mariadb` }],
      "rampart db status",
    );
  const seconds = Math.round((performance.now() - began) / 1000);
  if (json) writeJson({ site: open.site.name, host, rebuilt: true, seconds });
  else writeText(`${host} holds a fresh copy and belongs to the cluster again, after ${seconds} s.`);
  return exitCodes.done;
}
