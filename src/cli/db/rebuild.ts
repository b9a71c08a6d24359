import { RampartError } from "../../base/problem.ts";
import type { DbOptions } from "../database-options.ts";
import { targetsOf } from "../hosts.ts";
import { exitCodes } from "../options.ts";
import { writeJson, writeText } from "../output.ts";
import { typed } from "../question.ts";
import type { OpenSite } from "../site.ts";
import { waiting } from "../waiting.ts";
import { askAgent } from "./agent.ts";
import { type Picture, pictureOf, seenWithin } from "./deeds.ts";
import { rebuildProblems } from "./refusals.ts";

/** How long a copy may take that is watched: 100 GB by a network of 1 Gbit/s. */
const within = 20 * 60;

/** `db rebuild HOST`: the member's data are replaced by a fresh copy of another member's. */
export async function rebuild(open: OpenSite, options: DbOptions, host: string): Promise<number> {
  const before = await pictureOf(open);
  const problems = rebuildProblems(before.database, host, before.members);
  if (problems.length > 0) throw new RampartError("Nothing was rebuilt", problems, "rampart db status");
  if (!options.yes && !(await typed(host, question(before, host), `In a script: rampart db rebuild ${host} --yes`))) {
    writeText("Stopped; nothing was changed.");
    return exitCodes.failed;
  }
  const began = performance.now();
  const reply = await askAgent(targetsOf(open)(host), "/rebuild", {});
  if (reply.status === undefined || reply.status >= 300) throw notTaken(host, reply);
  const after = await watched(open, host, options);
  const seconds = Math.round((performance.now() - began) / 1000);
  if (!isWhole(after, host)) throw unfinished(host, after);
  if (options.json) writeJson({ site: open.site.name, host, rebuilt: true, seconds });
  else writeText(`${host} holds a fresh copy and follows the primary again, after ${seconds} s.`);
  return exitCodes.done;
}

function question({ database }: Picture, host: string): string {
  const voter = database.voters.includes(host);
  const fewer = voter
    ? ` It is a voter: until it is back, ${database.voters.length - 1} other may acknowledge, and one fault more makes writes wait.`
    : "";
  return `All data of ${host} are removed and copied anew from another member; its binary logs are kept as evidence.${fewer}`;
}

async function watched(open: OpenSite, host: string, { json }: DbOptions): Promise<Picture> {
  const line = waiting(json);
  // It is whole until it begins: what it was before is no proof.
  let begun = false;
  try {
    return await seenWithin(
      open,
      within,
      (picture) => {
        const whole = isWhole(picture, host);
        begun = begun || !whole;
        return begun && whole;
      },
      line,
    );
  } finally {
    line.end();
  }
}

function isWhole({ members }: Picture, host: string): boolean {
  const status = members.find((one) => one.host === host)?.status;
  return (
    status?.standing === "replica" &&
    status.broken === null &&
    status.ioRunning === "Yes" &&
    status.sqlRunning === "Yes" &&
    status.doing !== "rebuild"
  );
}

function notTaken(host: string, reply: Awaited<ReturnType<typeof askAgent>>): RampartError {
  const reason = reply.status === undefined ? reply.why : String(reply.body.reason ?? `it answered ${reply.status}`);
  return new RampartError(
    "Nothing was rebuilt",
    [{ path: host, reason, remedy: "See how the members stand: rampart db status" }],
    "rampart db status",
  );
}

function unfinished(host: string, picture: Picture): RampartError {
  const { status, silence } = picture.members.find((one) => one.host === host) ?? {};
  return new RampartError(
    `${host} is not whole after ${within / 60} minutes`,
    [
      {
        path: host,
        reason: status?.broken ?? status?.reason ?? silence ?? "it does not answer.",
        remedy: `It may still go on: rampart logs ${host} rampart-agent`,
      },
    ],
    "rampart db status",
  );
}
