import { expect, test } from "vitest";
import { boundsOf, dayBefore, dayQuestions, dayReport } from "../../src/model/day.ts";
import { letterOf, subjectOf } from "./letter.ts";

const one = (value: number, metric: object = {}) => ({ metric, value: [0, String(value)] });
const answer = (...result: readonly object[]) => ({ status: "success", data: { result } });
const region = { region: "eu" };
const end = 1_796_083_200;
const good = {
  measured: answer(one(24.0833)),
  inside: answer(one(0.999_989_9)),
  requests: answer(one(1_234_567.4)),
  failedRequests: answer(one(0)),
  availability: answer(one(1, region)),
  seconds: answer(one(0.0836, region)),
  visits: answer(one(1440, region)),
  failedVisits: answer(one(0, region)),
  slowest: answer({
    metric: {},
    values: [
      [end - 43_200, "0.1"],
      [end - 39_600, "0.2"],
    ],
  }),
  certificates: answer(one(end + 62.5 * 86_400, { name: "www.shop.example" })),
  alerts: answer(one(3.2, { alertname: "HostDown", severity: "page", host: "web1" })),
  failedSteps: answer(),
};
const reportOf = (answers: Readonly<Record<string, unknown>>) => {
  const report = dayReport("shop", "2026-11-30", end, answers);
  if (report === undefined) throw new Error("no report");
  return report;
};

test("a day is a letter, and its subject says whether it was a good one", () => {
  const report = reportOf(good);
  expect(subjectOf(report)).toBe("2026-11-30: 99.998 % available, no failed request, 1 alert");
  expect(letterOf(report, "production")).toBe(`shop (production), 2026-11-30 (UTC)

available      99.998 %, seen from the monitor
requests       1,234,567, of them failed (5xx) 0
slowest hours  12:00 200 ms · 11:00 100 ms
certificates   www.shop.example 62 days
measured       24 h of the day

Regions
  eu  100.000 %, page 84 ms, visits 1,440, of them failed 0

Failed visits
  none

Alerts
  HostDown web1 (page)  3 min

More: rampart report --day 2026-11-30 --env production`);
});

test("what was not measured is no zero", () => {
  const report = reportOf({ measured: answer(), inside: { status: "error" }, requests: null });
  expect(subjectOf(report)).toBe("2026-11-30: no alert");
  const text = letterOf(report, "lab");
  expect(text).toContain("available      no data, seen");
  expect(text).toContain("requests       no data, of them failed (5xx) no data");
  expect(text).toContain("no region looks at the site");
  expect(text).toContain("measured       0 h");
  expect(dayReport("shop", "2026-11-30", end, { inside: { status: "error" } })).toBeUndefined();
});

test("a day is bounded by midnights in UTC, and today by now", () => {
  const now = new Date("2026-11-30T06:00:00Z");
  expect(dayBefore(now)).toBe("2026-11-29");
  expect(boundsOf("2026-11-29", now)).toEqual({ start: 1_795_910_400, end: 1_795_996_800 });
  expect(boundsOf("2026-11-30", now)).toEqual({ start: 1_795_996_800, end: 1_796_018_400 });
  expect([boundsOf("2026-12-01", now), boundsOf("yesterday", now)]).toEqual([undefined, undefined]);
  const names = dayQuestions({ start: 0, end: 86_400 }).map(({ name }) => name);
  expect(names.toSorted()).toEqual(Object.keys(good).toSorted());
});
