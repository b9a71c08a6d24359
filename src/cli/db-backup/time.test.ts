import { expect, test } from "vitest";
import { restoreTime } from "./time.ts";

const now = new Date("2026-11-20T14:10:00.500Z");

test.each([
  ["2026-11-20T14:03:22Z", "2026-11-20T14:03:22Z"],
  ["2026-11-20 14:03:22", "2026-11-20T14:03:22Z"],
  ["2026-11-20T16:03:22+02:00", "2026-11-20T14:03:22Z"],
  ["2026-11-20T14:03:22.900Z", "2026-11-20T14:03:22Z"],
  ["14:03:22", "2026-11-20T14:03:22Z"],
  ["14:10:01", "2026-11-19T14:10:01Z"],
])("%s is %s", (given, meant) => {
  expect(restoreTime(given, now)).toBe(meant);
});

test.each(["", "yesterday", "14:03", "2026-13-40T14:03:22Z", "24:00:00", "2026-11-20; rm -rf /"])(
  "%j is no time",
  (given) => {
    expect(() => restoreTime(given, now)).toThrow("needs a time");
  },
);
