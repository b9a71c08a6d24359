import { type Problem, RampartError } from "../../base/problem.ts";
import { listed } from "../../base/text.ts";
import { holdHosts, type SiteHold } from "../../converge/hold.ts";
import type { PrimaryChange } from "../../model/status.ts";
import { hostsOf } from "../../model/topology.ts";
import { isBehind, type MemberPackages, serverVersion, type UpgradedMember } from "../../model/upgrade.ts";
import { packagesText, upgradedText } from "../../report/upgrade.ts";
import { quietWork } from "../alerts/silences.ts";
import { carriedOut, type Picture, pictureOf, seenWithin } from "../db/deeds.ts";
import { switchoverProblems } from "../db/refusals.ts";
import { carryOut } from "../db-backup/program.ts";
import { targetsOf } from "../hosts.ts";
import { operatorName } from "../lab-site.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import type { OpenSite } from "../site.ts";
import { type Waiting, waiting } from "../waiting.ts";
import { installLimit, installScript } from "./install.ts";
import { type Look, lookAt } from "./look.ts";
import { nextStep } from "./order.ts";
import { packageProblems, unwellProblems } from "./refusals.ts";

/** Seconds within which an upgraded member follows and acknowledges again: it starts, catches up, and becomes a voter anew. */
const backWithin = 300;

interface UpgradeOptions {
  readonly check: boolean;
  readonly json: boolean;
}

/** `db upgrade`: MariaDB's packages on all members, one at a time, the primary last and after a switchover. */
export async function upgrade(open: OpenSite, { check, json }: UpgradeOptions): Promise<number> {
  const hosts = hostsOf(open.topology, "database").map(({ name }) => name);
  const line = waiting(json);
  line.say("  fetches package lists");
  const { members, problems } = await standing(open, hosts, true).finally(() => line.end());
  if (!check) refuse(problems);
  if (check || !members.some(isBehind)) return shown(open, members, problems, json);

  const targets = hosts.map(targetsOf(open));
  const holder = `${operatorName()} since ${new Date().toISOString()}`;
  const held = await holdHosts(targets, { site: open.site.name, holder });
  try {
    const told = await quietWork(open, operatorName())(hosts, "rampart db upgrade");
    try {
      // Whoever held the lock until now may have changed what was seen before.
      const now = await standing(open, hosts, false);
      refuse(now.problems);
      return await rolled(open, { hosts, held, json, members: now.members });
    } finally {
      await told();
    }
  } finally {
    await held.release();
  }
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new RampartError("No upgrade, nothing was changed", problems, "rampart db upgrade --check");
}

interface Standing {
  readonly members: readonly MemberPackages[];
  /** All that is against an upgrade. Where there is nothing to do, only what is not known. */
  readonly problems: readonly Problem[];
}

async function standing(open: OpenSite, hosts: readonly string[], fetch: boolean): Promise<Standing> {
  const [looks, picture] = await Promise.all([looked(open, hosts, fetch), pictureOf(open)]);
  const members = looks.flatMap(({ member }) => member ?? []);
  const behind = members.filter(isBehind);
  const unwell = behind.length > 0 ? unwellProblems(picture, unfinishedOf(behind)) : [];
  return { members, problems: [...packageProblems(looks), ...unwell] };
}

/** Members that an earlier run may have left without a MariaDB that starts. */
function unfinishedOf(members: readonly MemberPackages[]): readonly string[] {
  return members.filter(({ unfinished }) => unfinished.length > 0).map(({ host }) => host);
}

async function looked(open: OpenSite, hosts: readonly string[], fetch: boolean): Promise<readonly Look[]> {
  const target = targetsOf(open);
  return await Promise.all(hosts.map((host) => lookAt(target(host), fetch)));
}

/** What there is to do, without doing it. */
function shown(
  open: OpenSite,
  members: readonly MemberPackages[],
  problems: readonly Problem[],
  json: boolean,
): number {
  if (json) writeJson({ site: open.site.name, members, problems, upgraded: [], changes: [] });
  else {
    writeText(packagesText(members, reportStyle()));
    if (problems.length > 0) throw new RampartError("It would be refused now", problems, "rampart db status");
  }
  return problems.length > 0 ? exitCodes.failed : exitCodes.done;
}

interface Round {
  readonly hosts: readonly string[];
  readonly held: SiteHold;
  readonly json: boolean;
  readonly members: readonly MemberPackages[];
}

/** Step by step, each from what is seen then. */
async function rolled(open: OpenSite, { hosts, held, json, members }: Round): Promise<number> {
  const left = new Map(members.filter(isBehind).map((member) => [member.host, member]));
  const upgraded: UpgradedMember[] = [];
  const { term } = (await pictureOf(open)).database;
  const line = waiting(json);
  try {
    for (;;) {
      // Before each step all is well; a replica may be behind for a moment.
      const picture = await whenWell(open, {
        ...{ seconds: 30, except: unfinishedOf([...left.values()]) },
        ...{ title: "The upgrade stopped between two members", next: "rampart db status" },
      });
      const step = nextStep(hosts, new Set(left.keys()), picture.database.primary);
      if (step.kind === "done") break;
      const lost = held.lost();
      if (lost !== undefined) throw lockLost(lost);
      if (step.kind === "switchover") await handedOver(open, picture, line, json);
      else {
        const member = left.get(step.host);
        if (member === undefined) throw new Error(`${step.host} has nothing to do`);
        const others = [...left.values()].filter((one) => one !== member);
        upgraded.push(await memberUpgraded(open, member, unfinishedOf(others), line));
        left.delete(step.host);
      }
    }
  } catch (error) {
    throw withRest(error, upgraded, [...left.keys()]);
  } finally {
    line.end();
  }
  const changes = changesSince(await pictureOf(open), term);
  if (json) writeJson({ site: open.site.name, upgraded, changes });
  else writeText(upgradedText(upgraded, changes, reportStyle()));
  return exitCodes.done;
}

interface Wait {
  readonly seconds: number;
  /** Others that an earlier run left half-done. */
  readonly except: readonly string[];
  /** What is said when it is not well by then, and the next command. */
  readonly title: string;
  readonly next: string;
}

/** Resolves once every member follows and acknowledges. Throws a RampartError with all that is wrong when the time is over. */
async function whenWell(open: OpenSite, { seconds, except, title, next }: Wait): Promise<Picture> {
  const picture = await seenWithin(open, seconds, (one) => unwellProblems(one, except).length === 0);
  const ill = unwellProblems(picture, except);
  if (ill.length > 0) throw new RampartError(title, ill, next);
  return picture;
}

/** @param except others that an earlier run left half-done. */
async function memberUpgraded(
  open: OpenSite,
  member: MemberPackages,
  except: readonly string[],
  line: Waiting,
): Promise<UpgradedMember> {
  const { host } = member;
  const began = performance.now();
  const title = `${host} was not upgraded`;
  const deed = {
    host,
    title,
    script: installScript(member.pending),
    timeoutMs: installLimit,
    next: "rampart db status",
  };
  await carryOut<object>(open, deed, line);
  line.say(`  ${host}  starts, catches up and becomes a voter again`);
  await whenWell(open, {
    ...{ seconds: backWithin, except, next: `rampart logs ${host}` },
    title: `${host} is not whole ${backWithin} s after its packages were installed`,
  });
  const [look] = await looked(open, [host], false);
  if (look?.member === undefined || isBehind(look.member))
    throw new RampartError(title, [stillBehind(host, look)], "rampart db upgrade --check");
  const seconds = Math.round((performance.now() - began) / 1000);
  return { host, from: serverVersion(member), to: serverVersion(look.member), seconds };
}

function stillBehind(host: string, look: Look | undefined): Problem {
  const { pending = [], unfinished = [] } = look?.member ?? {};
  const what = [...pending.map(({ name }) => name), ...unfinished];
  return {
    path: host,
    reason: what.length > 0 ? `${listed(what)} did not become new.` : "MariaDB there still runs the old program.",
    remedy: `See what dpkg did: rampart exec ${host} -- tail -n 40 /var/log/dpkg.log`,
  };
}

/** The one switchover: every other member is upgraded by now, so the agents may choose. */
async function handedOver(open: OpenSite, before: Picture, line: Waiting, json: boolean): Promise<void> {
  const { primary } = before.database;
  const problems = switchoverProblems(before.database, undefined);
  if (problems.length > 0) throw new RampartError(`${primary} did not hand over`, problems, "rampart db status");
  line.say(`  ${primary}  hands over to an upgraded member`);
  line.end();
  await carriedOut(open, before, {
    request: { kind: "switchover", to: null, without: [] },
    within: 30,
    quiet: json,
  });
  const isOver = (picture: Picture) => picture.database.primary !== primary && unwellProblems(picture).length === 0;
  const after = await seenWithin(open, backWithin, isOver);
  if (!isOver(after))
    throw new RampartError(
      "The members did not come to rest after the switchover",
      unwellProblems(after),
      "rampart db status",
    );
}

function changesSince({ database }: Picture, term: number | null): readonly PrimaryChange[] {
  return database.changes.filter((change) => change.term > (term ?? 0));
}

function lockLost(host: string): RampartError {
  return new RampartError("The site lock was lost, so it stops here", [
    {
      path: host,
      reason: "the session that held it broke off: somebody else may change the site now.",
      remedy: "See that the host is well: rampart status. Then: rampart db upgrade",
    },
  ]);
}

/** What was done and what was not touched, beside what went wrong. */
function withRest(error: unknown, upgraded: readonly UpgradedMember[], left: readonly string[]): unknown {
  if (!(error instanceof RampartError)) return error;
  const done =
    upgraded.length === 0
      ? ""
      : `${listed(upgraded.map(({ host }) => host))} ${upgraded.length === 1 ? "is" : "are"} upgraded. `;
  const rest: Problem = {
    path: "database",
    reason: `${done}It stopped here: ${listed(left)} ${left.length === 1 ? "is" : "are"} still to do.`,
    remedy: "When every member is well, this goes on from here: rampart db upgrade",
  };
  return new RampartError(error.message, [...error.problems, rest], error.next);
}
