import type { Decision, View } from "./model.ts";

/** Time between two starts, ms. */
export const pause = 3000;
/** How long the others may take to answer, ms, before a start goes by what is known. */
export const hearing = 3000;

/**
 * What to do now. A cluster is begun in one case only: nobody of all members has ever had one, all of them say so themselves, and
 * this is the first of them. Whatever happens later, MariaDB is only ever started so that it joins; a cluster that was lost as
 * a whole comes back when all who were in it last are back, or by the operator's `rampart db bootstrap`.
 */
export function decide(view: View): Decision {
  if (view.held) return wait(`A bootstrap holds MariaDB on ${view.me} back; end it by: rampart db bootstrap`);
  if (view.foreign)
    return wait(
      `The data of ${view.me} are those of another mode of the database, and are left alone: a site does not change its mode in place`,
    );
  if (view.unit !== "stopped") return wait(standing(view));
  if (view.sinceStart !== undefined && view.sinceStart < pause)
    return wait("MariaDB ended just after it was started: journalctl -u mariadb");
  return view.belonged ? returning(view) : beginning(view);
}

function standing({ unit, facts, me }: View): string {
  if (facts === undefined)
    return unit === "starting"
      ? `MariaDB on ${me} starts: it joins, gets what it missed, or waits for the others`
      : `MariaDB on ${me} does not answer`;
  if (!facts.primary)
    return `${me} sees too few others to be sure that they do not go on without it: it takes no writes`;
  return facts.state === 4 && facts.ready ? `${me} has all that the cluster has` : `${me} is ${facts.comment}`;
}

function returning(view: View): Decision {
  const heard = Object.keys(view.peers).length > 0;
  if (!heard && view.age < hearing) return wait("The other members are asked first");
  return { action: "join", reason: `MariaDB on ${view.me} is started, to join the others` };
}

function beginning(view: View): Decision {
  const others = view.members.filter((name) => name !== view.me);
  const inCluster = others.find((name) => view.peers[name]?.primary);
  if (inCluster !== undefined)
    return { action: "join", reason: `${view.me} is new: it joins ${inCluster} and gets a copy of the data` };
  const before = others.filter((name) => view.peers[name]?.belonged);
  if (before.length > 0)
    return wait(`${before.join(" and ")} had a cluster, which does not run now: ${view.me} is new and waits for it`);
  const silent = others.filter((name) => view.peers[name] === undefined);
  if (silent.length > 0)
    return wait(
      `A cluster is begun only when all members say that they never had one; ${silent.join(" and ")} said nothing yet`,
    );
  const [first] = view.members;
  if (first !== view.me) return wait(`${first} begins the cluster`);
  return { action: "found", reason: `No member ever had a cluster: ${view.me}, the first of them, begins it` };
}

function wait(reason: string): Decision {
  return { action: "wait", reason };
}

/**
 * Whether this member is offered to the services. One that gives a copy to another is behind now and then, so it serves only
 * when no member has everything.
 */
export function serves({ facts, peers }: Pick<View, "facts" | "peers">): boolean {
  if (facts === undefined || !facts.ready || !facts.primary) return false;
  if (facts.state === 4) return true;
  return facts.state === 2 && !Object.values(peers).some(({ synced }) => synced);
}
