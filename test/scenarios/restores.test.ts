import { beforeAll, expect, test } from "vitest";
import type { RestoreResult } from "../../src/model/backups.ts";
import type { SiteStatus } from "../../src/model/status.ts";
import { refusal, sql, stored } from "./support/backups.ts";
import { say, shopIsUp, siteStatus } from "./support/lab.ts";
import { onHost, rampartDone } from "./support/rampart.ts";
import { writeSite } from "./support/site.ts";
import { eventually } from "./support/time.ts";

// What takes its time about backups: drills, and stores that refuse.

beforeAll(async () => {
  await shopIsUp();
  writeSite();
}, 900_000);

test("the first drill comes by itself, after the first backup", async () => {
  await eventually(1500, async () => {
    const { drills } = await stored();
    if (drills.length === 0) throw new Error("no drill was carried out yet");
  });
  expect((await stored()).drills.at(-1)).toMatchObject({ proved: true });
}, 1_600_000);

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
