import { RampartError } from "../../base/problem.ts";
import type { DatabaseRequest } from "../../contract/database.ts";
import type { DatabaseStanding, PrimaryChange } from "../../model/status.ts";
import { gapText } from "../../report/database.ts";
import type { SshTarget } from "../../ssh/target.ts";
import { askMembers, databaseStanding, type Member } from "../database-members.ts";
import { targetsOf } from "../hosts.ts";
import type { OpenSite } from "../site.ts";
import { type Waiting, waiting } from "../waiting.ts";
import { answerTo, hand, refused } from "./agent.ts";

/** The database as it is seen now. */
export interface Picture {
  readonly members: readonly Member[];
  readonly database: DatabaseStanding;
}

export async function pictureOf(open: OpenSite): Promise<Picture> {
  const members = await askMembers(open);
  return { members, database: databaseStanding(open.site.database?.promise ?? null, members) };
}

/** How a member is reached whose agent answers; the primary first, for it knows most. */
export function answering(open: OpenSite, { members, database }: Picture): readonly SshTarget[] {
  const target = targetsOf(open);
  return members
    .filter(({ status }) => status?.agent?.up)
    .toSorted((one, other) => Number(other.host === database.primary) - Number(one.host === database.primary))
    .map(({ host }) => target(host));
}

export interface Asked {
  readonly request: Omit<DatabaseRequest, "by">;
  /** Seconds until it is given up to wait. The request itself may still be carried out then. */
  readonly within: number;
  readonly quiet: boolean;
}

/**
 * Hands a request in and waits until it is carried out; what the agents do meanwhile is shown.
 * @throws RampartError when it is refused, or not answered in time.
 */
export async function carriedOut(open: OpenSite, before: Picture, asked: Asked): Promise<Picture> {
  const { request, within, quiet } = asked;
  const targets = answering(open, before);
  const { id } = await hand(targets, request);
  const line = waiting(quiet);
  const end = performance.now() + within * 1000;
  try {
    for (;;) {
      const { outcome, reason } = await answerTo(targets, id);
      if (outcome === "refused") throw refused(request.kind, reason);
      if (outcome === "done") return await pictureOf(open);
      if (performance.now() > end) throw unanswered(request.kind, within);
      line.say(doingText(await pictureOf(open)));
      await pause(200);
    }
  } finally {
    line.end();
  }
}

/** Waits until `fits`, and returns what is then seen; the last picture when the time is over. */
export async function seenWithin(
  open: OpenSite,
  seconds: number,
  fits: (picture: Picture) => boolean,
  line?: Waiting,
): Promise<Picture> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const picture = await pictureOf(open);
    if (fits(picture) || performance.now() > end) return picture;
    line?.say(doingText(picture));
    await pause(300);
  }
}

/** What the busiest agent does and why, in one line. */
export function doingText({ members }: Picture): string {
  const busy = members.find(({ status }) => status !== undefined && status.doing !== "wait" && status.doing !== "");
  const one = busy ?? members.find(({ status }) => status?.reason);
  return one?.status === undefined ? "nobody answers yet" : `${one.host}: ${one.status.reason}`;
}

/** The change of primary that is newer than a term. */
export function changeSince({ database }: Picture, term: number | null): PrimaryChange | undefined {
  const last = database.changes.at(-1);
  return last !== undefined && last.term > (term ?? 0) ? last : undefined;
}

/** "db2 is primary (term 8). Writes waited 0.28 s." */
export function changedText(change: PrimaryChange): string {
  const gap = change.gapSeconds === null ? "" : ` Writes waited ${gapText(change.gapSeconds)}.`;
  return `${change.primary} is primary, in term ${change.term}.${gap}`;
}

function unanswered(kind: string, seconds: number): RampartError {
  return new RampartError(
    `The ${kind} was asked for, and no answer came within ${seconds} s`,
    [
      {
        path: "database",
        reason: "the agents may still carry it out.",
        remedy: "See what they do, before you ask again: rampart db status",
      },
    ],
    "rampart db status",
  );
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
