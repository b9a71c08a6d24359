import { afterAll, beforeAll, expect, test } from "vitest";
import { askedInWords, askWithoutPause, failed } from "./support/asking.ts";
import { databaseIsWell, members, primary } from "./support/database.ts";
import { type Drill, outcomesTable, runDrill } from "./support/drill.ts";
import { say, shopIsUp, siteIsWell, siteStatus } from "./support/lab.ts";
import { onHost, rampart, rampartDone, rampartJson, said } from "./support/rampart.ts";

// What happens to a database most often, each once; drills.test.ts has all of them, several times.

beforeAll(async () => {
  await shopIsUp();
  await siteIsWell(60);
});

// A drill that failed half-way leaves nobody in the dark.
afterAll(async () => {
  say(`\n${outcomesTable()}`);
  const off = (await siteStatus()).hosts.filter((host) => host.state === "off");
  for (const { name } of off) await rampartDone(["lab", "start", name]);
  await siteIsWell(90);
});

const killed: Drill = {
  name: "mariadbd of the primary killed",
  harm: async (lead) => void (await onHost(lead, "systemctl kill --signal=KILL mariadb.service")),
  ...{ lasts: 6, gap: 3, whole: 60 },
};

const cut: Drill = {
  name: "host of the primary without power",
  harm: async (lead) => {
    await rampartDone(["lab", "cut", lead]);
    return async () => void (await rampartDone(["lab", "start", lead]));
  },
  ...{ lasts: 12, gap: 8, whole: 90 },
};

const both: Drill = {
  name: "primary and a voter without power: writes wait",
  harm: async (lead) => {
    const voter = members.find((member) => member !== lead) ?? "";
    await Promise.all([lead, voter].map((host) => rampartDone(["lab", "cut", host])));
    return async () => void (await Promise.all([lead, voter].map((host) => rampartDone(["lab", "start", host]))));
  },
  ...{ lasts: 8, gap: undefined, whole: 90 },
};

test.each([killed, cut, both])("$name: no acknowledged write is lost", async (drill) => {
  await runDrill(drill);
});

test("a planned switchover: writes wait for a moment, and no page of the shop fails", async () => {
  await databaseIsWell(60);
  const visitor = await askWithoutPause();
  const switchover: Drill = {
    name: "planned switchover",
    harm: async () => void (await rampartDone(["db", "switchover"])),
    ...{ lasts: 3, gap: 0.5, whole: 30 },
  };
  await runDrill(switchover);
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
  const voters = members.filter((member) => member !== lead);
  for (const voter of voters) await rampartDone(["lab", "freeze", voter]);
  try {
    const { database } = JSON.parse((await rampart(["status", "--json"])).stdout) as Told;
    expect(database.noLoss).toBe(false);
    say(`both voters frozen: ${database.reason}`);
    expect(database.reason).not.toBe("");
  } finally {
    for (const voter of voters) await rampartDone(["lab", "thaw", voter]);
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
  const other = members.find((member) => member !== lead) ?? "";
  await rampartDone(["lab", "cut", other]);
  const refused = await rampart(["db", "switchover", "--to", other]);
  expect(refused.exitCode, said(refused)).not.toBe(0);
  expect(await primary()).toBe(lead);
  await rampartDone(["lab", "start", other]);
  await databaseIsWell(90);
});
