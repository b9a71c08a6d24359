import { type DatabaseStatus, databaseStatusProgram } from "../contract/database.ts";
import type { DatabaseStanding, MemberStatus } from "../model/status.ts";
import { hostsOf } from "../model/topology.ts";
import type { RemoteResult } from "../ssh/result.ts";
import { run } from "../ssh/run.ts";
import { goneHosts, targetsOf } from "./hosts.ts";
import type { OpenSite } from "./site.ts";

/** What one database host said. Exactly one of the two is there. */
export interface Member {
  readonly host: string;
  readonly status?: DatabaseStatus;
  /** Why it said nothing, as a phrase. */
  readonly silence?: string;
}

/** The database hosts that run. */
export function runningMembers(open: OpenSite): readonly string[] {
  const gone = goneHosts(open);
  return hostsOf(open.topology, "database").flatMap(({ name }) => (gone.has(name) ? [] : [name]));
}

/** Asks every database host at once how it stands. */
export async function askMembers(open: OpenSite): Promise<readonly Member[]> {
  const gone = goneHosts(open);
  const target = targetsOf(open);
  return await Promise.all(
    hostsOf(open.topology, "database").map(async ({ name }): Promise<Member> => {
      if (gone.has(name)) return { host: name, silence: "it is off" };
      return memberOf(name, await run(target(name), databaseStatusProgram, { timeoutMs: 8000 }));
    }),
  );
}

function memberOf(host: string, { stdout, stderr, unreachable, timedOut }: RemoteResult): Member {
  const status = statusOf(stdout);
  if (status !== undefined) return { host, status };
  if (unreachable !== undefined) return { host, silence: unreachable };
  return { host, silence: timedOut ? "no answer within 8 s" : (stderr.trim().split("\n").at(-1) ?? "no answer") };
}

/** The status in the output of the status program; undefined when it is none. */
export function statusOf(text: string): DatabaseStatus | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "standing" in value ? (value as DatabaseStatus) : undefined;
  } catch {
    return undefined;
  }
}

/** One picture of what all members say. Who knows of the latest term is believed about the cluster, the primary about the promise. */
export function databaseStanding(promise: DatabaseStanding["promise"], members: readonly Member[]): DatabaseStanding {
  const cluster = latest(members);
  const primaries = members.filter(({ status }) => status !== undefined && leads(status));
  const primary = primaries.find(({ host }) => host === (cluster?.leader ?? cluster?.primary)) ?? primaries[0];
  return {
    primary: primary?.host ?? null,
    promise,
    ...kept(members, primaries, primary),
    term: cluster?.term ?? null,
    paused: cluster?.paused ?? null,
    voters: cluster?.voters ?? [],
    members: members.map(memberStatus),
    changes: cluster?.history ?? [],
  };
}

/** It is open for writes, or has the key and is about to be. Without etcd a primary may go on, and does not know that it is one. */
function leads({ host, readOnly, cluster }: DatabaseStatus): boolean {
  return readOnly === false || cluster?.leader === host;
}

/** The agent answers, and its MariaDB answers it. */
export function speaks({ status }: Member): boolean {
  return status?.agent?.up === true && status.readOnly !== null;
}

function latest(members: readonly Member[]) {
  return members
    .flatMap(({ status }) => status?.cluster ?? [])
    .toSorted((one, other) => other.term - one.term || Number(other.leader !== null) - Number(one.leader !== null))[0];
}

function kept(
  members: readonly Member[],
  primaries: readonly Member[],
  primary: Member | undefined,
): Pick<DatabaseStanding, "noLoss" | "reason"> {
  const not = (reason: string) => ({ noLoss: false, reason });
  if (primaries.length > 1)
    return not(`${primaries.map(({ host }) => host).join(" and ")} both say that they are the primary.`);
  const silent = members.filter(({ status }) => !status?.agent?.up).map(({ host }) => host);
  if (primary?.status === undefined)
    return not(silent.length > 0 ? `No primary is seen; ${silent.join(" and ")} did not answer.` : "Nobody leads now.");
  return { noLoss: primary.status.promise.holds, reason: primary.status.promise.reason };
}

function memberStatus({ host, status, silence }: Member): MemberStatus {
  if (status === undefined)
    return { host, standing: "unknown", lagSeconds: null, position: null, term: null, doing: "", detail: silence };
  const detail = troubleOf(status);
  return {
    host,
    standing: standingOf(status),
    lagSeconds: status.standing === "primary" ? 0 : status.lagSeconds,
    voter: status.voter,
    position: status.gtid,
    term: status.cluster?.term ?? null,
    doing: status.doing === "wait" ? "" : (status.doing ?? ""),
    ...(detail === "" ? {} : { detail }),
  };
}

/** Who does not reach etcd does not know what it stands for, but what it does can be seen. */
function standingOf({ standing, store, readOnly, ioRunning }: DatabaseStatus): string {
  if (standing !== "unset" || store.reachable || readOnly === null) return standing;
  return readOnly === false ? "primary" : ioRunning === null ? standing : "replica";
}

function troubleOf(status: DatabaseStatus): string {
  if (!status.agent?.up) return status.error || "its agent does not answer";
  return [
    ...(status.broken === null ? [] : [`must be built anew: ${status.broken}`]),
    ...(status.store.reachable ? [] : ["it does not reach etcd"]),
    ...(status.error === "" ? [] : [status.error]),
  ].join("; ");
}
