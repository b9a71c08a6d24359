import { expect, test } from "vitest";
import { chartQuestion, stepFor } from "./chart.ts";
import { chartPlan } from "./charts.ts";
import { oneQuestion, overviewFigures } from "./queries.ts";
import { settings } from "./site.fixture.ts";

test("a question for a million points is refused with a sentence", () => {
  const words = new URLSearchParams({ name: "requests", from: "0", to: "1000000", step: "1" });
  expect(() => chartQuestion(words, 2_000_000)).toThrow(
    "That would be 1,000,001 points of each line; at most 1,500 are drawn.",
  );
  expect(() => chartQuestion(new URLSearchParams({ from: "9", to: "5" }), 10)).toThrow("begins after its end");
  expect(() => chartQuestion(new URLSearchParams({ from: "x" }), 10)).toThrow("is no number");
});

test("however long the time, there are about 240 points, and never more than Prometheus has", () => {
  for (const seconds of [60, 300, 900, 3600, 86_400, 604_800, 31_536_000])
    expect(seconds / stepFor(seconds)).toBeLessThanOrEqual(240);
  expect(stepFor(10)).toBe(2);
});

test("a query is made of names of the site only", () => {
  expect(chartPlan("cpu", "web1", "10s", settings)?.parts[0]?.query).toContain('host=~"web1"');
  expect(chartPlan("cpu", "database", "10s", settings)?.parts[0]?.query).toContain('host=~"db1|db2|db3"');
  for (const of of ['x"} or up', "nobody", "__proto__"]) expect(chartPlan("cpu", of, "10s", settings)).toBeUndefined();
  for (const name of ["no-such", "__proto__", "constructor"])
    expect(chartPlan(name, "", "10s", settings)).toBeUndefined();
});

test("the overview asks for nothing that the site does not have", () => {
  const question = oneQuestion(overviewFigures({ ...settings, database: null, services: [] }));
  expect(question).not.toMatch(/mysql|rampart_database|web\.metrics",proxy=~"app_\.\*"\}/);
  const passed = oneQuestion(overviewFigures({ ...settings, opensTls: "web" }));
  expect(passed).toContain("rampart_visitor_request_seconds_count");
  expect(passed).not.toContain("haproxy_frontend_http_responses_total");
});
