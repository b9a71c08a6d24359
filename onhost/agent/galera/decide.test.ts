import fc from "fast-check";
import { expect, test } from "vitest";
import { decide, hearing, pause, serves } from "./decide.ts";
import type { Facts, Peer, View } from "./model.ts";
import { parseNote, parsePosition } from "./server.ts";
import { factsFrom } from "./teller.ts";

const members = ["db1", "db2", "db3"];
const fresh: Peer = { belonged: false, primary: false, synced: false };
const alive: Peer = { belonged: true, primary: true, synced: true };
const lost: Peer = { belonged: true, primary: false, synced: false };
const view = (more: Partial<View> = {}): View => ({
  ...{ me: "db1", members, unit: "stopped", facts: undefined, peers: { db2: fresh, db3: fresh } },
  ...{ belonged: false, foreign: false, held: false, sinceStart: undefined, age: 60_000 },
  ...more,
});
const facts: Facts = {
  ...{ ready: true, primary: true, state: 4, comment: "Synced", size: 3, history: "h", seqno: 7 },
  ...{ paused: 0, pausedSeconds: 0, queue: 0, conflicts: 0 },
};

test("a cluster is begun by the first of all members, when all say that they never had one", () => {
  expect(decide(view()).action).toBe("found");
  expect(decide(view({ me: "db2", peers: { db1: fresh, db3: fresh } })).action).toBe("wait");
  expect(decide(view({ peers: { db2: fresh } })).reason).toContain("db3 said nothing yet");
  expect(decide(view({ peers: { db2: fresh, db3: lost } })).reason).toContain("db3 had a cluster");
  expect(decide(view({ peers: { db2: fresh, db3: alive } })).action).toBe("join");
});

test("whatever is seen, none is begun by a host that had one, is not the first, is held, or does not hear all", () => {
  const peer = fc.record({ belonged: fc.boolean(), primary: fc.boolean(), synced: fc.boolean() });
  const any = fc.record({
    me: fc.constantFrom(...members),
    members: fc.constant(members),
    unit: fc.constantFrom("alive", "starting", "stopping", "stopped", "unknown" as const),
    facts: fc.constantFrom(undefined, facts),
    peers: fc.dictionary(fc.constantFrom(...members), peer),
    belonged: fc.boolean(),
    foreign: fc.boolean(),
    held: fc.boolean(),
    sinceStart: fc.option(fc.nat(2 * pause), { nil: undefined }),
    age: fc.nat(2 * hearing),
  });
  fc.assert(
    fc.property(any, (seen) => {
      const { action } = decide(seen);
      if (action === "wait") return;
      expect(seen.unit).toBe("stopped");
      expect(seen.held || seen.foreign).toBe(false);
      if (action === "join") return;
      expect(seen.me).toBe("db1");
      expect(seen.belonged).toBe(false);
      for (const other of ["db2", "db3"]) expect(seen.peers[other]).toMatchObject({ belonged: false, primary: false });
    }),
  );
});

test("a member that had a cluster only ever joins, and asks the others first", () => {
  expect(decide(view({ belonged: true, peers: {}, age: 100 })).action).toBe("wait");
  expect(decide(view({ belonged: true, peers: {} })).action).toBe("join");
  expect(decide(view({ belonged: true, sinceStart: 100 })).action).toBe("wait");
  expect(decide(view({ belonged: true, held: true })).reason).toContain("rampart db bootstrap");
  expect(decide(view({ foreign: true })).reason).toContain("another mode");
});

test("services are sent to members that have everything, and to a giver of copies only when there is no other", () => {
  expect(serves({ facts, peers: {} })).toBe(true);
  expect(serves({ facts: undefined, peers: {} })).toBe(false);
  expect(serves({ facts: { ...facts, ready: false }, peers: {} })).toBe(false);
  expect(serves({ facts: { ...facts, primary: false }, peers: {} })).toBe(false);
  expect(serves({ facts: { ...facts, state: 3 }, peers: {} })).toBe(false);
  expect(serves({ facts: { ...facts, state: 2 }, peers: { db2: alive } })).toBe(false);
  expect(serves({ facts: { ...facts, state: 2 }, peers: { db2: lost } })).toBe(true);
});

const history = "6b1c0a52-c676-11f0-9f3c-4b1c0e7f2a11";

test("positions are read from Galera's note and from Debian's recovery program", () => {
  const note = `# GALERA saved state\nversion: 2.1\nuuid:    ${history}\nseqno:   -1\nsafe_to_bootstrap: 0\n`;
  expect(parseNote(note)).toEqual({ history, seqno: -1 });
  expect(parseNote("")).toBeUndefined();
  expect(parsePosition(`--wsrep_start_position=${history}:4711\n`)).toEqual({ history, seqno: 4711 });
  expect(parsePosition(`--wsrep_start_position=${history}:4711,1-1-88\n`)).toEqual({ history, seqno: 4711 });
  expect(parsePosition("")).toBeUndefined();
});

test("what MariaDB says of the cluster", () => {
  const said = new Map([
    ["wsrep_ready", "ON"],
    ["wsrep_cluster_status", "Primary"],
    ["wsrep_local_state", "4"],
    ["wsrep_cluster_size", "3"],
    ["wsrep_flow_control_paused_ns", "2500000000"],
  ]);
  expect(factsFrom(said)).toMatchObject({ ready: true, primary: true, state: 4, size: 3, pausedSeconds: 2.5 });
  expect(factsFrom(new Map([["wsrep_cluster_status", "non-Primary"]]))).toMatchObject({ ready: false, primary: false });
});
