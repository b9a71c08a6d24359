import { expect, test } from "vitest";
import { decide } from "./decide.ts";
import type { Cluster, Peer, Server, Store, View } from "./model.ts";
import { settings } from "./model.ts";
import { nothingYet } from "./since.ts";

// What keeps the gap of a planned switchover short, each step seen from the member that takes it. That it is safe is the simulation's to say.

const replica: Server = {
  state: "running",
  start: "1",
  serverId: 3,
  readOnly: true,
  needsAck: false,
  waiting: 0,
  connected: [],
  locked: [],
  ackEnabled: true,
  acking: true,
  source: "db1",
  receiving: "yes",
  applying: true,
  received: "1-1-9",
  position: "1-1-9",
  history: "1-1-9",
};
const closed: Server = { ...replica, source: undefined, receiving: "no", acking: false, needsAck: true };
const cluster: Cluster = {
  term: 4,
  primary: "db1",
  start: "1-1-5",
  voters: ["db2", "db3"],
  admitting: undefined,
  heir: { member: "db2", position: "1-1-9" },
  paused: false,
  strict: true,
  serverIds: { db1: 1, db2: 2, db3: 3 },
  nextServerId: 4,
  history: [],
};
const handedOver: Store = {
  revision: 8,
  cluster,
  leader: undefined,
  votes: {},
  request: undefined,
  storeLeader: "db3",
};
const peer: Peer = { at: 1000, seen: 8, promised: 0, leads: 0, broken: undefined, server: replica };
const bystander: View = {
  me: "db3",
  members: ["db1", "db2", "db3"],
  settings,
  store: handedOver,
  server: replica,
  peers: { db1: { ...peer, server: closed }, db2: peer },
  memory: { seen: 8, promised: 0, noted: undefined, led: 0 },
  recent: { leaseUntil: 0, removal: undefined, admission: undefined, failedOpens: 0, since: nothingYet },
};
const heir: View = { ...bystander, me: "db2", peers: { db1: { ...peer, server: closed }, db3: peer } };

/** db2 has taken the key, at revision 9. */
const taken: Store = {
  ...handedOver,
  revision: 9,
  cluster: { ...cluster, term: 5, primary: "db2", heir: undefined, voters: ["db3", "db1"] },
  leader: { member: "db2", term: 5 },
};

test("the primary hands over as soon as it is closed: the heir itself waits until it has all", () => {
  const request = { id: "r1", kind: "switchover", to: "db2", without: [], by: "jo" } as const;
  const leader = { member: "db1", term: 4 };
  const view: View = {
    ...bystander,
    me: "db1",
    server: { ...closed, position: "1-1-12", connected: ["db2", "db3"] },
    memory: { ...bystander.memory, led: 4 },
    peers: { db2: peer, db3: peer },
    store: { ...handedOver, leader, request, cluster: { ...cluster, heir: undefined } },
  };
  expect(decide(view, 1000).action).toMatchObject({
    kind: "hand over",
    commit: { cluster: { heir: { member: "db2", position: "1-1-12" } } },
  });
  const late = { ...handedOver, cluster: { ...cluster, heir: { member: "db2", position: "1-1-12" } } };
  expect(decide({ ...heir, store: late }, 1000).action.kind).toBe("wait");
});

test("the heir takes over, and the old primary gets the number that it will need at the same time", () => {
  expect(decide(heir, 1000).action).toMatchObject({
    kind: "take over",
    commit: { leader: "nobody", key: "take", cluster: { serverIds: { db1: 5, db2: 4, db3: 3 }, nextServerId: 6 } },
  });
});

test("another voter lets go of the old primary meanwhile, once it has all, and receives again should that one come back", () => {
  expect(decide(bystander, 1000).action).toEqual({ kind: "stop receiving" });
  const lagging = { ...bystander, server: { ...replica, received: "1-1-8", position: "1-1-8" } };
  expect(decide(lagging, 1000).action.kind).toBe("wait");
  const free: View = { ...bystander, server: { ...replica, receiving: "no", acking: false } };
  expect(decide(free, 1000).action.kind).toBe("wait");
  const back = { ...handedOver, leader: { member: "db1", term: 5 }, cluster: { ...cluster, term: 5, heir: undefined } };
  expect(decide({ ...free, store: back }, 1000).action.kind).toBe("receive");
});

test("a follower joins the new leader before it is open, but not by what it said before it was elected", () => {
  const free: View = { ...bystander, server: { ...replica, receiving: "no", acking: false }, store: taken };
  expect(decide(free, 1000).action.kind).toBe("wait");
  const says = (change: Partial<Peer>) => ({ ...free.peers, db2: { ...peer, server: closed, ...change } });
  expect(decide({ ...free, peers: says({ seen: 8 }) }, 1000).action.kind).toBe("wait");
  const joins = { kind: "follow", source: "db2", serverId: 3, ack: true };
  expect(decide({ ...free, peers: says({ seen: 9 }) }, 1000).action).toEqual(joins);
  // Open, and the record has changed since it looked.
  expect(decide({ ...free, peers: says({ seen: 8, leads: 5 }) }, 1000).action).toEqual(joins);
});

test("a leader that was cut off before it had forgotten its source is opened once more, which forgets it", () => {
  const open: View = {
    ...heir,
    store: taken,
    server: { ...closed, readOnly: false, source: "db1" },
    memory: { ...heir.memory, seen: 9, led: 5 },
  };
  expect(decide(open, 1000).action.kind).toBe("open");
  expect(decide({ ...open, server: { ...open.server, source: undefined } }, 1000).action.kind).not.toBe("open");
});
