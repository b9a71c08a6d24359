import { afterAll, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import type { PrimaryChange } from "../../src/model/status.ts";
import type { MemberPackages, UpgradedMember } from "../../src/model/upgrade.ts";
import {
  databaseIsWell,
  loadInWords,
  members,
  nothingWrong,
  primary,
  startLoad,
  stopLoad,
  turns,
  verdictOn,
  writeGap,
} from "./support/database.ts";
import { drillInTheShop, others } from "./support/drills.ts";
import { say, siteIsWell } from "./support/lab.ts";
import { bump, offerNewer, offerNothing, offerOtherSeries } from "./support/newer.ts";
import { onHost, rampart, rampartDone, rampartJson, said } from "./support/rampart.ts";
import { eventually } from "./support/time.ts";

// `rampart db upgrade`: newer packages of MariaDB on every member, with one switchover and no acknowledged write lost.

interface Upgrade {
  readonly members?: readonly MemberPackages[];
  readonly upgraded: readonly UpgradedMember[];
  readonly changes: readonly PrimaryChange[];
}

drillInTheShop();

afterAll(async () => {
  await rampart(["db", "resume"]);
  await offerNothing(members);
});

test("without newer packages there is nothing to do", async () => {
  const { stdout } = await rampartDone(["db", "upgrade"]);
  expect(stdout).toContain("There is nothing to do");
});

test("another series is refused with the reason, and so is an upgrade while the agents are paused", async () => {
  const before = await versions();
  await offerOtherSeries(members);
  await rampartDone(["db", "pause"]);
  const { exitCode, stderr } = await rampart(["db", "upgrade"]);
  await rampartDone(["db", "resume"]);
  await offerNothing(members);
  const words = stderr.replace(/\s+/g, " ");
  expect(exitCode).toBe(1);
  expect(words).toContain("nothing was changed");
  expect(words).toMatch(/from the series 11\.8 to 12\.3/);
  expect(words).toContain("the agents are paused");
  expect(await versions()).toEqual(before);
});

test("all members get newer packages under writers, with one switchover, and nothing is lost", async () => {
  await databaseIsWell(60);
  await offerNewer(members);
  const before = await versions();
  const lead = await primary();
  let check: Upgrade | undefined;
  // The first backup or drill of a restore may be at work just now, which is refused.
  await eventually(300, async () => {
    check = await rampartJson<Upgrade>(["db", "upgrade", "--check"]);
  });
  expect(check?.members?.map(({ host, pending }) => [host, pending.length > 0])).toEqual(
    members.map((one) => [one, true]),
  );
  expect(await versions()).toEqual(before);

  const known = await lastTerm();
  await startLoad();
  await sleep(2000);
  const result = await rampart(["db", "upgrade", "--json"], { timeoutMs: 840_000 });
  const whole = await databaseIsWell(60);
  await sleep(1000);
  const load = await stopLoad();
  say(
    `upgrade: ${loadInWords(load)}; well ${whole.toFixed(1)} s after its end; ${(result.durationMs / 1000).toFixed(0)} s`,
  );
  expect(result.exitCode, said(result)).toBe(0);
  const { upgraded, changes } = JSON.parse(result.stdout) as Upgrade;
  say(
    `each member: ${upgraded.map(({ host, seconds }) => `${host} ${seconds} s`).join(", ")}; longest gap ${writeGap(load).toFixed(2)} s`,
  );

  expect(upgraded.map(({ host }) => host)).toEqual([...others(lead), lead]);
  expect(await versions()).toEqual(before.map((version) => `${version}${bump}`));
  expect(changes.map(({ kind }) => kind)).toEqual(["switchover"]);
  expect(await changesAfter(known)).toHaveLength(1);
  expect(turns(load).length).toBeLessThanOrEqual(2);
  // A write whose writer gave up waiting may still be committed, and replicas apply the last ones a moment later.
  await eventually(30, async () => expect(await verdictOn(load)).toEqual(nothingWrong));
}, 1_200_000);

test("the agents alone start MariaDB as before, and the site is what its file says", async () => {
  for (const member of members) {
    const unit = await onHost(member, "systemctl is-enabled mariadb.service; pgrep -xc mariadbd");
    expect(unit.split("\n"), member).toEqual(["disabled", "1"]);
  }
  expect((await rampart(["plan", "--exit-code"])).exitCode).toBe(0);
  say(`rampart status well after ${(await siteIsWell(120)).toFixed(1)} s`);
});

test("a second run has nothing to do, and changes nothing", async () => {
  const known = await lastTerm();
  const { upgraded, changes } = await rampartJson<Upgrade>(["db", "upgrade"]);
  expect({ upgraded, changes }).toEqual({ upgraded: [], changes: [] });
  expect(await lastTerm()).toBe(known);
});

/** Versions of the server's package, in the order of members. */
async function versions(): Promise<readonly string[]> {
  return await Promise.all(members.map((member) => onHost(member, `dpkg-query -W -f '\${Version}' mariadb-server`)));
}

/** The agents keep the last changes only, so they are counted by term. */
async function changesAfter(term: number): Promise<readonly PrimaryChange[]> {
  const { changes } = await rampartJson<{ changes: readonly PrimaryChange[] }>(["db", "history"]);
  return changes.filter((change) => change.term > term);
}

async function lastTerm(): Promise<number> {
  return (await changesAfter(0)).at(-1)?.term ?? 0;
}
