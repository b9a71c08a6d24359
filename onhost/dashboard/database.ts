import type { DatabaseStatus } from "../../src/contract/database.ts";
import type { DashboardSettings } from "../../src/model/dashboard.ts";
import type { DatabaseChangeNow, DatabaseMember, DatabaseNow } from "../../src/model/overview.ts";
import type { Answers } from "./answers.ts";

/** What each agent says of itself; undefined: it did not answer. */
export type Told = ReadonlyMap<string, DatabaseStatus | undefined>;

/** The database, by what its agents say and by its figures. */
export function databaseNow(settings: DashboardSettings, answers: Answers, told: Told): DatabaseNow | null {
  if (settings.database === null) return null;
  return settings.database.mode === "galera" ? galeraNow(settings, answers) : replicatedNow(settings, answers, told);
}

function members({ hosts }: DashboardSettings): readonly string[] {
  return hosts.filter(({ tier }) => tier === "database").map(({ name }) => name);
}

const promises: Readonly<Record<string, string>> = {
  "no-loss": "the promise that no acknowledged write is lost",
  "no-loss-unless-all-lose-power": "the promise that no acknowledged write is lost, unless all hosts lose their power,",
};

function replicatedNow(settings: DashboardSettings, answers: Answers, told: Told): DatabaseNow {
  const statuses = [...told.values()].flatMap((status) => (status?.agent.up ? [status] : []));
  // The newest word counts: who was cut off still tells of an older term.
  const newest = statuses.toSorted((one, other) => (other.cluster?.term ?? 0) - (one.cluster?.term ?? 0))[0];
  const open = members(settings).filter((host) => answers.one("writable", { host }) === 1);
  const primary = open.length === 1 ? (open[0] ?? null) : null;
  const word = statuses.find(({ host }) => host === primary)?.promise;
  const figure = primary === null ? null : answers.one("promise", { host: primary });
  const known = answers.all("writable").length > 0;
  const nobody = known ? "Nobody takes writes." : "Who takes writes is not known.";
  return {
    mode: "replicated",
    primary,
    promiseHolds: figure === null ? (primary === null && known ? false : null) : figure === 1,
    promise: promises[settings.database?.promise ?? ""] ?? "the promise of the database",
    reason: word?.reason ?? (primary === null ? nobody : "The agent of the primary does not answer."),
    term: newest?.cluster?.term ?? null,
    paused: newest?.cluster?.paused ?? null,
    members: members(settings).map((host) => memberOf(host, told.get(host), answers, primary)),
    changes: (newest?.cluster?.history ?? []).map(changeOf),
  };
}

function memberOf(
  host: string,
  status: DatabaseStatus | undefined,
  answers: Answers,
  primary: string | null,
): DatabaseMember {
  // Without figures an agent's own word is all that there is.
  const isNone = primary !== host && answers.all("writable").length > 0;
  if (status === undefined) {
    const detail = answers.one("databaseUp", { host }) === 1 ? "its agent does not answer" : "does not answer";
    return { host, standing: "unknown", voter: null, lagSeconds: null, position: null, doing: "", detail };
  }
  return {
    host,
    standing: status.standing === "primary" && isNone ? "unset" : status.standing,
    voter: status.voter,
    lagSeconds: status.lagSeconds,
    position: status.gtid,
    doing: status.doing,
    detail: status.broken ?? status.error,
  };
}

function changeOf({ term, primary, kind, reason, at, gapSeconds }: DatabaseChangeNow): DatabaseChangeNow {
  return { term, primary, kind, reason, at, gapSeconds };
}

function galeraNow(settings: DashboardSettings, answers: Answers): DatabaseNow {
  const hosts = members(settings);
  const synced = hosts.filter((host) => answers.one("synced", { host }) === 1);
  const votes = answers.one("votes");
  const sizes = answers.all("size").map(({ value }) => value);
  const whole = votes === null ? null : synced.length === hosts.length && sizes.every((size) => size === votes);
  return {
    mode: "galera",
    primary: hosts.find((host) => answers.one("writable", { host }) === 1) ?? null,
    promiseHolds: whole,
    promise: "the cluster being whole",
    reason: `${synced.length} of ${hosts.length} members have everything.`,
    ...{ term: null, paused: null, changes: [] },
    members: hosts.map((host) => {
      const figure = answers.one("synced", { host });
      const standing = figure === null ? "unknown" : figure === 1 ? "synced" : "not synced";
      return { host, standing, voter: null, lagSeconds: null, position: null, doing: "", detail: "" };
    }),
  };
}
