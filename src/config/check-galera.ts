import type { Problem } from "../base/problem.ts";
import { plural } from "../base/text.ts";
import { defaults } from "./defaults.ts";
import type { SiteDraft } from "./shape.ts";

/** Everything that mode `galera` does not do, or cannot do with so many hosts: refused, never passed over. */
export function galeraProblems(
  database: NonNullable<SiteDraft["database"]>,
  isBroken: (path: string) => boolean,
): readonly Problem[] {
  return [
    ...(isBroken("database.hosts") ? [] : voteProblems(database)),
    ...(database.promise === undefined || isBroken("database.promise") ? [] : [promiseProblem]),
    ...(isBroken("database.backup") ? [] : storeProblems(database)),
  ];
}

function voteProblems(database: NonNullable<SiteDraft["database"]>): readonly Problem[] {
  const hosts = database.hosts ?? defaults.database.hosts;
  const arbiter = (database.arbiter ?? defaults.database.arbiter) === "monitor";
  const path = "database.hosts";
  if (hosts === 1) {
    const reason = "1 host is no cluster: when it is lost, every acknowledged write is lost with it.";
    return [{ path, reason, remedy: `Use 3 hosts, or 2 and an arbiter: hosts: 2, arbiter: "monitor".` }];
  }
  if ((hosts + Number(arbiter)) % 2 === 1) return [];
  if (hosts === 2) {
    const reason =
      "2 members cannot tell a lost member from a lost network: when one is gone, the other takes no writes either.";
    return [{ path, reason, remedy: 'Use 3 hosts, or let the monitor host vote: arbiter: "monitor".' }];
  }
  if (arbiter) {
    const reason = `${plural(hosts, "member")} and an arbiter are ${hosts + 1} votes: they survive no more losses than ${hosts}, and a split into halves stops both.`;
    return [{ path: "database.arbiter", reason, remedy: "Take the key out." }];
  }
  const reason = `${plural(hosts, "member")} are an even number of votes: a split into halves stops both.`;
  return [{ path, reason, remedy: `Use ${hosts - 1} or ${hosts + 1} hosts, or an arbiter: arbiter: "monitor".` }];
}

const promiseProblem: Problem = {
  path: "database.promise",
  reason: 'mode "galera" keeps neither promise: docs/guide/database.md says what it keeps.',
  remedy: 'Take the key out, or write mode: "replicated".',
};

/** Also where the key is missing: nobody is to find out after a loss that the default does not hold here. */
function storeProblems({ backup }: NonNullable<SiteDraft["database"]>): readonly Problem[] {
  if (backup?.store === "none") return [];
  return [
    {
      path: "database.backup.store",
      reason:
        'mode "galera" has no backups of the site: restoring to a second stands on the one binary log of a primary, and here each member writes its own.',
      remedy:
        'Say that you know: backup: { store: "none" }, and copy a member by mariadb-backup yourself. Or write mode: "replicated".',
    },
  ];
}
