import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import { yamlFile } from "../../formats/prometheus.ts";
import type { Site } from "../../model/site.ts";
import { siteTopology } from "../../topology/topology.ts";
import { roles } from "../index.ts";
import { regionAlerts, regionMeasurements } from "./region-alerts.ts";

const site: Site = {
  ...shopSite,
  monitor: {
    ...shopSite.monitor,
    regions: ["eu", "us", "asia"],
    visit: [{ name: "order", method: "GET", path: "/", form: [], status: 200, text: undefined, take: {} }],
  },
};
const folder = mkdtempSync(join(tmpdir(), "rampart-regions-"));
afterAll(() => rmSync(folder, { recursive: true }));

const regions = ["eu", "us", "asia"];
const end = 200;
const of = (name: string, region: string, rest = "") => `rampart_region_${name}{region="${region}"${rest}}`;
const check = (region: string, what: string) => of("check_success", region, `,check="${what}"`);
const step = (region: string) => of("visit_step_success", region, ',step="order"');
const up = (region: string) => `up{host="probe-${region}",tier="probe",job="probe.door"}`;

/** Three regions that see the site well, a look every two seconds. */
const well: Readonly<Record<string, string>> = {
  'probe_success{job="probe.https"}': `1+0x${end}`,
  ...Object.fromEntries(
    regions.flatMap((region) => [
      [up(region), `1+0x${end}`],
      [check(region, "page"), `1+0x${end}`],
      [check(region, "dns"), `1+0x${end}`],
      [of("checked_timestamp_seconds", region, ',check="page"'), `0+2x${end}`],
      [of("checked_timestamp_seconds", region, ',check="dns"'), `0+2x${end}`],
      [step(region), `1+0x${end}`],
      [of("visit_timestamp_seconds", region), `0+2x${end}`],
      [of("monitor_silence_seconds", region, ',monitor="mon1"'), `3+0x${end}`],
      [of("certificate_not_after_seconds", region, ',name="www.shop.example"'), `8000000+0x${end}`],
    ]),
  ),
};

interface Case {
  readonly what: string;
  readonly change: Readonly<Record<string, string>>;
  /** Names of alerts, each with its severity, by the second at which they fire. */
  readonly fires: Readonly<Record<number, readonly string[]>>;
}

const fails = `1+0x9 0+0x${end}`;
const gone = `1+0x9 _x${end}`;
const cases: readonly Case[] = [
  { what: "all is well", change: {}, fires: { 60: [], 300: [] } },
  {
    what: "one region does not get the page: a note",
    change: { [check("us", "page")]: fails },
    fires: { 40: [], 60: ["SiteDownInRegion ticket"] },
  },
  {
    what: "two of three do not: a page, and no note besides",
    change: { [check("us", "page")]: fails, [check("asia", "page")]: fails },
    fires: { 18: [], 28: ["SiteDownOutside page"], 100: ["SiteDownOutside page"] },
  },
  {
    what: "nobody gets it, the monitor inside neither: SiteDown says it, nothing else does",
    change: {
      'probe_success{job="probe.https"}': fails,
      ...Object.fromEntries(
        regions.flatMap((region) => [
          [check(region, "page"), fails],
          [step(region), fails],
        ]),
      ),
    },
    fires: { 60: [], 100: [] },
  },
  {
    what: "the name leads elsewhere for most: a page of its own",
    change: Object.fromEntries(
      ["us", "asia"].flatMap((region) => [
        [check(region, "page"), fails],
        [check(region, "dns"), fails],
      ]),
    ),
    fires: { 60: ["DomainWrong page"] },
  },
  {
    what: "the name leads elsewhere for one: a note",
    change: { [check("eu", "dns")]: fails },
    fires: { 60: [], 90: ["DomainWrongInRegion ticket"] },
  },
  {
    what: "customers fail at a step in two regions",
    change: { [step("eu")]: fails, [step("us")]: fails },
    fires: { 30: ["VisitFailed page"] },
  },
  { what: "… in one", change: { [step("eu")]: fails }, fires: { 100: [], 150: ["VisitFailedInRegion ticket"] } },
  {
    what: "a probe is lost: a note",
    change: { [up("us")]: fails, [check("us", "page")]: gone, [check("us", "dns")]: gone },
    fires: { 30: [], 50: ["RegionLost ticket"] },
  },
  {
    what: "a probe hangs: what it saw before is not what it sees",
    change: { [of("checked_timestamp_seconds", "us", ',check="page"')]: `0+2x9 18+0x${end}` },
    fires: { 60: [], 110: ["RegionLost ticket"] },
  },
  {
    what: "two hang: nobody can say how it is outside",
    change: {
      [of("checked_timestamp_seconds", "us", ',check="page"')]: `0+2x9 18+0x${end}`,
      [of("checked_timestamp_seconds", "eu", ',check="page"')]: `0+2x9 18+0x${end}`,
    },
    fires: { 120: ["MeasurementMissing page", "RegionLost ticket"] },
  },
  {
    what: "a probe does not hear the monitor",
    change: { [of("monitor_silence_seconds", "us", ',monitor="mon1"')]: `3+2x${end}` },
    fires: { 60: [], 100: ["HeartbeatNotHeard ticket"] },
  },
  {
    what: "the certificate ends",
    change: { [of("certificate_not_after_seconds", "us", ',name="www.shop.example"')]: `86400+0x${end}` },
    fires: { 70: ["CertificateServedExpiresSoon ticket"] },
  },
];

test("what regions see is told: by most of them a page, by one a note, and what is not seen is no sign of health", () => {
  const topology = siteTopology(site, roles);
  const rules = [...regionAlerts(topology), ...regionMeasurements(topology)];
  writeFileSync(join(folder, "rules.yml"), yamlFile({ groups: [{ name: "regions", rules }] }, "Made by a test."));
  const tests = cases.map(({ what, change, fires }) => ({
    ...{ name: what, interval: "2s" },
    input_series: Object.entries({ ...well, ...change }).map(([series, values]) => ({ series, values })),
    promql_expr_test: Object.entries(fires).map(([seconds, names]) => ({
      expr: 'count by (alertname, severity) (ALERTS{alertstate="firing"}) > bool 0',
      eval_time: `${seconds}s`,
      exp_samples: names.map((name) => {
        const [alertname, severity] = name.split(" ");
        return { labels: `{alertname="${alertname}",severity="${severity}"}`, value: 1 };
      }),
    })),
  }));
  const file = join(folder, "rules.test.yml");
  writeFileSync(file, yamlFile({ rule_files: ["rules.yml"], evaluation_interval: "2s", tests }, "Made by a test."));
  expect(promtool(["test", "rules", file])).toContain("SUCCESS");
});

test("a site without regions has none of these rules", () => {
  const topology = siteTopology(shopSite, roles);
  expect([...regionAlerts(topology), ...regionMeasurements(topology)]).toEqual([]);
});

function promtool(words: readonly string[]): string {
  try {
    return execFileSync("promtool", words, { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}` || String(error);
  }
}
