import { RampartError } from "../../base/problem.ts";
import { listed } from "../../base/text.ts";
import { isGalera } from "../../model/galera.ts";
import type { OpenSite } from "../site.ts";
import { carriedOut, type Picture, pictureOf } from "./deeds.ts";

/**
 * Before database hosts are taken away: whoever leads on one of them hands over to a voter that stays. The agents take a voter that went out of
 * the set by themselves, for they hear of it with the new site file.
 * @throws RampartError when nobody that stays could take over; nothing was changed then.
 */
export async function releaseMembers(open: OpenSite, retiring: readonly string[], quiet: boolean): Promise<void> {
  if (open.site.database === undefined || isGalera(open.site) || retiring.length === 0) return;
  const picture = await pictureOf(open);
  const leader = leaderOf(picture);
  if (leader === undefined || !retiring.includes(leader)) return;
  const to = picture.database.voters.find((voter) => speaking(picture, voter));
  if (to === undefined) throw nobodyStays(leader, retiring, picture);
  await carriedOut(open, picture, {
    request: { kind: "switchover", to, without: [] },
    ...{ within: 30, quiet },
  });
}

/** As the members say that stay: the leader may be none of them. */
function leaderOf({ members }: Picture): string | undefined {
  const clusters = members.flatMap(({ status }) => (status?.cluster ? [status.cluster] : []));
  const newest = clusters.toSorted((one, other) => other.term - one.term)[0];
  return newest?.leader ?? newest?.primary;
}

function speaking({ members }: Picture, host: string): boolean {
  return members.some((one) => one.host === host && one.status?.agent?.up === true);
}

function nobodyStays(leader: string, retiring: readonly string[], { database }: Picture): RampartError {
  return new RampartError(
    "Nothing was changed: the database could not go on",
    [
      {
        path: "database.hosts",
        reason: `${leader} leads the database and is to be taken away with ${listed(retiring)}, and no member that stays may take over: the voters are ${listed(database.voters) || "none"}.`,
        remedy: "Take one database host away at a time, so that hosts that stay become voters in between.",
      },
    ],
    "rampart db status",
  );
}
