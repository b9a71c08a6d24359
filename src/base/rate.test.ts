import { expect, test } from "vitest";
import { calmRate, durationText, parseDuration, parseRate } from "./rate.ts";

test("rates and durations as people write them", () => {
  expect(parseRate("200/s")).toEqual({ count: 200, seconds: 1 });
  expect(parseRate("10/5m")).toEqual({ count: 10, seconds: 300 });
  for (const wrong of ["0/s", "5", "5/", "5/2d", "-1/s", "1.5/s", "5/0m", "9/99h"])
    expect(parseRate(wrong), wrong).toBe(undefined);
  expect(parseDuration("90s")).toBe(90);
  expect(parseDuration("0m")).toBe(undefined);
  expect([90, 3600, 86_400, 7200].map(durationText)).toEqual(["90s", "1h", "1d", "2h"]);
});

test("a rate by the second is counted over ten, so that a page with many parts is no flood", () => {
  expect(calmRate({ count: 200, seconds: 1 })).toEqual({ count: 2000, seconds: 10 });
  expect(calmRate({ count: 10, seconds: 300 })).toEqual({ count: 10, seconds: 300 });
});
