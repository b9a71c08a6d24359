import type { Problem } from "../../base/problem.ts";
import { listed } from "../../base/text.ts";
import { candidateVersion, isBehind, type MemberPackages, type PackageStep, seriesOf } from "../../model/upgrade.ts";
import { mostVoters } from "../../roles/database/members.ts";
import type { Member } from "../database-members.ts";
import type { Picture } from "../db/deeds.ts";
import { nearEnough, pausedProblem } from "../db/refusals.ts";
import type { Look } from "./look.ts";

// Everything that is against an upgrade, told before anything changes. All of it is pure.

/**
 * What is not well about the database: before it begins, and between two members. With nobody else at work it is empty exactly when every
 * member follows and acknowledges, and one more loss would lose nothing.
 * @param except members whose packages were left half-done, and whose MariaDB may not run therefore.
 */
export function unwellProblems({ database, members }: Picture, except: readonly string[] = []): readonly Problem[] {
  const counted = members.filter(({ host }) => !except.includes(host));
  const needed = Math.min(mostVoters, counted.length - 1);
  const { primary, voters, noLoss, reason, paused } = database;
  const ill = counted.flatMap((member) => against(member, database.primary, voters) ?? []);
  // Whom the primary sees acknowledge: a replica that still follows the one before says nothing wrong of itself.
  const clients = members.find(({ host }) => host === primary)?.status?.clients ?? 0;
  return [
    ...(paused ? [pausedProblem] : []),
    ...(noLoss ? [] : [{ path: "database", reason: `the promise does not hold now: ${reason}`, remedy: wait }]),
    ...ill,
    ...(primary !== null && ill.length === 0 ? tooFew(voters, clients, needed) : []),
  ];
}

function tooFew(voters: readonly string[], clients: number, needed: number): readonly Problem[] {
  const problem = (reason: string): readonly Problem[] => [{ path: "database", reason, remedy: wait }];
  if (voters.length < needed) return problem(`${listed(voters) || "nobody"} may acknowledge, and it takes ${needed}.`);
  return clients < needed ? problem(`${clients} of ${listed(voters)} acknowledge now, and it takes ${needed}.`) : [];
}

const wait = "Wait until it does, or see what is missing: rampart db status";

function against(
  { host, status, silence }: Member,
  primary: string | null,
  voters: readonly string[],
): Problem | undefined {
  const problem = (reason: string, remedy = wait): Problem => ({ path: host, reason, remedy });
  if (status === undefined) return problem(`does not answer: ${silence}.`, "Bring it back: rampart up");
  if (!status.agent?.up) return problem(`${status.error || "its agent does not answer"}.`, "Bring it back: rampart up");
  if (status.broken !== null)
    return problem(`must be built anew: ${status.broken}.`, `Seed it from another member: rampart db rebuild ${host}`);
  if (!status.store.reachable) return problem("does not reach etcd.");
  if (status.error !== "") return problem(`is not well: ${status.error}.`);
  if (host === primary) return undefined;
  if (status.standing !== "replica" || status.ioRunning !== "Yes" || status.sqlRunning !== "Yes")
    return problem("does not follow the primary now.");
  if (status.lagSeconds === null || status.lagSeconds > nearEnough)
    return problem(`is ${Math.round(status.lagSeconds ?? 0)} s behind.`);
  if (voters.includes(host) && status.semiSync !== true) return problem("may acknowledge writes and does not.");
  return undefined;
}

/** What the packages say against it. Members that are up to date already say nothing against others. */
export function packageProblems(looks: readonly Look[]): readonly Problem[] {
  const unknown = looks.flatMap((look): Problem[] =>
    look.member === undefined
      ? [{ path: look.host, reason: `its packages are not known: ${look.why}.`, remedy: "Bring it back: rampart up" }]
      : [],
  );
  const members = looks.flatMap(({ member }) => member ?? []);
  return [...unknown, ...members.filter(isBehind).flatMap(memberProblems), ...differing(members)];
}

function memberProblems(member: MemberPackages): readonly Problem[] {
  const { host, removed, busy, against: refusal } = member;
  const problem = (reason: string, remedy: string): readonly Problem[] => [{ path: host, reason, remedy }];
  const major = member.pending.find((step) => isMajor(member, step));
  return [
    ...(major === undefined
      ? []
      : problem(
          `${major.name} would go from ${major.from} to ${major.to}: from the series ${seriesOf(major.from)} to ${seriesOf(major.to)}, which changes tables and cannot be taken back.`,
          `Leave out the source of packages that offers it, and read what the new series changes: rampart exec ${host} -- apt-cache policy mariadb-server`,
        )),
    ...(removed.length === 0
      ? []
      : problem(
          `apt would remove ${listed(removed)} for it.`,
          `See why: rampart exec ${host} -- apt-get -s install --only-upgrade mariadb-server`,
        )),
    ...(refusal === ""
      ? []
      : problem(
          `apt refuses: ${refusal}`,
          `Look there: rampart exec ${host} -- sh -c 'apt-mark showhold; dpkg --audit'`,
        )),
    ...(busy === ""
      ? []
      : problem(
          `a backup or a restored instance is at work there: ${busy}`,
          "Wait for its end; an instance that is no longer needed: rampart db restore --drop",
        )),
  ];
}

/** MariaDB's own packages only: what it needs besides counts by other rules. */
function isMajor({ packages }: MemberPackages, { name, from, to }: PackageStep): boolean {
  return from !== "" && packages.some((one) => one.name === name) && seriesOf(from) !== seriesOf(to);
}

/** Members that would end with different versions. */
function differing(members: readonly MemberPackages[]): readonly Problem[] {
  const newest = new Set(members.map(candidateVersion));
  if (newest.size < 2 || !members.some(isBehind)) return [];
  return members.map((member) => ({
    path: member.host,
    reason: `would have ${candidateVersion(member) || "no version at all"}, and others another one.`,
    remedy: `Give all members the same sources of packages: rampart exec ${member.host} -- apt-get update`,
  }));
}
