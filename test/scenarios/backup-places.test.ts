import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RestoreResult } from "../../src/model/backups.ts";
import { refusal, stored } from "./support/backups.ts";
import { say, shopIsUp, siteIsWell } from "./support/lab.ts";
import { onHost, rampart, rampartDone } from "./support/rampart.ts";
import { beside } from "./support/receivers.ts";
import { exampleText, writeSite } from "./support/site.ts";
import { type Store, s3Store, sftpStore, storesAreGone } from "./support/stores.ts";
import { eventually } from "./support/time.ts";

// Backups go to a store of the operator's own, by SFTP and by S3, and come back from it.

const members = ["db1", "db2", "db3"];
const databases = 'database: { hosts: 3, promise: "no-loss"';

beforeAll(async () => {
  await shopIsUp();
  await siteIsWell(120);
}, 900_000);

// The next run's stores have other keys, and nothing in them.
afterAll(async () => {
  writeSite();
  await rampart(["apply"], { timeoutMs: 600_000 });
  for (const host of members) await onHost(host, "rm -f /var/lib/rampart/backup/known_hosts");
  storesAreGone();
});

async function movedTo(store: Store): Promise<void> {
  const backup = JSON.stringify(store.backup);
  expect(exampleText()).toContain(databases);
  writeSite([[databases, `${databases}, backup: ${backup}`]]);
  await rampartDone(["apply"], { timeoutMs: 600_000 });
}

/** What was shipped comes there by itself, and is enough for a restore that is proved. */
async function backsUpAndProves(name: string): Promise<void> {
  const seconds = await eventually(400, async () => {
    const { store, backups, logs } = await stored();
    expect(store).toBe(name);
    expect([backups.length > 0, logs.length > 0]).toEqual([true, true]);
  });
  const drill = await rampartDone(["db", "restore", "--drill", "--json"], { timeoutMs: 400_000 });
  const { proof, seconds: took } = JSON.parse(drill.stdout) as RestoreResult;
  expect(proof.rows).toBeGreaterThan(1);
  say(`${name}: first backup there after ${seconds.toFixed(0)} s; ${proof.rows} rows proved in ${took} s`);
  expect((await stored()).drills.at(-1)).toMatchObject({ proved: true });
}

/** What the member that ships says of its store. */
async function troubles(): Promise<string> {
  const said = members.map((host) => onHost(host, "cat /var/lib/rampart/backup/trouble 2> /dev/null || true"));
  return (await Promise.all(said)).join("\n");
}

async function shipsAgain(): Promise<void> {
  const before = Date.now();
  await eventually(150, async () => {
    const newest =
      (await stored()).logs
        .map(({ to }) => to)
        .toSorted()
        .at(-1) ?? "";
    expect(Date.parse(newest)).toBeGreaterThan(before - 5000);
  });
  // Whoever does not ship asks the store now and then only.
  await eventually(120, async () => expect((await troubles()).trim()).toBe(""));
}

async function shownNowhere(secret: string): Promise<void> {
  for (const words of [["config"], ["plan"], ["explain", "db1:/etc/rampart/database/backup.credentials"]]) {
    const { stdout, stderr } = await rampart(words);
    expect(stdout + stderr, words.join(" ")).not.toContain(secret);
  }
  for (const host of members) {
    expect(await onHost(host, "stat -c '%a %U' /etc/rampart/database/backup.credentials")).toBe("600 root");
    expect(await onHost(host, "ps -eo args")).not.toContain(secret);
  }
}

describe("by SFTP", () => {
  const port = 2222;
  let store: Awaited<ReturnType<typeof sftpStore>>;
  beforeAll(async () => {
    store = await sftpStore(port);
  });
  afterAll(async () => await store?.stop());

  test("a store that the site is moved to is begun, filled and restored from, and the firewall lets no more through", async () => {
    await movedTo(store);
    await backsUpAndProves(store.backup.store ?? "");
    await shownNowhere(store.secret);
    await rampartDone(["verify"], { timeoutMs: 600_000 });
    for (const [host, allowed] of [
      ["db1", true],
      ["web1", false],
    ] as const) {
      const explained = await rampart(["firewall", "explain", host, `${beside}:${port}`, "--json"]);
      expect(JSON.parse(explained.stdout), host).toMatchObject({ allowed });
    }
  });

  test("one that is away, that shows another host key, that does not know the key: each is named, and it goes on by itself", async () => {
    await store.stop();
    expect(await refusal(["db", "backup"])).toMatch(/cannot be reached/);
    await store.changeHostKey();
    expect(await refusal(["db", "backup"])).toMatch(/another SSH host key than before.*rm \S+known_hosts/);
    for (const host of members) await onHost(host, "rm /var/lib/rampart/backup/known_hosts");
    await shipsAgain();

    const file = "/etc/rampart/database/backup.credentials";
    await onHost(
      "db3",
      `cp -p ${file} /root/key; ssh-keygen -q -t ed25519 -N '' -f /root/other; cat /root/other > ${file}`,
    );
    expect(await refusal(["db", "backup", "--on", "db3"])).toMatch(/does not accept this site's credentials/);
    await onHost("db3", `mv /root/key ${file}; rm -f /root/other*`);
    await rampartDone(["db", "backup", "--on", "db3"], { timeoutMs: 300_000 });
  });
});

describe("by S3", () => {
  let store: Store;
  beforeAll(async () => {
    store = await s3Store(9443);
  });
  afterAll(async () => await store?.stop());

  test("a store that the site is moved to is begun, filled and restored from", async () => {
    await movedTo(store);
    await backsUpAndProves(store.backup.store ?? "");
    await shownNowhere(store.secret);
  });

  test("a wrong account and an authority that nobody knows are named", async () => {
    const file = "/etc/rampart/database/backup.credentials";
    await onHost("db3", `cp -p ${file} /root/key; sed -i 's/ACCESS_KEY_ID=.*/ACCESS_KEY_ID=NOBODY/' ${file}`);
    expect(await refusal(["db", "backup", "--on", "db3"])).toMatch(/does not accept this site's credentials/);
    await onHost("db3", `mv /root/key ${file}`);

    const trust = "/etc/rampart/database/backup-ca.crt";
    await onHost("db3", `mv ${trust} /root/trust; cp /etc/rampart/ca.crt ${trust}`);
    expect(await refusal(["db", "backup", "--on", "db3"])).toMatch(
      /certificate that nobody vouches for.*database\.backup\.trust/,
    );
    await onHost("db3", `mv /root/trust ${trust}`);
    await rampartDone(["db", "backup", "--on", "db3"], { timeoutMs: 300_000 });
  });
});

test("back at the monitor the old backups are there, and the site is well", async () => {
  writeSite();
  await rampartDone(["apply"], { timeoutMs: 600_000 });
  await eventually(200, async () => expect((await stored()).store).toMatch(/^on mon1$/));
  await shipsAgain();
  await siteIsWell(400);
});
