import type { Problem } from "../../base/problem.ts";
import { listed } from "../../base/text.ts";
import type { DatabaseStanding, MemberStatus } from "../../model/status.ts";
import { type Member, speaks } from "../database-members.ts";
import { nearest } from "../nearest.ts";

// What is refused before anything changes. The agents decide again by what they see then: this tells all reasons at once, and
// in the operator's words.

/** Seconds that a member may be behind and still take over: writes wait until it has caught up. */
export const nearEnough = 2;

/** Everything that is against a switchover. `to` undefined: the agents choose. */
export function switchoverProblems(database: DatabaseStanding, to: string | undefined): readonly Problem[] {
  if (to !== undefined && !database.members.some(({ host }) => host === to)) return [unknown(to, database)];
  const { primary } = database;
  const problems: Problem[] = [];
  if (primary === null)
    problems.push({
      path: "database",
      reason: "nobody is seen to be primary, so nobody can hand over.",
      remedy: "See why: rampart db status. The agents elect by themselves; when they cannot: rampart db failover",
    });
  if (database.paused) problems.push(pausedProblem);
  if (to === undefined) {
    const fit = database.members.filter((member) => member.host !== primary && against(member, database) === undefined);
    if (fit.length === 0)
      problems.push({ path: "database", reason: `no member can take over: ${why(database)}.`, remedy: wait });
  } else if (to !== primary) {
    const member = database.members.find(({ host }) => host === to);
    const reason = member === undefined ? undefined : against(member, database);
    if (reason !== undefined)
      problems.push({ path: to, reason: `${reason}.`, remedy: remedyFor(reason, to, database) });
  }
  return problems;
}

const wait = "Wait until it has caught up: rampart db status";
export const pausedProblem: Problem = {
  path: "database",
  reason: "the agents are paused: they only look.",
  remedy: "Let them act again: rampart db resume",
};

function why(database: DatabaseStanding): string {
  return database.members
    .filter(({ host }) => host !== database.primary)
    .map((member) => `${member.host}: ${against(member, database)}`)
    .join("; ");
}

/** Why this member cannot take over now. */
function against(member: MemberStatus, { voters }: DatabaseStanding): string | undefined {
  if (member.standing === "unknown") return `it does not answer (${member.detail ?? "no reason is known"})`;
  if (member.detail?.startsWith("must be built anew")) return `it ${member.detail}`;
  if (!voters.includes(member.host))
    return `it is no voter, so it need not have every acknowledged write; voters are ${listed(voters) || "none"}`;
  if (member.detail) return `it is not well: ${member.detail}`;
  if (member.lagSeconds === null) return "it does not follow the primary now";
  if (member.lagSeconds > nearEnough)
    return `it is ${Math.round(member.lagSeconds)} s behind, and writes would wait until it has caught up`;
  return undefined;
}

function remedyFor(reason: string, to: string, { voters, primary }: DatabaseStanding): string {
  if (reason.includes("must be built anew")) return `Seed it from another member: rampart db rebuild ${to}`;
  const others = voters.filter((one) => one !== to && one !== primary);
  if (reason.includes("is no voter") && others.length > 0) return `Name a voter: ${others.join(" or ")}`;
  return reason.includes("does not answer") ? "Bring it back: rampart up" : wait;
}

function unknown(host: string, { members }: DatabaseStanding): Problem {
  const names = members.map((member) => member.host);
  const guess = nearest(host, names);
  return {
    path: host,
    reason: "is no database host of this site.",
    remedy: `${guess ? `Did you mean "${guess}"? ` : ""}The members are ${names.join(", ")}.`,
  };
}

/** Everything that is against building a member anew. */
export function rebuildProblems(
  database: DatabaseStanding,
  host: string,
  members: readonly Member[],
): readonly Problem[] {
  const member = members.find((one) => one.host === host);
  if (member === undefined) return [unknown(host, database)];
  const problems: Problem[] = [];
  if (host === database.primary)
    problems.push({
      path: host,
      reason: "is the primary: what it holds is the database.",
      remedy: "Let another member take over first: rampart db switchover",
    });
  if (member.status === undefined)
    problems.push({ path: host, reason: `does not answer: ${member.silence}.`, remedy: "Bring it back: rampart up" });
  const sources = database.members.filter((one) => one.host !== host && one.standing !== "unknown" && !one.detail);
  if (sources.length === 0)
    problems.push({
      path: "database",
      reason: "no other member is well enough to copy from.",
      remedy: "See: rampart db status",
    });
  return problems;
}

/** Everything that is against a failover in which these hosts count as gone. */
export function failoverProblems(
  database: DatabaseStanding,
  gone: readonly string[],
  members: readonly Member[],
): readonly Problem[] {
  const unknowns = gone.filter((host) => !members.some((one) => one.host === host));
  if (unknowns.length > 0) return unknowns.map((host) => unknown(host, database));
  if (database.primary !== null)
    return [
      {
        path: database.primary,
        reason: "answers as primary: nothing needs to be given up.",
        remedy: "Let another member take over without loss: rampart db switchover",
      },
    ];
  const alive = gone.filter((host) => members.some((one) => one.host === host && speaks(one)));
  const left = database.voters.filter((voter) => !gone.includes(voter));
  return [
    ...(database.paused ? [pausedProblem] : []),
    ...alive.map((host) => ({
      path: host,
      reason: "answers: what it holds is counted, so it cannot be called gone.",
      remedy: "Leave it out of the hosts that are gone, or switch it off for good first.",
    })),
    ...(database.term === null
      ? [{ path: "database", reason: "no host knows of the cluster: etcd does not answer.", remedy: twoOfThree }]
      : []),
    ...(database.term !== null && left.length === 0
      ? [{ path: "database", reason: "no voter would be left to take over.", remedy: backup }]
      : []),
  ];
}

const twoOfThree = "Two of the three first database hosts must be up: rampart up";
const backup = "Bring a voter or the old primary back; otherwise a backup is what is left.";

/** Voters that cannot say what they hold: without their word nobody is elected. */
export function silentVoters(database: DatabaseStanding, members: readonly Member[]): readonly string[] {
  return database.voters.filter((voter) => !members.some((one) => one.host === voter && speaks(one)));
}
