import { expect, test } from "vitest";
import { parseAvailability, parseLatency } from "./objectives.ts";

test("a share of requests", () => {
  expect(["99.9%", "90%", "99.999%", "99.95 %"].map(parseAvailability)).toEqual([0.999, 0.9, 0.99999, 0.9995]);
  for (const wrong of ["100%", "89.9%", "99.9", "0.999", "99.9999%", "", "99,9%"])
    expect(parseAvailability(wrong), wrong).toBeUndefined();
});

test("a share of requests that are answered within a time", () => {
  expect(parseLatency("p95 < 300ms")).toEqual({ share: 0.95, seconds: 0.3 });
  expect(parseLatency("p99.9<2s")).toEqual({ share: 0.999, seconds: 2 });
  for (const wrong of ["p95", "95 < 300ms", "p95 > 300ms", "p50 < 1s", "p100 < 1s", "p95 < 300", "p95 < -1s"])
    expect(parseLatency(wrong), wrong).toBeUndefined();
});
