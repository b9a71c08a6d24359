import { expect, test } from "vitest";
import { decide } from "./decide.ts";
import type { Cluster, Memory, Peer, Server, Store, View, Vote } from "./model.ts";
import { settings } from "./model.ts";
import { stopAgent } from "./simulation/agent.ts";
import type { Fault, Schedule } from "./simulation/faults.ts";
import { losePower, stopServer } from "./simulation/life.ts";
import { run } from "./simulation/run.ts";
import { type Agent, at, type Hooks, type Step, type World } from "./simulation/world.ts";
import { nothingYet, remember } from "./since.ts";

const calm: Schedule = { seed: 1, members: 3, strict: true, bare: false, stale: 0.02, faults: [] };

function fault(kind: Fault["kind"], host: number, ticks = 40, moment = 15): Fault {
  return { at: moment, kind, host, other: 1, ticks };
}

/** Each transition, as what sets it off. */
const transitions: Readonly<Record<string, Schedule>> = {
  "failover and rejoin after a crash": { ...calm, faults: [fault("server crash", 0)] },
  "failover and rejoin after a lost host": { ...calm, faults: [fault("power cut", 0, 60)] },
  switchover: { ...calm, faults: [fault("switchover", 0)] },
  "first voter and second voter admitted": { ...calm, bare: true, faults: [fault("slow apply", 2, 25)] },
  "voter removed and admitted again": { ...calm, faults: [fault("power cut", 2, 60)] },
  "restart of a voter with unapplied events": {
    ...calm,
    faults: [fault("slow apply", 1, 30, 8), fault("server crash", 1, 10, 20)],
  },
  "restart of a primary that nobody can replace": {
    ...calm,
    faults: [fault("power cut", 1, 70), fault("server crash", 0, 10, 17)],
  },
  "rebuild after a lost disk": { ...calm, faults: [fault("disk lost", 2)] },
  "going alone and coming back": {
    ...calm,
    strict: false,
    faults: [fault("power cut", 1, 60), fault("power cut", 2, 60)],
  },
};

const interruptions: Readonly<Record<string, (world: World, agent: Agent) => void>> = {
  "the agent dies": (world, agent) => stopAgent(world, agent, 5),
  "the agent and its server die": (world, agent) => {
    stopServer(at(world.servers, agent.host));
    stopAgent(world, agent, 5);
  },
  "the host loses power": (world, agent) => {
    losePower(world, at(world.servers, agent.host));
    stopAgent(world, agent, 30);
  },
  "the agent freezes longer than its lease": (_, agent) => {
    agent.frozen = true;
  },
};

/** Lets `strike` happen before or after the step of number `goal`, counted over all agents. */
function interrupting(
  goal: number,
  when: "before" | "after",
  strike: (world: World, agent: Agent) => void,
  seen: { steps: number },
): Hooks {
  return {
    steps: (steps, _, world, agent) =>
      steps.map((step): Step => {
        let begun = false;
        return {
          name: step.name,
          run: () => {
            if (!begun) seen.steps++;
            const now = !begun && seen.steps === goal;
            begun = true;
            if (!now) return step.run();
            if (when === "after") step.run();
            strike(world, agent);
            return agent.frozen ? "again" : "stop";
          },
        };
      }),
  };
}

/** A frozen agent goes on after 5 s, with what it was about to do. */
function thawing(hooks: Hooks): Hooks {
  let frozen: { agent: Agent; at: number } | undefined;
  return {
    ...hooks,
    decision: (decision, _, world) => {
      const found = world.agents.find((agent) => agent.frozen);
      if (found !== undefined) frozen ??= { agent: found, at: world.tick };
      if (frozen !== undefined && world.tick - frozen.at >= 50) {
        frozen.agent.frozen = false;
        frozen = undefined;
      }
      return decision;
    },
  };
}

test.each(Object.entries(transitions))("%s: interrupted at every step, it goes on from what remains", (_, schedule) => {
  const whole = { steps: 0 };
  expect(
    run(
      schedule,
      interrupting(0, "before", () => {}, whole),
    ).violation,
  ).toBeUndefined();
  expect(whole.steps).toBeGreaterThan(1);
  const failures: string[] = [];
  for (const [name, strike] of Object.entries(interruptions)) {
    for (let goal = 1; goal <= whole.steps; goal++) {
      for (const when of name === "the agent dies" ? (["before", "after"] as const) : (["after"] as const)) {
        const hooks = thawing(interrupting(goal, when, strike, { steps: 0 }));
        const { violation } = run(schedule, hooks);
        if (violation !== undefined) failures.push(`${name} ${when} step ${goal}: ${violation}`);
      }
    }
  }
  expect(failures).toEqual([]);
});

// What the simulation does not ask for: the operator's words, and the refusals.

const server: Server = {
  state: "running",
  start: "1",
  serverId: 1,
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
const leads: Server = {
  ...server,
  readOnly: false,
  needsAck: true,
  connected: ["db2", "db3"],
  source: undefined,
  receiving: "no",
  acking: false,
};
const cluster: Cluster = {
  term: 4,
  primary: "db1",
  start: "1-1-5",
  voters: ["db2", "db3"],
  admitting: undefined,
  heir: undefined,
  paused: false,
  strict: true,
  serverIds: { db1: 1, db2: 2, db3: 3 },
  nextServerId: 4,
  history: [],
};
const store: Store = {
  revision: 8,
  cluster,
  leader: { member: "db1", term: 4 },
  votes: {},
  request: undefined,
  storeLeader: "db3",
};
const memory: Memory = { seen: 8, promised: 0, noted: undefined, led: 0 };
const peer: Peer = { at: 1000, seen: 8, promised: 0, leads: 0, broken: undefined, server };
const voter: View = {
  me: "db2",
  members: ["db1", "db2", "db3"],
  settings,
  store,
  server,
  peers: { db1: { ...peer, leads: 4, server: leads }, db3: peer },
  memory,
  recent: { leaseUntil: 0, removal: undefined, admission: undefined, failedOpens: 0, since: nothingYet },
};
const primary: View = {
  ...voter,
  me: "db1",
  server: leads,
  memory: { ...memory, led: 4 },
  peers: { db2: peer, db3: peer },
};
const nobody: Store = { ...store, leader: undefined };

function asked(
  kind: "switchover" | "failover" | "pause" | "resume",
  to?: string,
  without: string[] = [],
): Store["request"] {
  return { id: "r1", kind, to, without, by: "jo" };
}

test.each([
  ["db9", "db9 is no member; members are db1, db2 and db3"],
  ["db3", "db3 does not acknowledge now"],
])("a switchover to %s is refused with the reason, and nothing changes", (to, reason) => {
  const peers = { db2: peer, db3: { ...peer, server: { ...server, acking: false } } };
  const decision = decide({ ...primary, peers, store: { ...store, request: asked("switchover", to) } }, 1000);
  expect(decision.action).toMatchObject({ kind: "answer", outcome: "refused" });
  expect(decision.reason).toContain(reason);
});

test("a switchover to a member that lags far behind is refused: writes would wait for it", () => {
  const far = { ...leads, position: "1-1-5000" };
  const decision = decide({ ...primary, server: far, store: { ...store, request: asked("switchover", "db2") } }, 1000);
  expect(decision.reason).toContain("db2 is 4991 transactions behind");
});

test("a switchover without a name goes to the voter that has most", () => {
  expect(decide({ ...primary, store: { ...store, request: asked("switchover") } }, 1000).action.kind).toBe("close");
  const closed = {
    ...primary,
    server: { ...leads, readOnly: true },
    store: { ...store, request: asked("switchover") },
  };
  expect(decide(closed, 1000)).toMatchObject({
    action: { kind: "hand over", term: 5, commit: { key: "drop", cluster: { heir: { member: "db2" } } } },
  });
});

test("a failover by hand is refused while somebody leads", () => {
  const decision = decide({ ...primary, store: { ...store, request: asked("failover") } }, 1000);
  expect(decision.action).toMatchObject({ kind: "answer", outcome: "refused" });
});

test("a voter that the operator vouches for as gone is not waited for; any other is", () => {
  const vote: Vote = { term: 5, received: "1-1-9", applied: "1-1-9", serverStart: "1", countable: true };
  const election = { ...voter, server: { ...server, receiving: "no" as const }, memory: { ...memory, promised: 5 } };
  const votes = { db2: vote };
  expect(decide({ ...election, store: { ...nobody, votes } }, 1000).reason).toContain(
    "db3 may have acknowledged writes that nobody else has",
  );
  const byHand = decide(
    { ...election, store: { ...nobody, votes, request: asked("failover", undefined, ["db3"]) } },
    1000,
  );
  expect(byHand.action).toMatchObject({
    what: "promote",
    commit: { cluster: { term: 5, primary: "db2", voters: ["db1"] }, request: "drop" },
  });
});

test("paused agents elect nobody, kill nothing and start nothing", () => {
  const paused = { ...cluster, paused: true };
  expect(decide({ ...voter, store: { ...nobody, cluster: paused } }, 1000).action.kind).toBe("wait");
  const stopped = { ...server, state: "stopped" as const };
  expect(decide({ ...voter, server: stopped, store: { ...store, cluster: paused } }, 1000).action.kind).toBe("wait");
  expect(decide({ ...primary, server: stopped, store: { ...store, cluster: paused } }, 1000).action.kind).toBe("wait");
  const hung = {
    ...voter,
    server: { ...server, state: "hung" as const },
    recent: { ...voter.recent, since: { ...nothingYet, hung: -9999 } },
  };
  expect(decide({ ...hung, store: { ...store, cluster: paused } }, 1000).action.kind).toBe("wait");
  expect(decide(hung, 1000).action.kind).toBe("kill");
});

test("pause and resume are the leader's to write", () => {
  expect(decide({ ...primary, store: { ...store, request: asked("pause") } }, 1000).action).toMatchObject({
    commit: { cluster: { paused: true }, request: "drop" },
  });
});

test("a pause ends whoever leads, or nobody, and whatever became of MariaDB meanwhile", () => {
  const paused = { cluster: { ...cluster, paused: true }, request: asked("resume") };
  const stopped = { ...server, state: "stopped" as const };
  const resumed = { commit: { cluster: { paused: false }, request: "drop", key: "keep" } };
  for (const view of [primary, { ...primary, server: stopped }])
    expect(decide({ ...view, store: { ...store, ...paused } }, 1000).action).toMatchObject(resumed);
  for (const view of [primary, voter, { ...voter, server: stopped }])
    expect(decide({ ...view, store: { ...nobody, ...paused } }, 1000).action).toMatchObject(resumed);
});

test("the next automatic failover waits after one; one by hand does not", () => {
  const history = [{ term: 4, primary: "db1", kind: "failover", position: "1-1-5", reason: "" }] as const;
  const recent = { ...voter.recent, since: { ...nothingYet, change: { term: 4, at: 0 } } };
  const soon = { ...voter, recent, store: { ...nobody, cluster: { ...cluster, history } } };
  expect(decide(soon, 1000).reason).toContain("the next one waits");
  expect(decide(soon, settings.holdOff + 1).action.kind).toBe("vote");
  expect(decide({ ...soon, store: { ...soon.store, request: asked("failover") } }, 1000).action.kind).toBe("vote");
});

test("a voter whose relay files are unreadable is not counted, and nobody is elected without the old primary", () => {
  const vote: Vote = { term: 5, received: "1-1-9", applied: "1-1-9", serverStart: "1", countable: true };
  const votes = { db2: vote, db3: { ...vote, countable: false } };
  const decision = decide({ ...voter, memory: { ...memory, promised: 5 }, store: { ...nobody, votes } }, 1000);
  expect(decision).toMatchObject({ action: { kind: "wait" } });
  expect(decision.reason).toContain("db3 cannot tell what was acknowledged there");
});

test("the first member founds the cluster, unless another holds data that it lacks", () => {
  const bare: Store = { ...store, revision: 0, cluster: undefined, leader: undefined };
  const unseen = { ...primary.memory, seen: 0 };
  const first = { ...primary, server: { ...server, history: "1-1-9" }, store: bare, memory: unseen };
  expect(decide(first, 1000).action).toMatchObject({
    what: "found",
    commit: { revision: 0, key: "take", cluster: { term: 1, voters: [] } },
  });
  const foreign = { ...first, peers: { db2: { ...peer, server: { ...server, history: "1-7-3" } }, db3: peer } };
  expect(decide(foreign, 1000)).toMatchObject({
    action: { kind: "wait" },
    reason: expect.stringContaining("db2 holds data that db1 lacks"),
  });
});

test("before there is a cluster MariaDB is started everywhere; where etcd has lost one, nothing is", () => {
  const bare: Store = { ...store, revision: 0, cluster: undefined, leader: undefined };
  const fresh = { ...voter, store: bare, memory: { ...voter.memory, seen: 0 } };
  for (const state of ["stopped", "blank"] as const)
    expect(decide({ ...fresh, server: { ...server, state } }, 1000).action).toEqual({ kind: "start", how: "plain" });
  const lost = decide(
    { ...fresh, server: { ...server, state: "stopped" }, memory: { ...voter.memory, seen: 7 } },
    1000,
  );
  expect(lost).toMatchObject({ action: { kind: "wait" }, reason: expect.stringContaining("there was one") });
});

test("a promotion that fails backs off: the key goes away, and the others have the time of a hold-off", () => {
  const failing = {
    ...primary,
    server: { ...leads, readOnly: true },
    recent: { ...primary.recent, failedOpens: 3, since: { ...nothingYet, noLeader: 0 } },
  };
  expect(decide({ ...failing, recent: { ...failing.recent, failedOpens: 2 } }, 1000).action.kind).toBe("open");
  expect(decide(failing, 1000).action.kind).toBe("resign");
  expect(decide({ ...failing, store: nobody }, 1000).action.kind).toBe("wait");
  expect(decide({ ...failing, store: nobody }, settings.holdOff).action).toMatchObject({ what: "take back" });
});

test("semi-sync read back wrong is set right at once and called a breach", () => {
  const decision = decide({ ...primary, server: { ...leads, needsAck: false } }, 1000);
  expect(decision.action.kind).toBe("need ack");
  expect(decision.reason).toContain("breach");
});

test("commits that wait for an acknowledgement that was lost end the primary, and only these", () => {
  const stuckSince = (at: number, me = primary, paused = false) => ({
    ...me,
    server: { ...leads, waiting: 1 },
    store: { ...store, cluster: { ...cluster, paused } },
    recent: { ...me.recent, since: { ...nothingYet, stuck: { position: leads.position, at } } },
  });
  const later = 1000 + settings.stuck;
  const fresh = { ...primary, peers: { db2: { ...peer, at: later }, db3: { ...peer, at: later } } };
  expect(decide(stuckSince(1000, fresh), later).action.kind).toBe("kill");
  expect(decide(stuckSince(1001, fresh), later).action.kind).not.toBe("kill");
  expect(decide(stuckSince(1000, fresh, true), later).action.kind).not.toBe("kill");
});

test("stuck is who waits at one place for what a voter that acknowledges has; anything else is waiting", () => {
  const waits: View = { ...primary, server: { ...leads, waiting: 1 } };
  const first = remember(nothingYet, waits, 1000);
  expect(first.stuck).toEqual({ position: "1-1-9", at: 1000 });
  expect(remember(first, waits, 2000).stuck).toEqual({ position: "1-1-9", at: 1000 });
  const further = { ...server, received: "1-1-10" };
  const moved = {
    ...waits,
    server: { ...waits.server, position: "1-1-10" },
    peers: { db2: { ...peer, server: further } },
  };
  expect(remember(first, moved, 2000).stuck).toEqual({ position: "1-1-10", at: 2000 });
  const none = [
    { ...waits, server: leads },
    { ...moved, peers: { db2: peer, db3: peer } },
    { ...waits, peers: { db2: { ...peer, server: { ...server, acking: false } } } },
  ];
  for (const view of none) expect(remember(first, view, 2000).stuck).toBeUndefined();
});

test("a voter whose host the site has taken away leaves the set as any other: locked out first, once another has what it may have", () => {
  const gone = { ...primary, members: ["db1", "db3"] };
  expect(decide(gone, 1000)).toMatchObject({
    action: { kind: "lock out", member: "db2" },
    reason: expect.stringContaining("is no member of the site any more"),
  });
  const shut = { ...leads, locked: ["db2"], connected: ["db3"] };
  const removal = { member: "db2", position: "1-1-9" };
  const out = { ...gone, server: shut, recent: { ...gone.recent, removal } };
  expect(decide(out, 1000).action).toMatchObject({ what: "remove a voter", commit: { cluster: { voters: ["db3"] } } });
});

test("who was just seeded may be ahead of what the leader said last; that is nothing foreign, unless the leader refuses it", () => {
  const ahead = { ...server, source: undefined, receiving: "no", applying: false, received: "1-1-12" } as const;
  const seeded = { ...voter, server: { ...ahead, position: "1-1-12", history: "1-1-12" } };
  expect(decide(seeded, 1000).action.kind).not.toBe("report broken");
  const foreign = { ...seeded, server: { ...seeded.server, history: "1-1-9,1-7-12" } };
  expect(decide(foreign, 1000).action.kind).toBe("report broken");
});
