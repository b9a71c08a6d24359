import { expect, test } from "vitest";
import { askedInWords, askWithoutPause, failed } from "./support/asking.ts";
import { databaseIsWell, primary } from "./support/database.ts";
import { type Drill, drillWithinReach } from "./support/drill.ts";
import { drillInTheShop, killed, lab, others, withoutMajority, withoutPower } from "./support/drills.ts";
import { say } from "./support/lab.ts";
import { rampart, rampartDone, rampartJson, said } from "./support/rampart.ts";
import { eventually } from "./support/time.ts";

// What happens to a database most often, each once; drills.test.ts has all of them, several times.

drillInTheShop();

test.each([killed, withoutPower, withoutMajority])("$name: no acknowledged write is lost", async (drill) => {
  await drillWithinReach(drill);
});

test("a planned switchover: writes wait for a moment, and no page of the shop fails", async () => {
  await databaseIsWell(60);
  const visitor = await askWithoutPause();
  const switchover: Drill = {
    name: "planned switchover",
    harm: async () => void (await rampartDone(["db", "switchover"])),
    ...{ lasts: 3, gap: 0.5, whole: 30 },
  };
  await drillWithinReach(switchover);
  const asked = await visitor.stop();
  say(`during the switchover: ${askedInWords(asked)}`);
  expect(failed(asked)).toEqual([]);
});

test("status says that the promise holds, and why not when it does not", async () => {
  await databaseIsWell(60);
  interface Told {
    readonly database: { readonly noLoss: boolean; readonly reason: string };
  }
  expect((await rampartJson<Told>(["status", "--json"])).database.noLoss).toBe(true);
  const lead = await primary();
  const voters = others(lead);
  await lab("freeze", voters);
  try {
    // A voter counts until its agent has been silent for some seconds.
    await eventually(10, async () => {
      const { database } = JSON.parse((await rampart(["status", "--json"])).stdout) as Told;
      expect(database.noLoss).toBe(false);
      expect(database.reason).not.toBe("");
      say(`both voters frozen: ${database.reason}`);
    });
  } finally {
    await lab("thaw", voters);
  }
  await databaseIsWell(60);
});

test("a switchover to nobody or to a member that is off is refused, one to the primary is none; nothing changes", async () => {
  const lead = await primary();
  expect((await rampart(["db", "switchover", "--to", lead])).exitCode).toBe(0);
  for (const to of ["db9", "web1"]) {
    const refused = await rampart(["db", "switchover", "--to", to]);
    expect(refused.exitCode, said(refused)).not.toBe(0);
  }
  const other = others(lead)[0] ?? "";
  await rampartDone(["lab", "cut", other]);
  const refused = await rampart(["db", "switchover", "--to", other]);
  expect(refused.exitCode, said(refused)).not.toBe(0);
  expect(await primary()).toBe(lead);
  await rampartDone(["lab", "start", other]);
  await databaseIsWell(90);
});
