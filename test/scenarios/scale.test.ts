import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import type { PrimaryChange } from "../../src/model/status.ts";
import { askedInWords, askWithoutPause } from "./support/asking.ts";
import {
  databaseIsWell,
  databaseStatus,
  loadInWords,
  members,
  nothingWrong,
  primary,
  startLoad,
  stopLoad,
  verdictOn,
} from "./support/database.ts";
import { lab, others } from "./support/drills.ts";
import { say, shopIsUp, siteIsWell, siteStatus } from "./support/lab.ts";
import { onHost, rampartDone, rampartJson } from "./support/rampart.ts";
import { writeSite } from "./support/site.ts";
import { eventually } from "./support/time.ts";
import { expectUnnoticed } from "./support/unnoticed.ts";

// The database tier grows and shrinks while the site serves: a new member from zero, another voter, the primary's own host taken away.

const four = [...members, "db4"];

beforeAll(async () => {
  await shopIsUp();
  writeSite();
  await rampartDone(["apply"], { timeoutMs: 600_000 });
  await siteIsWell(120);
}, 1_500_000);

afterAll(async () => {
  writeSite();
  const off = (await siteStatus()).hosts.filter((host) => host.state === "off");
  for (const { name } of off) await rampartDone(["lab", "start", name]);
  await rampartDone(["apply"], { timeoutMs: 600_000 });
});

function writeHosts(count: number): void {
  writeSite([["database: { hosts: 3,", `database: { hosts: ${count},`]]);
}

/** Applies the site file under writers and visitors; nothing may be lost, and no page may fail. */
async function applied(what: string, after: readonly string[]): Promise<void> {
  const visitor = await askWithoutPause();
  // Not more than a newcomer can catch up with, where all members share a processor.
  await startLoad({ writers: 2, everyMs: 80 });
  await sleep(2000);
  await rampartDone(["apply"], { timeoutMs: 600_000 });
  const whole = await databaseIsWell(120, after);
  await sleep(1000);
  const load = await stopLoad();
  const asked = await visitor.stop();
  say(`${what}: ${loadInWords(load)}; whole ${whole.toFixed(1)} s after the apply; ${askedInWords(asked)}`);
  await eventually(30, async () => expect(await verdictOn(load, after)).toEqual(nothingWrong));
  await expectUnnoticed(asked);
  expect(await lastChange()).not.toBe("failover");
}

async function lastChange(): Promise<string | undefined> {
  const { changes } = await rampartJson<{ changes: readonly PrimaryChange[] }>(["db", "history"]);
  return changes.at(-1)?.kind;
}

async function voters(of: readonly string[]): Promise<readonly string[]> {
  return (await databaseStatus(await primary(of))).cluster?.voters ?? [];
}

test("a fourth member comes from zero, follows, and has every row", async () => {
  const before = await voters(members);
  writeHosts(4);
  await applied("3 to 4 hosts", four);
  expect(await voters(four)).toEqual(before);
  expect((await siteStatus()).database?.members.map(({ host }) => host)).toEqual(four);
  expect(await onHost("db4", "mariadb -N -e 'SELECT COUNT(*) FROM shop.products'")).toBe("3000");
  await rampartDone(["verify"], { timeoutMs: 600_000 });
});

test("a voter that stays away is replaced by the fourth, which can be made primary", async () => {
  const lead = await primary(four);
  const away = others(lead)[0] ?? "";
  await lab("cut", [away]);
  await eventually(60, async () => expect(await voters(four)).toContain("db4"));
  await lab("start", [away]);
  await databaseIsWell(120, four);
  await rampartDone(["db", "switchover", "--to", "db4"]);
  expect(await primary(four)).toBe("db4");
  await databaseIsWell(60, four);
});

test("the primary's own host is taken away: it hands over first, and nothing is lost", async () => {
  writeHosts(3);
  await applied("4 to 3 hosts, the primary's among them", members);
  expect(await lastChange()).toBe("switchover");
  expect((await siteStatus()).hosts.map(({ name }) => name)).not.toContain("db4");
  for (const host of members)
    expect(await onHost(host, "cat /etc/hosts; nft list ruleset"), host).not.toMatch(/\bdb4\b/);
  expect(await accounts()).not.toContain("db4");
  await siteIsWell(180);
});

/** Accounts by which members replicate, on the primary. */
async function accounts(): Promise<string> {
  return await onHost(await primary(), "mariadb -N -e 'SELECT User FROM mysql.user'");
}
