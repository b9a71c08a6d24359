import { loadavg } from "node:os";
import { beforeAll, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import type { BackupList, RestoreResult } from "../../src/model/backups.ts";
import type { SiteStatus } from "../../src/model/status.ts";
import { say, shopIsUp, siteStatus } from "./support/lab.ts";
import { onHost, rampart, rampartDone, rampartJson } from "./support/rampart.ts";
import { writeSite } from "./support/site.ts";
import { eventually } from "./support/time.ts";

// The shop's database is lost, or a part of it, and comes back as it was at a second between two writes.

beforeAll(async () => {
  await shopIsUp();
  writeSite();
  // The first drill comes by itself, after the first backup.
  await eventually(400, async () => {
    const { backups, logs, drills } = await stored();
    if (backups.length === 0 || logs.length === 0) throw new Error("the site has not begun to back up");
    if (drills.length === 0) throw new Error("no drill was carried out yet");
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
});

test("a drill proves a restore, and the site says when", async () => {
  const drill = await rampartDone(["db", "restore", "--drill", "--json"], { timeoutMs: 400_000 });
  const { proof, seconds } = JSON.parse(drill.stdout) as RestoreResult;
  say(`drill: ${proof.rows} rows proved in ${seconds} s`);
  expect((await stored()).drills.at(-1)).toMatchObject({ proved: true });
  await eventually(90, async () => {
    const { database } = await siteStatus();
    const proven = (database as SiteStatus["database"])?.backup?.proven ?? "";
    if (!(Date.now() - Date.parse(proven) < 300_000)) throw new Error(`last proven restore: ${proven}`);
  });
});

test("a second that nothing in the store covers is refused", async () => {
  const old = await refusal(["db", "restore", "--to", "2020-01-01T00:00:00Z"]);
  expect(old).toMatch(/nothing in the store is as old as 2020-01-01T00:00:00Z/);
  const coming = await refusal(["db", "restore", "--to", new Date(Date.now() + 3_600_000).toISOString()]);
  expect(coming).toMatch(/is in the future/);
  const word = await rampart(["db", "restore", "--to", "yesterday"]);
  expect(word).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/"yesterday" is no time/) });
});

test("a key that is not the store's, a store that is away and one that is full are named, and change nothing", async () => {
  const before = (await stored()).backups.length;
  const key = "/etc/rampart/database/backup.key";
  await onHost("db3", `cp -p ${key} /root/key; echo another-key > ${key}`);
  expect(await refusal(["db", "backup", "--on", "db3"])).toMatch(/made with another key than this site's/);
  await onHost("db3", `mv /root/key ${key}`);

  await onHost("mon1", "systemctl stop rampart-store");
  expect(await refusal(["db", "backup"])).toMatch(/the store on mon1 cannot be reached/);

  // The same store on a disk that has no room but for a little.
  const folder = "/var/lib/rampart-store";
  await onHost(
    "mon1",
    `mkdir -p /mnt/small && mount -t tmpfs -o mode=0700,uid=rampart-store,gid=rampart-store,size=$(($(du -sk ${folder} | cut -f 1) + 700))k none /mnt/small &&
     cp -a ${folder}/. /mnt/small/ && mount --bind /mnt/small ${folder} && systemctl start rampart-store`,
  );
  await sql("CREATE TABLE shop.ballast AS SELECT RANDOM_BYTES(1000) AS b FROM seq_1_to_3000");
  expect(await refusal(["db", "backup"])).toMatch(/the store on mon1 is full/);
  await sql("DROP TABLE shop.ballast");
  await onHost("mon1", `systemctl stop rampart-store; umount ${folder} /mnt/small; systemctl start rampart-store`);
  await eventually(60, async () => {
    const { backups } = await stored();
    if (backups.length !== before) throw new Error(`${backups.length} backups instead of ${before}`);
  });
  await rampartDone(["db", "backup"]);
});

async function stored(): Promise<BackupList> {
  return await rampartJson<BackupList>(["db", "backups"]);
}

/** What is said when it is refused. */
async function refusal(words: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await rampart(words, { timeoutMs: 200_000 });
  expect(exitCode).toBe(1);
  // Sentences are broken where a line ends.
  return stderr.replace(/\s+/g, " ");
}

async function sql(statements: string): Promise<string> {
  const { database } = await siteStatus();
  const answer = await onHost(database?.primary ?? "", `mariadb -N shop -e ${JSON.stringify(statements)}`);
  return answer.trim();
}

function tableOf({ tables }: RestoreResult, name: string): RestoreResult["tables"][number] | undefined {
  return tables.find(({ table }) => table === name);
}
