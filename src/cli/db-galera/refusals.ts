import type { Problem } from "../../base/problem.ts";
import type { GaleraPosition } from "../../contract/galera.ts";
import type { Said } from "./members.ts";

// Everything that is against a deed, told before anything changes. All of it is pure.

/** Against beginning the cluster anew, as the members stand. `without`: hosts that the operator gives up. */
export function bootstrapProblems(said: readonly Said[], without: readonly string[]): readonly Problem[] {
  const names = said.map(({ host }) => host);
  const unknown = without.filter((host) => !names.includes(host));
  if (unknown.length > 0)
    return unknown.map((host) => ({
      path: host,
      reason: "is no database host of this site.",
      remedy: `The members are ${names.join(", ")}.`,
    }));
  const inside = said.filter(({ status }) => status?.primary === true).map(({ host }) => host);
  if (inside.length > 0)
    return [
      {
        path: "database",
        reason: `the cluster runs: ${inside.join(" and ")} belong${inside.length === 1 ? "s" : ""} to it.`,
        remedy: "The others join it by themselves. One that does not: rampart db rebuild HOST",
      },
    ];
  return said.flatMap(({ host, status, silence }): Problem[] => {
    const answers = status?.teller.up === true;
    const given = without.includes(host);
    if (answers && given)
      return [{ path: host, reason: "answers: what it holds is counted.", remedy: "Leave it out of --without." }];
    if (answers || given) return [];
    return [
      {
        path: host,
        reason: `cannot be asked how far its data go: ${status?.error || silence || "no answer"}. It may be the one that has the last acknowledged writes.`,
        remedy: `Bring it back: rampart up. Only if it is gone for good: rampart db bootstrap --without ${host}`,
      },
    ];
  });
}

/** From whose data the cluster begins: the one that has most. Ties go to the first in the site's order. */
export function mostAdvanced(positions: readonly GaleraPosition[]): GaleraPosition | undefined {
  return positions
    .filter(({ history }) => history !== null)
    .reduce<GaleraPosition | undefined>(
      (best, one) => (best === undefined || one.seqno > best.seqno ? one : best),
      undefined,
    );
}

/** Against beginning from these positions. */
export function positionProblems(positions: readonly GaleraPosition[]): readonly Problem[] {
  const histories = new Set(positions.flatMap(({ history }) => history ?? []));
  if (histories.size > 1)
    return positions.map(({ host, history, seqno }) => ({
      path: host,
      reason:
        history === null
          ? "has no position."
          : `stands at ${seqno} of the history ${history.slice(0, 8)}: not that of all.`,
      remedy:
        "Two clusters went on apart. Switch off the hosts of one, and name them: rampart db bootstrap --without HOST",
    }));
  if (histories.size === 1) return [];
  return positions.map(({ host, source }) => ({
    path: host,
    reason: `holds nothing to begin from: ${source}.`,
    remedy: "What is left is a copy of your own: put it into the data folder of one host.",
  }));
}

/** Against building a member anew. */
export function galeraRebuildProblems(said: readonly Said[], host: string): readonly Problem[] {
  const names = said.map((one) => one.host);
  const member = said.find((one) => one.host === host);
  if (member === undefined)
    return [
      { path: host, reason: "is no database host of this site.", remedy: `The members are ${names.join(", ")}.` },
    ];
  if (member.status?.teller.up !== true)
    return [
      {
        path: host,
        reason: `does not answer: ${member.status?.error || member.silence}.`,
        remedy: "Bring it back: rampart up",
      },
    ];
  const whole = said.some(({ host: name, status }) => name !== host && status?.primary && status.state === 4);
  if (whole) return [];
  return [
    {
      path: "database",
      reason: `no other member has everything: the data of ${host} may be the only ones.`,
      remedy: "See how they stand: rampart db status",
    },
  ];
}

/** Deeds that have no meaning in this mode, and what to do instead. */
export const notInGalera: Readonly<Record<string, { readonly reason: string; readonly remedy: string }>> = {
  history: {
    reason: "nobody is primary in mode galera, so there are no changes of primary to tell of.",
    remedy: "What the members did: rampart logs db1 rampart-member",
  },
  switchover: {
    reason: "nobody is primary in mode galera: any member takes writes, and the ways go to the next by themselves.",
    remedy: "To work on a host, just do: the others go on. They go back to the first when it is back.",
  },
  failover: {
    reason: "in mode galera the larger part of the members goes on by itself, and the smaller one never does.",
    remedy: "When no part goes on: rampart db bootstrap",
  },
  pause: {
    reason: "mode galera has no agents that could be paused.",
    remedy: "To work on one member: rampart exec HOST -- systemctl stop rampart-member mariadb",
  },
  upgrade: {
    reason: "it goes by the agents, which tell who may stop and when a member has everything; mode galera has none.",
    remedy: "One host after another, by hand: docs/guide/database.md says how.",
  },
  resume: {
    reason: "mode galera has no agents that could be paused.",
    remedy: "A member that was stopped: rampart exec HOST -- systemctl start rampart-member",
  },
  ...Object.fromEntries(
    ["backup", "backups", "restore"].map((deed) => [
      deed,
      {
        reason:
          "mode galera has no backups of the site: restoring to a second stands on the one binary log of a primary, and here each member writes its own.",
        remedy: "Copy a member by mariadb-backup, or write database.mode: replicated.",
      },
    ]),
  ),
};
