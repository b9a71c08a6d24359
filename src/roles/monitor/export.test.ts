import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import { yamlFile } from "../../formats/prometheus.ts";
import type { RemoteWrite, SiteExport } from "../../model/export.ts";
import { resourceId } from "../../model/resource.ts";
import type { Topology } from "../../model/topology.ts";
import { exportAlerts, exportMeasurements } from "./export-alerts.ts";
import { watchedTopology } from "./monitor.fixture.ts";
import { monitor } from "./monitor.ts";
import { paths } from "./paths.ts";

const folder = mkdtempSync(join(tmpdir(), "rampart-export-"));
afterAll(() => rmSync(folder, { recursive: true }));

const none = { user: undefined, password: undefined, token: undefined, trust: undefined };
const remoteWrite: RemoteWrite = { ...none, url: "https://203.0.113.9:9443/api/v1/write" };
const syslog = { host: "logs.example", port: 6514, trust: undefined };
const sending = (exported: SiteExport) =>
  watchedTopology({ ...shopSite, monitor: { ...shopSite.monitor, export: exported } });
const both = sending({ remoteWrite, syslog });

function contents(of: Topology): ReadonlyMap<string, string> {
  const host = of.hosts.find((one) => one.tier === "monitor");
  if (host === undefined) throw new Error("no monitor host");
  const files = monitor.resources(host, of).filter((one) => one.kind === "file");
  return new Map(files.map((one) => [resourceId(one).replace(/^file:/, ""), one.content]));
}

function checked(args: readonly string[]): string {
  return execFileSync("promtool", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

test("Prometheus' own checker takes remote write, with every way to log in", () => {
  const ways = [{}, { user: "shop", password: "./p" }, { token: "./t" }, { trust: "./ca.crt" }];
  const expected = [[], ["export.password"], ["export.token"], ["export-ca.crt"]];
  const found = ways.map((way) => {
    const files = contents(sending({ remoteWrite: { ...remoteWrite, ...way }, syslog: undefined }));
    const file = join(folder, "prometheus.yml");
    writeFileSync(file, (files.get(paths.prometheus) ?? "").replaceAll(paths.rules, join(folder, "none.yml")));
    expect(checked(["check", "config", "--syntax-only", file])).toContain("is valid");
    return [...files.keys()].filter((path) => path.includes("/export")).map((path) => path.split("/").at(-1));
  });
  expect(found).toEqual(expected);
});

test("it is the monitor that may reach these places, and nothing is there that was not asked for", () => {
  const out = both.flows.filter((flow) => flow.toHost === "").map((flow) => [flow.toAddress, flow.port]);
  expect(out).toEqual([
    ["203.0.113.9", 9443],
    ["0.0.0.0/0", 6514],
  ]);
  const plain = contents(watchedTopology());
  expect([...plain.keys()].filter((path) => /export|log-export/.test(path.replace("exporter", "")))).toEqual([]);
  expect(plain.get(paths.prometheus)).not.toContain("remote");
});

test("the sender of logs knows every host by its certificate's name, and which authorities to trust", () => {
  const settings = JSON.parse(contents(both).get("/etc/rampart/log-export.json") ?? "{}");
  expect(settings).toMatchObject({ host: "logs.example", port: 6514, trust: "/etc/ssl/certs/ca-certificates.crt" });
  expect(settings.senders).toHaveLength(12);
  expect(settings.senders[0].journal[0]).toMatch(/^\/var\/log\/journal\/remote\/remote-127\..*\.journal$/);
  const own = contents(sending({ remoteWrite: undefined, syslog: { ...syslog, trust: "./ca.crt" } }));
  expect(own.get("/etc/rampart/log-export-ca.crt")).toContain("{{secret:monitor.export-logs-trust}}");
});

const self = (name: string, more = "") => `${name}{job="monitor.prometheus",host="mon1",tier="monitor"${more}}`;
const newest = self("prometheus_remote_storage_highest_timestamp_in_seconds");
const sent = self("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", ',remote_name="export"');
const failed = self("prometheus_remote_storage_samples_failed_total", ',remote_name="export"');
const complete = 'rampart_log_export_complete_timestamp_seconds{host="mon1",tier="monitor"}';
// Every 2 s, for ten minutes.
const well = { [newest]: "0+2x300", [sent]: "0+2x300", [failed]: "0+0x300", [complete]: "0+2x300" };

test("a place that falls behind or refuses is told, one that is a little late is not", () => {
  const cases = [
    { what: "all is well", change: {}, fires: [] },
    { what: "a minute late", change: { [sent]: "0+0x30 2+2x270", [complete]: "0+0x30 2+2x270" }, fires: [] },
    { what: "metrics stand still", change: { [sent]: "0+2x30 60+0x270" }, fires: ["MetricsNotExported"] },
    { what: "metrics are refused", change: { [failed]: "0+0x30 10+10x270" }, fires: ["MetricsNotExported"] },
    { what: "logs stand still", change: { [complete]: "0+2x30 60+0x270" }, fires: ["LogsNotExported"] },
    { what: "nobody counts", change: { [complete]: undefined, [sent]: undefined }, fires: ["MeasurementMissing"] },
  ];
  const rules = join(folder, "rules.yml");
  const groups = [{ name: "export", rules: [...exportAlerts(both.site), ...exportMeasurements(both)] }];
  writeFileSync(rules, yamlFile({ groups }, "Made by a test."));
  const tests = cases.map(({ what, change, fires }) => ({
    name: what,
    interval: "2s",
    input_series: Object.entries({ ...well, ...change }).flatMap(([series, values]) =>
      values === undefined ? [] : [{ series, values }],
    ),
    promql_expr_test: [
      {
        expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: "400s",
        exp_samples: fires.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
      },
    ],
  }));
  const file = join(folder, "tests.yml");
  writeFileSync(file, yamlFile({ rule_files: [rules], evaluation_interval: "2s", tests }, "Made by a test."));
  expect(checked(["test", "rules", file])).toContain("SUCCESS");
});
