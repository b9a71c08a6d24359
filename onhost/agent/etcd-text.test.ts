import { expect, test } from "vitest";
import { base64, found, key, transaction } from "./etcd-text.ts";
import type { Cluster, Commit } from "./model.ts";

const cluster: Cluster = {
  term: 3,
  primary: "db1",
  start: "",
  voters: ["db2"],
  admitting: undefined,
  heir: undefined,
  paused: false,
  strict: true,
  serverIds: { db1: 1 },
  nextServerId: 4,
  history: [],
};
const pair = (name: string, value: unknown, more: object = {}) => ({
  key: key(name),
  value: base64(JSON.stringify(value)),
  ...more,
});

test("a look: numbers of 64 bits come as text, and what is left out is nothing", () => {
  const vote = { term: 4, received: "1-1-9", applied: "1-1-8", serverStart: "x", countable: true };
  const seen = found([
    pair("cluster", cluster, { mod_revision: "42" }),
    pair("leader", { member: "db1", term: 3 }, { lease: "7587883829378", mod_revision: "43" }),
    pair("votes/db2", vote),
    pair("opened/3", { at: "2026-11-20T22:00:00.000Z", gapSeconds: 0.3 }),
    pair("answers/x", { id: "x", kind: "pause", outcome: "done", reason: "", to: null, term: 3 }),
  ]);
  expect(seen.store.revision).toBe(42);
  expect(seen.store.cluster).toEqual(JSON.parse(JSON.stringify(cluster)));
  expect(seen.store.cluster?.heir).toBeUndefined();
  expect(seen.store.leader).toEqual({ member: "db1", term: 3 });
  expect(seen.leaderLease).toBe("7587883829378");
  expect(seen.store.votes).toEqual({ db2: vote });
  expect(seen.opened["3"]?.gapSeconds).toBe(0.3);
  expect(seen.outcomes.map(({ id }) => id)).toEqual(["x"]);
});

test("an empty store: no cluster, revision 0, which a transaction takes for 'not there'", () => {
  expect(found([])).toMatchObject({ store: { revision: 0, cluster: undefined, leader: undefined, votes: {} } });
});

const commit: Commit = { revision: 42, leader: "nobody", cluster, key: "take", request: "drop" };

test("taking the key: the set unchanged, nobody holding it, and the key on the lease", () => {
  expect(transaction("db2", commit, "77", undefined)).toEqual({
    compare: [
      { key: key("cluster"), target: "MOD", result: "EQUAL", mod_revision: "42" },
      { key: key("leader"), target: "VERSION", result: "EQUAL", version: "0" },
    ],
    success: [
      { request_put: { key: key("cluster"), value: base64(JSON.stringify(cluster)) } },
      { request_put: { key: key("leader"), value: base64('{"member":"db2","term":3}'), lease: "77" } },
      { request_delete_range: { key: key("request") } },
    ],
  });
});

test("handing over: only while the key hangs on this agent's lease", () => {
  const text = JSON.stringify(transaction("db1", { ...commit, leader: "me", key: "drop" }, "77", undefined));
  expect(text).toContain(`{"key":"${key("leader")}","target":"LEASE","result":"EQUAL","lease":"77"}`);
  expect(text).toContain(`{"request_delete_range":{"key":"${key("leader")}"}}`);
});
