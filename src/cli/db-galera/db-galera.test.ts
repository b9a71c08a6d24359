import { expect, test } from "vitest";
import type { GaleraPosition, GaleraStatus } from "../../contract/galera.ts";
import { databaseText } from "../../report/database.ts";
import { galeraMember, galeraStanding, type Said } from "./members.ts";
import { bootstrapProblems, galeraRebuildProblems, mostAdvanced, positionProblems } from "./refusals.ts";

const history = "6b1c0a52-c676-11f0-9f3c-4b1c0e7f2a11";
const synced = (host: string, more: Partial<GaleraStatus> = {}): Said => ({
  host,
  status: {
    ...{ mode: "galera", host, teller: { up: true }, unit: "alive", ready: true, primary: true, state: 4 },
    ...{ comment: "Synced", size: 3, votes: 3, history, seqno: 4711, paused: 0.012, pausedSeconds: 3, queue: 0 },
    ...{ conflicts: 2, writable: true, readable: true, belonged: true, held: false, doing: "wait" },
    ...{ reason: `${host} has all that the cluster has`, error: "" },
    ...more,
  },
});
const waits = (host: string): Said =>
  synced(host, { unit: "starting", ready: null, primary: null, state: null, size: null, seqno: null, writable: false });
const told = (problems: readonly { path: string; reason: string }[]) =>
  problems.map(({ path, reason }) => `${path}: ${reason}`);
const at = (host: string, seqno: number, of: string | null = history): GaleraPosition => ({
  ...{ host, seqno, history: of, source: "recovered from its data" },
});

test("whole is a cluster in which all votes are in and all members have everything; noLoss is never claimed", () => {
  const whole = galeraStanding([synced("db1"), synced("db2"), synced("db3")], 3);
  expect(whole).toMatchObject({ primary: "db1", noLoss: false, galera: { whole: true, size: 3 } });
  expect(whole.reason).toContain("does not promise it");
  expect(galeraStanding([synced("db1"), synced("db2")], 3).galera?.whole).toBe(true);
  expect(galeraStanding([synced("db1", { size: 2 }), synced("db2", { size: 2 })], 3).galera?.whole).toBe(false);
  const partly = galeraStanding([{ host: "db1", silence: "it is off" }, synced("db2"), waits("db3")], 3);
  expect(partly).toMatchObject({ primary: "db2", galera: { whole: false } });
  expect(partly.galera?.members.map(({ standing }) => standing)).toEqual(["unknown", "synced", "starting"]);
  expect(galeraStanding([waits("db1")], 3)).toMatchObject({ primary: null, galera: { size: null } });
  expect(galeraMember("db1", "bash: no such file", "no answer")).toEqual({ host: "db1", silence: "no answer" });
});

test("status says what this mode does not promise", () => {
  const style = { color: false, width: 90 };
  const text = databaseText(galeraStanding([synced("db1"), synced("db2"), waits("db3")], 3), style, new Date());
  expect(text).toContain("NOT whole. Mode galera does not promise it");
  expect(text).toContain("MDEV-38976");
  expect(text).toContain("db1★");
});

test("a bootstrap is refused while the cluster runs, without a word on who cannot be asked, and for who can", () => {
  expect(told(bootstrapProblems([synced("db1"), waits("db2")], []))[0]).toContain("database: the cluster runs: db1");
  const members = [waits("db1"), waits("db2"), { host: "db3", silence: "it is off" }];
  expect(told(bootstrapProblems(members, []))).toEqual([
    "db3: cannot be asked how far its data go: it is off. It may be the one that has the last acknowledged writes.",
  ]);
  expect(bootstrapProblems(members, ["db3"])).toEqual([]);
  expect(told(bootstrapProblems(members, ["db2", "db3"]))).toEqual(["db2: answers: what it holds is counted."]);
  expect(told(bootstrapProblems(members, ["db9"]))).toEqual(["db9: is no database host of this site."]);
});

test("the cluster begins from whoever has most, and from nobody when there are two histories or none", () => {
  expect(mostAdvanced([at("db1", 7), at("db2", 9), at("db3", 9)])?.host).toBe("db2");
  expect(mostAdvanced([at("db1", -1, null), at("db2", 0)])?.host).toBe("db2");
  expect(mostAdvanced([at("db1", -1, null)])).toBeUndefined();
  expect(positionProblems([at("db1", 7), at("db2", -1, null)])).toEqual([]);
  expect(told(positionProblems([at("db1", 7), at("db2", 9, history.replace("6", "7"))]))[1]).toContain(
    "not that of all",
  );
  expect(told(positionProblems([at("db1", -1, null)]))[0]).toContain("nothing to begin from");
});

test("a member is built anew only from another one that has everything", () => {
  expect(galeraRebuildProblems([synced("db1"), waits("db2")], "db2")).toEqual([]);
  expect(told(galeraRebuildProblems([synced("db1"), waits("db2")], "db1"))[0]).toContain("may be the only ones");
  expect(told(galeraRebuildProblems([synced("db1")], "db9"))[0]).toContain("no database host");
});
