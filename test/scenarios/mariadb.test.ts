import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { questions } from "../../onhost/agent/server.ts";
import { behaviours } from "../../onhost/agent/simulation/behaviours.ts";
import { sleep } from "../../src/lab/process.ts";
import { freshRig, later, serversAreGone, serversStand, sql } from "./support/raw-mariadb.ts";
import { eventually } from "./support/time.ts";

// What the agent and its simulation take for granted of MariaDB, asked of real servers with a member's options. Points are those of DATABASE.md.

beforeAll(serversStand);
afterAll(serversAreGone);

describe("as the simulation's model does it", () => {
  test.each(behaviours)("point $point: $name", async ({ tryOn }) => {
    await tryOn(await freshRig());
  });
});

const unlimited = "18446744073709551615";

test("point 3: the time-out without end reads back as it was set, and −1 becomes none at all, without an error", async () => {
  await freshRig();
  const read = "SELECT @@rpl_semi_sync_master_timeout";
  expect(await sql("a", read)).toBe(unlimited);
  expect(await sql("a", `SET GLOBAL rpl_semi_sync_master_timeout = -1; ${read}`)).toBe("0");
  expect(await sql("a", `SET GLOBAL rpl_semi_sync_master_timeout = ${unlimited}; ${read}`)).toBe(unlimited);
});

/** A commit that waits for an acknowledgement which nobody gives. */
async function waiting(text = "INSERT INTO t.w VALUES (NULL)") {
  await freshRig();
  await sql("a", "SET GLOBAL rpl_semi_sync_master_enabled = 1");
  const { ended } = later("a", text);
  let id = "";
  await eventually(20, async () => {
    id = await sql("a", "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for semi-sync%'");
    expect(id).toMatch(/^\d+$/);
  });
  return { id, ended };
}

const letGo = "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_no_tx'";
const rows = "SELECT COUNT(*) FROM t.w";

test("point 4: KILL QUERY answers OK to a client whose write nobody acknowledged, and is counted", async () => {
  const { id, ended } = await waiting();
  await sql("a", `KILL QUERY ${id}`);
  await eventually(10, async () => expect(ended()?.code).toBe(0));
  expect(await sql("a", rows)).toBe("1");
  expect((await sql("a", letGo)).split("\t")[1]).toBe("1");
});

test("point 4: KILL CONNECTION commits what nobody acknowledged, and is counted", async () => {
  const { id, ended } = await waiting();
  await sql("a", `KILL CONNECTION ${id}`);
  await eventually(10, async () => expect(ended()?.said).toMatch(/2013|2006|Lost connection/));
  expect(await sql("a", rows)).toBe("1");
  expect((await sql("a", letGo)).split("\t")[1]).toBe("1");
});

test("point 4: KILL SOFT and a time limit of the statement commit nothing, whatever the client is told", async () => {
  const { id, ended } = await waiting("SET max_statement_time = 1; INSERT INTO t.w VALUES (NULL)");
  await sleep(2000);
  await sql("a", `KILL SOFT QUERY ${id}`);
  await sleep(1000);
  expect(ended()).toBeUndefined();
  // It closes the client's connection; the commit waits on.
  await sql("a", `KILL SOFT CONNECTION ${id}`);
  await sleep(1000);
  expect(ended()?.code).not.toBe(0);
  expect(await sql("a", rows)).toBe("0");
  expect((await sql("a", letGo)).split("\t")[1]).toBe("0");
});

test("point 9: while a commit waits the agent's questions are answered, and read_only and a lock on all tables hang", async () => {
  await waiting();
  for (const question of questions) await sql("a", question, 3);
  await expect(sql("a", "SET GLOBAL read_only = 1", 3)).rejects.toThrow(/: 124 /);
  await waiting();
  await expect(sql("a", "FLUSH TABLES WITH READ LOCK", 3)).rejects.toThrow(/: 124 /);
});

test("point 10: read_only stops no account that may pass over it, and every other one", async () => {
  await freshRig();
  const accounts = ["passing", "stopped"].map(
    (name) => `CREATE USER ${name}@localhost; GRANT ALL ON t.* TO ${name}@localhost`,
  );
  await sql("a", `${accounts.join("; ")}; GRANT READ_ONLY ADMIN ON *.* TO passing@localhost; SET GLOBAL read_only = 1`);
  expect(await as("passing")).toBe("");
  expect(await as("stopped")).toMatch(/1290/);
});

async function as(user: string): Promise<string> {
  return await sql("a", "INSERT INTO t.w VALUES (NULL)", 20, user).then(
    () => "",
    (error: Error) => error.message,
  );
}

test("point 12: what another transaction has changed since it was read is no longer changed by this one", async () => {
  await freshRig();
  expect(await sql("a", "SELECT @@innodb_snapshot_isolation")).toBe("1");
  await sql("a", "CREATE TABLE t.one (id INT PRIMARY KEY, n INT); INSERT INTO t.one VALUES (1, 0)");
  const change = "BEGIN; SELECT n FROM t.one; DO SLEEP(2); UPDATE t.one SET n = n + 1; COMMIT";
  const { ended } = later("a", change);
  await sleep(800);
  await sql("a", "UPDATE t.one SET n = 7");
  await eventually(10, async () => expect(ended()?.said).toMatch(/1020/));
});

test("rule 5: nothing but InnoDB can be made", async () => {
  await freshRig();
  await expect(sql("a", "CREATE TABLE t.other (id INT) ENGINE = MyISAM")).rejects.toThrow(/1286|1290|1478/);
});
