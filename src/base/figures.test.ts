import { expect, test } from "vitest";
import { agoText, bytesText, noData, rateText, secondsText, shareText, sparkline } from "./figures.ts";

test("every figure has its unit, and what is not known is no zero", () => {
  expect([0, 0.42, 9.7, 96.24, 1240].map((value) => rateText(value, "requests/s"))).toEqual([
    ...["0 requests/s", "0.42 requests/s", "9.7 requests/s", "96.2 requests/s", "1,240 requests/s"],
  ]);
  expect([0.0042, 0.031, 0.42, 1.3, 240].map(secondsText)).toEqual(["4.2 ms", "31 ms", "420 ms", "1.3 s", "4 min"]);
  expect([0, 0.0012, 0.05, 0.43].map(shareText)).toEqual(["0 %", "0.12 %", "5.0 %", "43 %"]);
  expect([0, 512, 1_200_000].map(bytesText)).toEqual(["0 B", "512 B", "1.2 MB"]);
  expect([rateText(null, "/s"), secondsText(null), shareText(null), bytesText(null)]).toEqual(Array(4).fill(noData));
});

test("times ago are in their largest unit", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");
  expect(
    [2, 40, 700, 32_000, 300_000].map((seconds) => agoText(new Date(now - seconds * 1000).toISOString(), now)),
  ).toEqual([...["just now", "40 s ago", "12 min ago", "9 h ago", "3 days ago"]]);
  expect(agoText(null, now)).toBe("never");
});

test("a line of a terminal has a gap where nothing is known", () => {
  expect(sparkline([0, 5, null, 10])).toBe("▁▅ █");
  expect(sparkline([0, 0])).toBe("▁▁");
});
