import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import { yamlFile } from "../../formats/prometheus.ts";
import { objectiveGroups } from "./objective-rules.ts";

const objectives = { availability: 0.999, latency: { share: 0.95, seconds: 0.3 } };
const site = { ...shopSite, monitor: { ...shopSite.monitor, objectives } };
const folder = mkdtempSync(join(tmpdir(), "rampart-objectives-"));
afterAll(() => rmSync(folder, { recursive: true }));

const visits = (class_: string) => `rampart_visitor_request_seconds_count{service="shop",route="/",class="${class_}"}`;
const within = 'rampart_visitor_request_seconds_bucket{service="shop",route="/",class="2xx",le="0.3"}';
const probe = 'probe_success{job="probe.https"}';
/** 10 requests a second, all of them good, for four hours; a sample every 15 s. */
const well = { [visits("2xx")]: "0+150x960", [visits("5xx")]: "0+0x960", [within]: "0+150x960", [probe]: "1+0x960" };

interface Case {
  readonly name: string;
  readonly change: Readonly<Record<string, string>>;
  /** Minutes → alerts that fire then, with objective and window. */
  readonly fires: Readonly<Record<number, readonly string[]>>;
  /** Minutes → a recorded series and its value. */
  readonly records?: readonly (readonly [minutes: number, series: string, value: number])[];
}

const cases: readonly Case[] = [
  {
    name: "all is well",
    change: {},
    fires: { 10: [], 240: [] },
    records: [
      [240, 'rampart:objective_burn:ratio{objective="availability",window="6h"}', 0],
      [240, 'rampart:objective_budget_left:ratio{objective="availability"}', 1],
      [240, 'rampart:objective_target:ratio{objective="latency"}', 0.95],
    ],
  },
  {
    name: "a new site that failed while it came up",
    change: { [probe]: "0+0x20 1+0x940", [visits("5xx")]: "0+150x20 3000+0x940" },
    fires: { 3: [], 6: [], 35: [], 240: [] },
  },
  {
    name: "a new site that nobody reached while it came up, and a single probe that fails forty minutes later",
    change: { [probe]: "0+0x3 1+0x156 0 1+0x798" },
    fires: { 3: [], 41: [], 42: [], 44: [] },
    records: [[2, 'rampart:objective_error:ratio{objective="availability",window="1h"}', 0]],
  },
  {
    name: "a site that was reached, and then a minute long not, and a single probe that fails forty minutes later",
    change: { [probe]: "1+0x20 0+0x3 1+0x135 0 1+0x798" },
    fires: { 3: [], 42: ["BudgetBurnsFast availability 1h"] },
  },
  {
    name: "one request of twenty fails",
    change: { [visits("5xx")]: "0+0x480 8+8x480" },
    fires: {
      122: [],
      // Half of six hours was not measured yet.
      175: ["BudgetBurnsFast availability 1h"],
      200: ["BudgetBurnsFast availability 1h", "BudgetBurnsFast availability 6h"],
    },
  },
  {
    name: "nobody gets through, so that no request is counted",
    change: { [visits("2xx")]: "0+150x480 _x480", [within]: "0+150x480 _x480", [probe]: "1+0x480 0+0x480" },
    fires: { 121: [], 150: ["BudgetBurnsFast availability 1h"] },
  },
  {
    name: "nine of ten answers are slow",
    change: { [within]: "0+150x480 72015+15x480" },
    fires: { 122: [], 175: ["BudgetBurnsFast latency 1h"] },
  },
];

test("budgets burn when they do, and not because a site is new", () => {
  const rules = join(folder, "rules.yml");
  writeFileSync(rules, yamlFile({ groups: objectiveGroups(site) }, "Made by a test."));
  const tests = cases.map(({ name, change, fires, records = [] }) => ({
    ...{ name, interval: "15s" },
    input_series: Object.entries({ ...well, ...change }).map(([series, values]) => ({ series, values })),
    promql_expr_test: [
      ...Object.entries(fires).map(([minutes, alerts]) => ({
        expr: 'count by (alertname, objective, window) (ALERTS{alertstate="firing",severity="page"})',
        eval_time: `${minutes}m`,
        exp_samples: alerts.map((alert) => {
          const [alertname, objective, window] = alert.split(" ");
          return { labels: `{alertname="${alertname}",objective="${objective}",window="${window}"}`, value: 1 };
        }),
      })),
      ...records.map(([minutes, labels, value]) => ({
        ...{ expr: labels, eval_time: `${minutes}m`, exp_samples: [{ labels, value }] },
      })),
    ],
  }));
  const file = join(folder, "test.yml");
  writeFileSync(file, yamlFile({ rule_files: [rules], evaluation_interval: "15s", tests }, "Made by a test."));
  expect(execFileSync("promtool", ["test", "rules", file], { encoding: "utf8" })).toContain("SUCCESS");
}, 600_000);
