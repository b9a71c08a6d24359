import { expect, test } from "vitest";
import type { DatabaseStanding, MemberStatus, PrimaryChange } from "../model/status.ts";
import { databaseText, historyText } from "./database.ts";
import { plainStyle } from "./style.ts";

const now = new Date("2026-11-20T22:30:00Z");

const member = (host: string, more: Partial<MemberStatus> = {}): MemberStatus => ({
  ...{ host, standing: "replica", lagSeconds: 0, voter: true, position: "0-3-48210", term: 8, doing: "" },
  ...more,
});

const changes: readonly PrimaryChange[] = [
  {
    ...{ term: 1, primary: "db1", kind: "first", position: "", at: "2026-11-18T08:00:00Z", gapSeconds: null },
    reason: "db1 is the first member of the site and holds most.",
  },
  {
    ...{
      term: 7,
      primary: "db3",
      kind: "failover",
      position: "0-1-40110",
      at: "2026-11-20T18:02:11Z",
      gapSeconds: 4.31,
    },
    reason: "db1 was lost; db3 holds most of what db2 and db3 have received (0-1-40110) and leads in term 7.",
  },
  {
    ...{
      term: 8,
      primary: "db1",
      kind: "switchover",
      position: "0-3-48100",
      at: "2026-11-20T22:11:05Z",
      gapSeconds: 0.214,
    },
    reason: "db1 has all up to 0-3-48100 and takes over from db3.",
  },
];

const well: DatabaseStanding = {
  ...{ primary: "db1", promise: "no-loss", noLoss: true, term: 8, paused: false, voters: ["db2", "db3"], changes },
  reason: "A write counts only when db2 or another of them has it too.",
  members: [member("db1", { standing: "primary", voter: false }), member("db2"), member("db3", { lagSeconds: 0.42 })],
};

test("a database that is well", () => {
  expect(databaseText(well, plainStyle, now)).toMatchInlineSnapshot(`
    "  host  standing  term  voter  position   lag    doing
      db1★  primary   8            0-3-48210
      db2   replica   8     ✔      0-3-48210  0.0 s
      db3   replica   8     ✔      0-3-48210  0.4 s

      promise  no acknowledged write is lost: holds now. A write counts only when
               db2 or another of them has it too.
      last     switchover to db1 18 minutes ago, 0.21 s without writes, term 8 from
               0-3-48100. db1 has all up to 0-3-48100 and takes over from db3."
  `);
});

test("what is broken, silent or paused is said, with what to type; nothing is wider than the screen", () => {
  const ill: DatabaseStanding = {
    ...well,
    ...{ primary: null, noLoss: false, paused: true, reason: "No primary is seen; db1 did not answer." },
    members: [
      member("db1", { standing: "unknown", lagSeconds: null, position: null, term: null, detail: "it is off" }),
      member("db2", {
        doing: "move store leader",
        detail: "must be built anew: it has 0-1-48211, which the primary of term 8 never had\u001b[2J, and more words",
      }),
      member("db3", { position: "0-3-48210,1-2-3456789,7-7-1", lagSeconds: 134 }),
    ],
  };
  const text = databaseText(ill, plainStyle, now);
  expect(text).toMatchInlineSnapshot(`
    "  host  standing  term  voter  position              lag      doing
      db1   unknown   -     ✔      -                     unknown
      db2   replica   8     ✔      0-3-48210             0.0 s    move store lead…
      db3   replica   8     ✔      0-3-48210,1-2-34567…  134 s

      db1      it is off
      db2      must be built anew: it has 0-1-48211, which the primary of term 8
               never had, and more words

      promise  no acknowledged write is lost: does NOT hold now. No primary is seen;
               db1 did not answer.
               unknown who is primary: db1 did not answer
      paused   the agents only look. Nobody takes over when the primary is lost,
               until: rampart db resume
      last     switchover to db1 18 minutes ago, 0.21 s without writes, term 8 from
               0-3-48100. db1 has all up to 0-3-48100 and takes over from db3.

    Seed it from another member:  rampart db rebuild db2"
  `);
  for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
});

test("the history, newest first", () => {
  const text = historyText(changes, plainStyle);
  expect(text).toMatchInlineSnapshot(`
    "  when (UTC)           term  primary  how         no writes  from position
      2026-11-20 22:11:05  8     db1      switchover  0.21 s     0-3-48100
        db1 has all up to 0-3-48100 and takes over from db3.
      2026-11-20 18:02:11  7     db3      failover    4.31 s     0-1-40110
        db1 was lost; db3 holds most of what db2 and db3 have received (0-1-40110)
        and leads in term 7.
      2026-11-18 08:00:00  1     db1      first       -          -
        db1 is the first member of the site and holds most."
  `);
  for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(historyText([], plainStyle)).toBe("No change of primary is known.");
});
