import { type Problem, RampartError } from "../../base/problem.ts";
import { listed } from "../../base/text.ts";
import type { DatabaseStanding } from "../../model/status.ts";
import { hanging, wrapped } from "../../report/layout.ts";
import type { DbOptions } from "../database-options.ts";
import { exitCodes } from "../options.ts";
import { writeJson, writeText } from "../output.ts";
import { typed } from "../question.ts";
import type { OpenSite } from "../site.ts";
import { carriedOut, changedText, changeSince, type Picture, pictureOf, seenWithin } from "./deeds.ts";
import { failoverProblems, silentVoters } from "./refusals.ts";

/**
 * `db failover [GONE…]`: the agents elect although not all voters can be heard. What only the silent ones hold is given up, so the
 * operator vouches for each by name.
 */
export async function failover(open: OpenSite, options: DbOptions, named: readonly string[]): Promise<number> {
  const before = await pictureOf(open);
  const { database, members } = before;
  const silent = silentVoters(database, members);
  const gone = named.length > 0 ? named : silent;
  const problems = failoverProblems(database, gone, members);
  if (problems.length > 0) throw notDone(problems);
  const missing = silent.filter((host) => !gone.includes(host));
  if (missing.length > 0)
    throw notDone(
      missing.map((host) => ({
        path: host,
        reason: "is a voter and does not answer: nobody is elected without its word.",
        remedy: "Bring it back: rampart up. Or name it, too, if it is gone for good.",
      })),
    );
  if (!(await vouched(before, gone, options))) {
    writeText("Stopped; nothing was changed.");
    return exitCodes.failed;
  }
  const voters = gone.filter((host) => database.voters.includes(host));
  const request = { kind: "failover" as const, to: null, without: voters };
  const { term } = database;
  await carriedOut(open, before, { request, within: 120, quiet: options.json });
  const after = await seenWithin(open, 10, (one) => one.database.primary !== null);
  const change = changeSince(after, term);
  if (options.json) writeJson({ site: open.site.name, change: change ?? null, without: voters });
  else writeText(change ? changedText(change) : "The request was carried out:  rampart db status");
  return exitCodes.done;
}

function notDone(problems: readonly Problem[]): RampartError {
  return new RampartError("No failover, nothing was changed", problems, "rampart db status");
}

async function vouched(picture: Picture, gone: readonly string[], options: DbOptions): Promise<boolean> {
  if (options.yes) return namedAll(gone, options);
  const word = oldPrimary(picture.database) ?? "failover";
  const without = "In a script: rampart db failover HOST… --yes, with every host that is gone by name.";
  return await typed(word, failoverQuestions(picture, gone), without);
}

/** `--yes` is for hosts that were named: what was found just now is nothing that somebody has vouched for. */
function namedAll(gone: readonly string[], { words }: DbOptions): boolean {
  const unnamed = gone.filter((host) => !words.includes(host));
  if (unnamed.length === 0) return true;
  throw new RampartError(
    "No failover, nothing was changed",
    unnamed.map((host) => ({
      path: host,
      reason: "does not answer, and was not named as gone.",
      remedy: `Write: rampart db failover ${gone.join(" ")} --yes`,
    })),
  );
}

function oldPrimary({ changes }: DatabaseStanding): string | undefined {
  return changes.at(-1)?.primary;
}

/** What a careful operator would be asked, with what is known from here. */
export function failoverQuestions({ database, members }: Picture, gone: readonly string[]): string {
  const old = oldPrimary(database);
  const voters = gone.filter((host) => database.voters.includes(host));
  const heard = database.members.filter((one) => database.voters.includes(one.host) && !voters.includes(one.host));
  const silence = members.find(({ host }) => host === old)?.silence;
  const questions = [
    old === undefined
      ? "Is the old primary really gone? Its name is not known from here."
      : `Is ${old}, the primary until now, really gone? ${silence === undefined ? "Its host answers, but MariaDB does not lead." : `From here: ${silence}.`} If it comes back within minutes, wait for it: nothing is lost then.`,
    voters.length === 0
      ? "All voters answer, so no write is given up: the agents elect by themselves as soon as they may."
      : `Do you vouch that ${listed(voters)} ${voters.length === 1 ? "is" : "are"} gone, too? ${voters.length === 1 ? "It" : "Each"} may be the only one beside ${old ?? "the primary"} that has the last acknowledged writes. A host that still runs behind a broken network can go on acknowledging them: switch it off first.`,
    ...(voters.length === 0
      ? []
      : [
          `What may be lost: every write that was acknowledged after ${heard.map((one) => `${one.host} (${one.position ?? "position unknown"})`).join(" and ")} last heard of it. It is lost for good when the others come back: they are then built anew, their binary logs kept as evidence.`,
        ]),
  ];
  return questions.map((one, index) => hanging(`${index + 1}.`, wrapped(one, 74), 4)).join("\n\n");
}
