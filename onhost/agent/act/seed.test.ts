import { expect, test } from "vitest";
import { backupPosition, seededHistory } from "./seed.ts";

test("the position of a backup is the last field of its file", () => {
  expect(backupPosition("bin.000003\t1467\t1-7-500\n")).toBe("1-7-500");
  expect(backupPosition("bin.000001\t330\t\n")).toBe("");
});

test.each([
  ["nothing happened meanwhile", "1-7-480", "1-3-100,1-7-480", "1-3-100,1-7-480", "1-3-100,1-7-480"],
  ["the primary wrote on", "1-7-500", "1-3-100,1-7-480", "1-3-100,1-7-620", "1-3-100,1-7-500"],
  [
    "another led before the backup ended",
    "1-9-500",
    "1-3-100,1-7-480",
    "1-3-100,1-7-490,1-9-510",
    "1-3-100,1-7-490,1-9-500",
  ],
  ["another led after it", "1-7-500", "1-3-100,1-7-480", "1-3-100,1-7-520,1-9-600", "1-3-100,1-7-500"],
])("the history of a seeded member: %s", (_, position, before, after, history) => {
  expect(seededHistory(position, before, after)).toBe(history);
});
