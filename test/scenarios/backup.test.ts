import { loadavg } from "node:os";
import { beforeAll, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import type { RestoreResult } from "../../src/model/backups.ts";
import { refusal, sql, stored } from "./support/backups.ts";
import { say, shopIsUp, siteStatus } from "./support/lab.ts";
import { onHost, rampart, rampartDone } from "./support/rampart.ts";
import { writeSite } from "./support/site.ts";
import { eventually } from "./support/time.ts";

// The shop's database is lost, or a part of it, and comes back as it was at a second between two writes. Drills of it, and stores that
// refuse, are in restores.test.ts.

beforeAll(async () => {
  await shopIsUp();
  writeSite();
  await eventually(400, async () => {
    const { backups, logs } = await stored();
    if (backups.length === 0 || logs.length === 0) throw new Error("the site has not begun to back up");
  });
}, 900_000);

test("a site backs up from its first minutes, and never lags far behind", async () => {
  const made = await rampartDone(["db", "backup", "--json"]);
  expect(JSON.parse(made.stdout)).toMatchObject({
    host: expect.stringMatching(/^db/),
    gtid: expect.stringMatching(/^1-/),
  });
  await eventually(90, async () => {
    const newest = (await stored()).logs.map(({ to }) => to).toSorted();
    const behind = (Date.now() - Date.parse(newest.at(-1) ?? "")) / 1000;
    if (!(behind < 40)) throw new Error(`the logs are ${behind} s behind`);
    say(`the store is ${behind.toFixed(0)} s behind the database`);
  });
});

test("a second between two writes comes back beside the live database, proved, and is swapped in", async () => {
  await sql(
    "CREATE TABLE shop.diary (id INT PRIMARY KEY, what VARCHAR(99)); INSERT INTO shop.diary VALUES (1, 'kept')",
  );
  await sleep(2000);
  const between = new Date().toISOString();
  await sleep(1500);
  await sql("DELETE FROM shop.diary; SET foreign_key_checks = 0; DROP TABLE shop.products");
  const restored = await rampartDone(["db", "restore", "--to", between, "--json"], { timeoutMs: 300_000 });
  const result = JSON.parse(restored.stdout) as RestoreResult;
  expect(result.proof).toMatchObject({ by: "live rows" });
  expect(result.proof.rows).toBeGreaterThan(1);
  expect(tableOf(result, "diary")).toMatchObject({ restored: { rows: 1 }, live: { rows: 0 } });
  expect(tableOf(result, "products")).toMatchObject({ restored: { rows: 3000 }, live: null });
  say(
    `restored to ${result.to} in ${result.seconds} s, ${result.replayed} transactions; load ${loadavg()[0]?.toFixed(1)}`,
  );

  const swapped = await rampartDone(["db", "restore", "--swap", "--yes", "--json"], { timeoutMs: 600_000 });
  const { kept, swapSeconds } = JSON.parse(swapped.stdout) as { kept: readonly string[]; swapSeconds: number };
  say(`swapped in within ${swapSeconds} s`);
  expect(await sql("SELECT what FROM shop.diary; SELECT COUNT(*) FROM shop.products")).toBe("kept\n3000");
  expect(await sql(`SELECT COUNT(*) FROM ${kept[0]}.diary`)).toBe("0");
  // Replicas have it as any write: nobody had to be built anew.
  const { database } = await siteStatus();
  for (const { host } of database?.members ?? []) {
    await eventually(30, async () => {
      const seen = await onHost(host, `mariadb -N -e "SELECT what FROM shop.diary"`);
      if (seen.trim() !== "kept") throw new Error(`${host}: ${seen}`);
    });
  }
  await sql(`DROP DATABASE ${kept[0]}; DROP TABLE shop.diary`);
  await rampartDone(["db", "restore", "--drop"]);
}, 900_000);

test("a second that nothing in the store covers is refused", async () => {
  const old = await refusal(["db", "restore", "--to", "2020-01-01T00:00:00Z"]);
  expect(old).toMatch(/nothing in the store is as old as 2020-01-01T00:00:00Z/);
  const coming = await refusal(["db", "restore", "--to", new Date(Date.now() + 3_600_000).toISOString()]);
  expect(coming).toMatch(/is in the future/);
  const word = await rampart(["db", "restore", "--to", "yesterday"]);
  expect(word).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/"yesterday" is no time/) });
});

function tableOf({ tables }: RestoreResult, name: string): RestoreResult["tables"][number] | undefined {
  return tables.find(({ table }) => table === name);
}
