import { beyond } from "../gtid.ts";
import type { Cluster, Decision, Store, View } from "../model.ts";
import { act, names, wait } from "./scene.ts";

/** No cluster yet: the site's first member founds it, once all others answer and hold nothing that it lacks. */
export function founding(view: View, store: Store): Decision {
  const { me, members, server, peers, memory } = view;
  const first = members[0];
  if (memory.seen > 0) {
    return wait(
      "etcd holds no cluster, but there was one: nothing is founded anew. Restore etcd's data, or remove the agents' memory on all members.",
    );
  }
  if (server.state === "stopped" || server.state === "blank")
    return act(
      { kind: "start", how: "plain" },
      "There is no cluster yet; MariaDB starts here, so that it can be founded.",
    );
  if (me !== first) return wait(`There is no cluster yet; ${first ?? "the first member"} founds it.`);
  if (server.state !== "running")
    return wait("There is no cluster yet; MariaDB must run here before it can be founded.");
  const others = members.slice(1);
  const silent = others.filter((member) => peers[member]?.server.state !== "running");
  if (silent.length > 0) return wait(`There is no cluster yet; ${names(silent)} must answer before it can be founded.`);
  const foreign = others.filter((member) => beyond(peers[member]?.server.history ?? "", server.history).length > 0);
  if (foreign.length > 0) {
    return wait(
      `${names(foreign)} holds data that ${me} lacks. Decide whose data it shall be: empty the other, or name it first in the site.`,
    );
  }
  const cluster = foundation(view);
  const commit = { revision: store.revision, leader: "nobody", cluster, key: "take", request: "keep" } as const;
  return act(
    { kind: "commit", what: "found", commit },
    `${me} founds the cluster: all ${members.length} members answer and none holds foreign data.`,
  );
}

function foundation({ me, members, server }: View): Cluster {
  return {
    term: 1,
    primary: me,
    start: server.position,
    voters: [],
    admitting: undefined,
    heir: undefined,
    paused: false,
    strict: true,
    serverIds: Object.fromEntries(members.map((member, at) => [member, at + 1])),
    nextServerId: members.length + 1,
    history: [{ term: 1, primary: me, kind: "first", position: server.position, reason: "The cluster was founded." }],
  };
}
