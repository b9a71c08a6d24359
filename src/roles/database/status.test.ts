import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatabaseStatus } from "../../contract/database.ts";
import { statusProgram } from "./status.ts";

// The program as it is, with a curl that answers what an agent would.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rampart-status-"));
  writeFileSync(`${folder}/curl`, `#!/bin/sh\ncat ${folder}/answer; exit $(cat ${folder}/code)\n`, { mode: 0o755 });
  writeFileSync(`${folder}/status`, statusProgram("db1", 3, "Made by Rampart for db1."));
});
afterAll(() => rmSync(folder, { recursive: true }));

function asked(answer: object | string, code = 0): { status: DatabaseStatus; reason: string; well: boolean } {
  writeFileSync(`${folder}/answer`, typeof answer === "string" ? answer : JSON.stringify(answer));
  writeFileSync(`${folder}/code`, String(code));
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH ?? ""}` };
  const check = spawnSync("sh", [`${folder}/status`, "check"], { env, encoding: "utf8" });
  const line = execFileSync("sh", [`${folder}/status`], { env, encoding: "utf8" });
  return { status: JSON.parse(line), reason: check.stdout.trim(), well: check.status === 0 };
}

const cluster: DatabaseStatus["cluster"] = {
  ...{ term: 3, primary: "db1", leader: "db1", voters: ["db2", "db3"], admitting: null },
  ...{ paused: false, strict: true, history: [] },
};
const primary: DatabaseStatus = {
  ...{ host: "db1", standing: "primary", readOnly: false, semiSync: true, clients: 2, unacknowledged: 0, voter: false },
  ...{ lagSeconds: 0, ioRunning: null, sqlRunning: null, error: "", gtid: "1-1-27", received: null, broken: null },
  ...{ doing: "wait", reason: "all is well", agent: { up: true }, store: { reachable: true, leader: "db2" }, cluster },
  promise: { holds: true, reason: "" },
};
const replica: DatabaseStatus = {
  ...primary,
  ...{ standing: "replica", readOnly: true, clients: 0, voter: true, ioRunning: "Yes", sqlRunning: "Yes" },
  cluster: { ...cluster, primary: "db2", leader: "db2", voters: ["db1", "db3"] },
};

test("a primary and a replica that are well", () => {
  expect(asked(primary)).toEqual({ status: primary, reason: "", well: true });
  expect(asked(replica)).toEqual({ status: replica, reason: "", well: true });
});

test.each<[string, Partial<DatabaseStatus>, string]>([
  ["nobody holds the key", { cluster: { ...cluster, leader: null } }, "db1 is the primary but takes no writes: all is"],
  [
    "the promise",
    { promise: { holds: false, reason: "semi-sync is off" } },
    "the promise does not hold: semi-sync is off",
  ],
  ["one voter of two", { cluster: { ...cluster, voters: ["db2"] } }, "only 1 of 2 replicas that should acknowledge"],
  [
    "before the founding",
    { cluster: null, reason: "db3 is not there" },
    "the cluster is not founded yet: db3 is not there",
  ],
  ["no store", { cluster: null, store: { reachable: false, leader: null } }, "etcd does not answer db1"],
  ["broken", { broken: "it has 1-1-9 of its own" }, "db1 must be built anew: it has 1-1-9 of its own"],
  ["no MariaDB", { readOnly: null, error: "Can't connect" }, "MariaDB on db1 does not answer: Can't connect: all is"],
])("a primary that is not well says why: %s", (_, change, reason) => {
  const { well, reason: said } = asked({ ...primary, ...change });
  expect(well).toBe(false);
  expect(said).toContain(reason);
});

test.each<[string, Partial<DatabaseStatus>, string]>([
  ["stopped", { ioRunning: "Connecting", error: 'no "way" to \\db2' }, 'db1 does not run: no "way" to \\db2'],
  ["far behind", { lagSeconds: 40 }, "db1 is 40 s behind the primary"],
  ["lag unknown", { lagSeconds: null }, "db1 is an unknown number of s behind"],
  ["silent voter", { semiSync: false }, "db1 does not acknowledge writes yet"],
  ["writes on a replica", { readOnly: false }, "db1 takes writes, and db2 is the primary"],
])("a replica that is not well says why: %s", (_, change, reason) => {
  const { well, reason: said } = asked({ ...replica, ...change });
  expect(well).toBe(false);
  expect(said).toContain(reason);
});

test("an agent that does not answer is unknown, not healthy", () => {
  const { status, reason, well } = asked('curl: (7) Couldn\'t connect to "it"', 7);
  expect(well).toBe(false);
  expect(reason).toBe('the agent does not answer: curl: (7) Couldn\'t connect to "it"');
  expect(status).toMatchObject({ host: "db1", agent: { up: false }, readOnly: null, cluster: null, gtid: null });
});
