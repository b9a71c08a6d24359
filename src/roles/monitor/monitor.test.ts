import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import { yamlFile } from "../../formats/prometheus.ts";
import { resourceId } from "../../model/resource.ts";
import type { Host, Topology } from "../../model/topology.ts";
import { watchedTopology } from "./monitor.fixture.ts";
import { monitor } from "./monitor.ts";
import { paths } from "./paths.ts";

const topology = watchedTopology();
const acme = { kind: "acme", email: "ops@shop.example", directory: "https://acme.example/directory" } as const;
const ordering = watchedTopology({ ...shopSite, tls: { certificate: acme, terminate: "web" } });
const mail = {
  ...{ to: ["ops@shop.example", "boss@shop.example"], from: "rampart@shop.example", host: "mail.example", port: 587 },
  ...{ user: undefined, password: undefined },
};
const folder = mkdtempSync(join(tmpdir(), "rampart-monitor-"));
afterAll(() => rmSync(folder, { recursive: true }));

function monitorHost(of: Topology): Host {
  const host = of.hosts.find((one) => one.tier === "monitor");
  if (!host) throw new Error("no monitor host");
  return host;
}

/** Writes a file of the monitor host where a checker can read it; returns its place. */
function written(path: string, of: Topology = topology): string {
  const found = monitor.resources(monitorHost(of), of).find((one) => resourceId(one) === `file:${path}`);
  const file = join(folder, path.replaceAll("/", "_"));
  writeFileSync(file, found?.kind === "file" ? found.content.replaceAll(paths.rules, join(folder, "rules.yml")) : "");
  return file;
}

function checked(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    if (String(error).includes("ENOENT")) {
      const name = command === "amtool" ? "prometheus-alertmanager" : command === "promtool" ? "prometheus" : command;
      throw new Error(`this test needs ${command}: apt-get install ${name}`);
    }
    throw error;
  }
}

test("Prometheus' own checker takes its configuration and the rules", () => {
  expect(checked("promtool", ["check", "config", "--syntax-only", written(paths.prometheus)])).toContain("is valid");
  expect(checked("promtool", ["check", "rules", written(paths.rules)])).toContain("SUCCESS");
});

test("Alertmanager's own checker takes its configuration, with every choice of channels", () => {
  const webhook = "http://10.77.0.1:9999/hook";
  const email = { ...mail, user: "rampart", password: "./mail.password" };
  expect(checked("amtool", ["check-config", written(paths.alertmanager)])).toContain("SUCCESS");
  for (const alerts of [{ webhook }, { webhook: undefined, email: mail }, { webhook, email, trust: "./ca.crt" }]) {
    const told = watchedTopology({ ...shopSite, monitor: { ...shopSite.monitor, alerts } });
    expect(checked("amtool", ["check-config", written(paths.alertmanager, told)])).toContain("SUCCESS");
    expect(told.flows.filter((flow) => flow.toHost === "").map((flow) => [flow.toAddress, flow.port])).toEqual([
      ...(alerts.webhook ? [["10.77.0.1", 9999]] : []),
      ...("email" in alerts ? [["0.0.0.0/0", 587]] : []),
    ]);
  }
});

test("a day is told by every channel, once each, and alerts go where they went before", () => {
  const webhook = "http://10.77.0.1:9999/hook";
  const told = (alerts: object) => {
    const of = watchedTopology({
      ...shopSite,
      monitor: { ...shopSite.monitor, alerts: { webhook: undefined, ...alerts } },
    });
    const file = written(paths.alertmanager, of);
    expect(checked("amtool", ["check-config", file])).toContain("SUCCESS");
    const labels = ["severity=report", "severity=page", "severity=ticket"];
    return labels.map((label) =>
      checked("amtool", ["config", "routes", "test", `--config.file=${file}`, label, "alertname=A"]).trim(),
    );
  };
  const dailyReport = "06:00";
  expect(told({ webhook, email: mail, dailyReport })).toEqual([
    "webhook-report,email-report",
    "webhook,email",
    "webhook,email",
  ]);
  expect(told({ webhook, dailyReport })).toEqual(["webhook-report", "webhook", "webhook"]);
  expect(told({ email: mail, dailyReport })).toEqual(["email-report", "email", "email"]);
  const of = watchedTopology({ ...shopSite, monitor: { ...shopSite.monitor, alerts: { webhook, dailyReport } } });
  const timer = monitor.resources(monitorHost(of), of).find((one) => resourceId(one).endsWith("daily-report.timer"));
  expect(timer?.kind === "file" ? timer.content : "").toContain("OnCalendar=*-*-* 06:00:00 UTC\n");
  expect(
    monitor
      .resources(monitorHost(topology), topology)
      .map(resourceId)
      .filter((id) => id.includes("daily")),
  ).toEqual([]);
});

test("the prober's own checker takes its configuration", () => {
  const args = ["--config.check", `--config.file=${written(paths.blackbox)}`];
  expect(() => checked("prometheus-blackbox-exporter", args)).not.toThrow();
});

test("every service with measurements is a target, by the name in its certificate", () => {
  const text = monitor
    .resources(monitorHost(topology), topology)
    .find((one) => resourceId(one).endsWith("metheus.yml"));
  const content = text?.kind === "file" ? text.content : "";
  expect(content.match(/^ {10}- .*\.shop\.internal:/gm)).toHaveLength(12 + 2 * (12 + 2 + 2 + 2 + 4 + 4 + 3 + 3));
  expect(content).toContain("server_name: recommendations.shop.internal");
});

test("each alert has its runbook", () => {
  const rules = [topology, ordering].map((of) =>
    monitor.resources(monitorHost(of), of).find((one) => resourceId(one).endsWith("rampart.yml")),
  );
  const content = rules.map((one) => (one?.kind === "file" ? one.content : "")).join("");
  const books = new Set([...content.matchAll(/runbook: (\S+)/g)].map(([, file = ""]) => file));
  expect(books.size).toBeGreaterThan(10);
  expect([...books].filter((file) => !existsSync(join(import.meta.dirname, "../../..", file)))).toEqual([]);
});

// Samples every 2 s; `1+0x30` is 1 for 62 s.
const always = (value: number) => `${value}+0x60`;
/** Well until 20 s, then `value`. */
const then = (value: string) => `1+0x9 ${value}`;

const site = 'probe_success{job="probe.https"}';
const web = (host: string) => `haproxy_backend_active_servers{job="balancer.metrics",proxy="web",host="${host}"}`;
const app = (name: string) => `haproxy_backend_active_servers{job="web.metrics",proxy="app_${name}",host="web1"}`;
const up = (host: string, job = "base.node-exporter") => `up{job="${job}",host="${host}",tier="t",service="${job}"}`;
const readOnly = (host: string) => `mysql_global_variables_read_only{job="database.exporter",host="${host}"}`;
const alive = (host: string) => `mysql_up{job="database.exporter",host="${host}"}`;
const slave = (thread: string, host: string) =>
  `mysql_slave_status_slave_${thread}_running{job="database.exporter",host="${host}"}`;
const agent = (what: string, host: string) => `rampart_${what}{job="database.agent",host="${host}"}`;
const address = (host: string) => `node_network_address_info{address="198.51.100.10",device="out0",host="${host}"}`;
const wrote = (host: string, what = "certificate") =>
  `node_textfile_mtime_seconds{host="${host}",file="/var/lib/prometheus/node-exporter/rampart-${what}.prom"}`;
/** By the node exporter, from a file. */
const backup = (what: string, host: string) => `rampart_backup_${what}{job="base.node-exporter",host="${host}"}`;
const served = (host: string, what: string) => `rampart_certificate_served_${what}{host="${host}"}`;
const heard = (host: string) =>
  `rampart_logs_newest_timestamp_seconds{job="base.node-exporter",host="mon1",sender="${host}"}`;
const started = 'process_start_time_seconds{job="monitor.prometheus",host="mon1"}';
const unsent =
  'prometheus_notifications_errors_total{job="monitor.prometheus",host="mon1",tier="monitor",alertmanager="http://127.0.0.1:9093/api/v2/alerts"}';

/** Hosts that serve visitors a certificate with two thirds of its life before it. */
function serving(...hosts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    hosts.flatMap((host) => [
      [wrote(host), "0+2x200"],
      [served(host, "as_stored"), always(1)],
      [served(host, "not_before_seconds"), always(-30 * 86_400)],
      [served(host, "not_after_seconds"), always(60 * 86_400)],
    ]),
  );
}

const hosts = topology.hosts.map((host) => host.name);
const node = (metric: string, host: string, labels = "") =>
  `node_${metric}{job="base.node-exporter",host="${host}"${labels}}`;
const root = ',mountpoint="/"';
const self = (metric: string, of = "prometheus") => `${metric}{job="monitor.${of}",host="mon1",tier="monitor"}`;
const visits = (class_: string) =>
  `rampart_visitor_request_seconds_count{host="lb1",service="shop",route="/",class="${class_}"}`;
const inside = 'probe_ssl_earliest_cert_expiry{job="probe.inside",on="web1"}';

/** A machine with time and room, and clocks that agree. */
function roomy(host: string): Readonly<Record<string, string>> {
  return {
    [node("filesystem_avail_bytes", host, root)]: always(60e9),
    [node("filesystem_size_bytes", host, root)]: always(100e9),
    [node("memory_MemAvailable_bytes", host)]: always(6e9),
    [node("memory_MemTotal_bytes", host)]: always(8e9),
    [node("cpu_seconds_total", host, ',mode="idle"')]: "0+1x200",
    [node("time_seconds", host)]: "0+2x200",
  };
}

const itself: Readonly<Record<string, string>> = {
  [self("prometheus_rule_evaluation_failures_total")]: always(0),
  [self("prometheus_notifications_dropped_total")]: always(0),
  [unsent]: always(0),
  [self("prometheus_config_last_reload_successful")]: always(1),
  [self("alertmanager_config_last_reload_successful", "alertmanager")]: always(1),
  [self("blackbox_exporter_config_last_reload_successful", "blackbox")]: always(1),
};

const well: Readonly<Record<string, string>> = {
  [started]: always(-1000),
  [site]: always(1),
  'probe_ssl_earliest_cert_expiry{job="probe.tls",instance="www.shop.example:443"}': always(86_400 * 60),
  ...Object.fromEntries(hosts.map((host) => [up(host), always(1)])),
  [up("web1", "web.metrics")]: always(1),
  ...serving("lb1", "lb2"),
  [web("lb1")]: always(2),
  [web("lb2")]: always(2),
  [app("shop")]: always(2),
  [app("recommendations")]: always(2),
  [address("lb1")]: always(1),
  ...Object.fromEntries(
    ["db1", "db2", "db3"].flatMap((host) => [
      [up(host, "database.exporter"), always(1)],
      [alive(host), always(1)],
    ]),
  ),
  [readOnly("db1")]: always(0),
  [readOnly("db2")]: always(1),
  [readOnly("db3")]: always(1),
  ...Object.fromEntries(
    ["db2", "db3"].flatMap((host) => ["io", "sql"].map((thread) => [slave(thread, host), always(1)])),
  ),
  ...Object.fromEntries(
    ["db1", "db2", "db3"].flatMap((host) => [
      [up(host, "database.agent"), always(1)],
      [agent("database_writable", host), always(host === "db1" ? 1 : 0)],
      [agent("database_unacknowledged_total", host), always(0)],
      [agent("database_paused", host), always(0)],
      [agent("database_broken", host), always(0)],
      [agent("store_reachable", host), always(1)],
      [agent("store_member_healthy", host), always(1)],
    ]),
  ),
  [agent("database_promise_holds", "db1")]: always(1),
  [agent("database_acknowledging", "db1")]: always(2),
  [backup("logs_timestamp_seconds", "db2")]: "0+2x200",
  [backup("base_timestamp_seconds", "db2")]: always(0),
  [backup("proven_timestamp_seconds", "db2")]: always(0),
  [backup("drill_failed", "db2")]: always(0),
  ...Object.fromEntries(["lb1", "lb2", "web1", "web2"].map((host) => [wrote(host, "access"), "0+2x200"])),
  ...Object.fromEntries(hosts.map((host) => [heard(host), "0+2x200"])),
  ...Object.assign({}, ...hosts.map(roomy)),
  ...itself,
  ...{ [visits("2xx")]: "0+20x200", [visits("5xx")]: always(0), [inside]: always(86_400 * 60) },
  'haproxy_process_current_connections{job="web.metrics",host="web1"}': always(10),
  'haproxy_process_max_connections{job="web.metrics",host="web1"}': always(1000),
  'node_systemd_unit_state{host="web1",name="nginx.service",state="failed"}': always(0),
};

interface Case {
  readonly what: string;
  readonly change: Readonly<Record<string, string | undefined>>;
  /** Seconds of the test's clock → alerts that fire then. */
  readonly fires: Readonly<Record<number, readonly string[]>>;
}

const gone = then("stale");

/** All is well for twenty minutes. */
const longer: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.keys(well).map((series) => [series, `${/^[-0-9]+/.exec(well[series] ?? "")?.[0]}+0x600`]),
  ),
  ...Object.fromEntries(
    [
      wrote("lb1"),
      wrote("lb2"),
      backup("logs_timestamp_seconds", "db2"),
      ...hosts.map(heard),
      ...["lb1", "lb2", "web1", "web2"].map((host) => wrote(host, "access")),
      ...hosts.map((host) => node("time_seconds", host)),
    ].map((series) => [series, "0+2x600"]),
  ),
};
const cases: readonly Case[] = [
  { what: "a healthy site", change: {}, fires: { 4: [], 40: [], 100: [] } },
  {
    what: "everything starts at once, the monitor first",
    change: {
      ...Object.fromEntries(Object.keys(well).map((series) => [series, `_x5 0+0x4 ${well[series]}`])),
      ...Object.fromEntries(hosts.map((host) => [up(host), "0+0x9 1+0x60"])),
      [started]: always(0),
      [address("lb1")]: "_x9 1+0x60",
    },
    fires: { 6: [], 12: [], 20: [], 28: [], 36: [], 50: [] },
  },
  { what: "the site fails one probe", change: { [site]: then("0+0x0 1+0x50") }, fires: { 22: [], 24: [], 30: [] } },
  { what: "the site is down", change: { [site]: then("0+0x50") }, fires: { 22: [], 26: ["SiteDown"] } },
  {
    what: "nothing is measured any more, as with a full disk: missing, and nothing is made of it",
    change: Object.fromEntries(Object.keys(well).map((series) => [series, gone])),
    fires: { 26: [], 32: [], 38: [] },
  },
  { what: "no probe any more", change: { [site]: gone }, fires: { 36: [], 44: ["MeasurementMissing"] } },
  {
    what: "a host is down",
    change: { [up("web1")]: then("0+0x50"), [up("web1", "web.metrics")]: then("0+0x50") },
    fires: { 22: [], 26: ["HostDown web1"], 60: ["HostDown web1"] },
  },
  {
    what: "one service of a host is silent",
    change: { [up("web1", "web.metrics")]: then("0+0x50") },
    fires: { 30: [], 36: ["TargetDown web1"] },
  },
  { what: "a host is not watched", change: { [up("db3")]: undefined }, fires: { 30: ["MeasurementMissing"] } },
  { what: "one balancer sees no web host", change: { [web("lb1")]: then("0+0x50") }, fires: { 60: [] } },
  {
    what: "no balancer sees a web host",
    change: { [web("lb1")]: then("0+0x50"), [web("lb2")]: then("0+0x50") },
    fires: { 20: [], 24: ["NoHealthyWebHost"] },
  },
  { what: "a service is away", change: { [app("shop")]: then("0+0x50") }, fires: { 24: ["NoHealthyAppHost"] } },
  {
    what: "a replica stopped",
    change: { [slave("sql", "db2")]: then("0+0x50") },
    fires: { 32: ["ReplicaStopped db2"] },
  },
  {
    what: "a replica forgot its source",
    change: { [slave("sql", "db2")]: gone, [slave("io", "db2")]: gone },
    fires: { 32: ["ReplicaStopped db2"] },
  },
  {
    what: "the promise does not hold",
    change: { [agent("database_promise_holds", "db1")]: then("0+0x50") },
    fires: { 22: [], 28: ["DatabasePromiseBroken db1"] },
  },
  {
    what: "a commit was answered without an acknowledgement",
    change: { [agent("database_unacknowledged_total", "db1")]: "0+0x9 1+0x50" },
    fires: { 18: [], 22: ["WriteNotAcknowledged db1"] },
  },
  {
    what: "one replica less acknowledges",
    change: { [agent("database_acknowledging", "db1")]: "2+0x9 1+0x50" },
    fires: { 48: [], 54: ["DatabaseVoterMissing db1"] },
  },
  {
    what: "a member must be built anew",
    change: { [agent("database_broken", "db3")]: "0+0x9 1+0x60" },
    fires: { 70: [], 84: ["DatabaseMemberBroken db3"] },
  },
  {
    what: "the agents were paused and forgotten",
    change: {
      ...longer,
      [agent("database_paused", "db1")]: "0+0x9 1+0x600",
    },
    fires: { 900: [], 930: ["DatabasePaused"] },
  },
  {
    what: "no binary logs reach the backup store",
    change: { ...longer, [backup("logs_timestamp_seconds", "db2")]: "0+2x20 40+0x600" },
    fires: { 360: [], 380: ["BackupLogsBehind"] },
  },
  {
    what: "another host ships the binary logs from now on",
    change: {
      ...longer,
      [backup("logs_timestamp_seconds", "db2")]: "0+2x20 40+0x600",
      [backup("logs_timestamp_seconds", "db3")]: "_x60 120+2x600",
    },
    fires: { 380: [], 900: [] },
  },
  {
    what: "the newest backup is of the day before yesterday",
    change: { ...longer, [backup("base_timestamp_seconds", "db2")]: "-100000+0x600" },
    fires: { 280: [], 340: ["BackupTooOld"] },
  },
  {
    what: "a drill failed",
    change: { ...longer, [backup("drill_failed", "db2")]: "0+0x9 1+0x600" },
    fires: { 300: [], 340: ["RestoreNotProved"] },
  },
  {
    what: "an agent cannot reach etcd",
    change: { [agent("store_reachable", "db2")]: then("0+0x50") },
    fires: { 22: [], 28: ["StoreUnreachable db2"] },
  },
  {
    what: "a member of etcd is away",
    change: { [agent("store_member_healthy", "db2")]: then("0+0x50") },
    fires: { 38: [], 44: ["StoreMemberDown"] },
  },
  {
    what: "MariaDB of a replica is away",
    change: {
      [alive("db2")]: then("0+0x50"),
      [readOnly("db2")]: gone,
      [slave("sql", "db2")]: gone,
      [slave("io", "db2")]: gone,
    },
    fires: { 28: [], 32: ["DatabaseMemberDown db2"] },
  },
  {
    what: "no primary",
    change: { [agent("database_writable", "db1")]: then("0+0x50") },
    fires: { 28: [], 32: ["NoWritableDatabase"] },
  },
  {
    what: "no primary, and no majority of agents that could make one",
    change: { [agent("database_writable", "db1")]: gone, [agent("database_writable", "db2")]: gone },
    fires: { 20: [], 26: ["NoWritableDatabase"] },
  },
  {
    what: "a failover in time",
    change: {
      [agent("database_writable", "db1")]: then("0+0x50"),
      [agent("database_writable", "db2")]: "0+0x13 1+0x50",
      [agent("database_promise_holds", "db1")]: gone,
      [agent("database_acknowledging", "db1")]: gone,
      [agent("database_promise_holds", "db2")]: "_x13 1+0x50",
      [agent("database_acknowledging", "db2")]: "_x13 2+0x50",
    },
    fires: { 24: [], 28: [], 32: [], 40: [] },
  },
  {
    what: "two primaries",
    change: { [readOnly("db2")]: then("0+0x50") },
    fires: { 30: ["TwoWritableDatabases"] },
  },
  { what: "nobody holds the address", change: { [address("lb1")]: gone }, fires: { 30: ["AddressHeldByNobody"] } },
  { what: "two hold the address", change: { [address("lb2")]: always(1) }, fires: { 10: ["AddressHeldByTwo"] } },
  {
    what: "the certificate ends",
    change: { 'probe_ssl_earliest_cert_expiry{job="probe.tls",instance="www.shop.example:443"}': always(86_400 * 9) },
    fires: { 90: ["CertificateServedExpiresSoon"] },
  },
  {
    what: "a balancer serves what ends soon",
    change: {
      [served("lb2", "not_after_seconds")]: always(9 * 86_400),
      [served("lb2", "not_before_seconds")]: always(-81 * 86_400),
    },
    fires: { 90: ["CertificateServedExpiresSoon lb2"] },
  },
  {
    what: "a certificate that lives for six days is in its fourth",
    change: {
      [served("lb2", "not_after_seconds")]: always(2 * 86_400),
      [served("lb2", "not_before_seconds")]: always(-4 * 86_400),
    },
    fires: { 90: [] },
  },
  {
    what: "a balancer serves another certificate than it has",
    change: { [served("lb2", "as_stored")]: always(0) },
    fires: { 90: [], 140: ["CertificateNotServed lb2"] },
  },
  {
    what: "nobody looks at the certificates of a balancer",
    change: { [wrote("lb2")]: always(-600) },
    fires: { 40: ["MeasurementMissing"] },
  },
  {
    what: "nothing is heard of a host any more",
    change: { ...longer, [heard("web1")]: "0+2x20 40+0x600" },
    fires: { 740: [], 780: ["LogsNotReceived web1"] },
  },
  {
    what: "nothing is heard of a host that is down",
    change: {
      ...longer,
      [heard("web1")]: "0+2x20 40+0x600",
      [up("web1")]: "1+0x20 0+0x600",
      [up("web1", "web.metrics")]: "1+0x20 0+0x600",
    },
    fires: { 800: ["HostDown web1"] },
  },
  {
    what: "requests are not counted on a web host",
    change: { ...longer, [wrote("web2", "access")]: always(-600) },
    fires: { 40: [], 100: ["RequestsUnread"] },
  },
  {
    what: "nobody knows when a host was heard of",
    change: { [heard("db3")]: undefined },
    fires: { 30: ["MeasurementMissing"] },
  },
  {
    what: "a unit failed",
    change: { 'node_systemd_unit_state{host="web1",name="nginx.service",state="failed"}': "0+0x9 1+0x50" },
    fires: { 44: ["UnitFailed web1"] },
  },
  {
    what: "an application offers more samples than are taken",
    change: { 'scrape_samples_scraped{job="app",host="shop1"}': "900+0x9 10001+0x50" },
    fires: { 10: [], 44: ["AppMetricsTooMany shop1"] },
  },
  {
    what: "a disk is full",
    change: { [node("filesystem_avail_bytes", "db1", root)]: "60000000000+0x9 4000000000+0x50" },
    fires: { 26: [], 32: ["DiskFull db1"] },
  },
  {
    what: "a disk fills up",
    change: { ...longer, [node("filesystem_avail_bytes", "mon1", root)]: "35000000000-100000000x290" },
    fires: { 560: [], 630: ["DiskFilling mon1"] },
  },
  {
    what: "memory is short",
    change: { ...longer, [node("memory_MemAvailable_bytes", "shop1")]: "6000000000+0x9 100000000+0x600" },
    fires: { 120: [], 160: ["MemoryShort shop1"] },
  },
  {
    what: "a clock runs away",
    change: { [node("time_seconds", "db2")]: "100+2x200" },
    fires: { 20: [], 80: ["ClockWrong db2"] },
  },
  {
    what: "requests wait for web hosts",
    change: { 'haproxy_backend_current_queue{job="balancer.metrics",host="lb1",proxy="web"}': "0+0x9 7+0x60" },
    fires: { 70: [], 84: ["RequestsQueue lb1"] },
  },
  {
    what: "a HAProxy is near its limit of connections",
    change: { 'haproxy_process_current_connections{job="web.metrics",host="web1"}': "10+0x9 900+0x60" },
    fires: { 40: [], 56: ["ConnectionsNearLimit web1"] },
  },
  {
    what: "MariaDB is near its limit of connections",
    change: {
      'mysql_global_status_threads_connected{host="db1"}': "10+0x9 140+0x60",
      'mysql_global_variables_max_connections{host="db1"}': always(151),
    },
    fires: { 70: [], 84: ["DatabaseConnectionsNearLimit db1"] },
  },
  {
    what: "a firewall is near its limit of connections",
    change: {
      'node_nf_conntrack_entries{host="lb1"}': "10+0x9 9000+0x60",
      'node_nf_conntrack_entries_limit{host="lb1"}': always(10_000),
    },
    fires: { 70: [], 84: ["ConnectionTableNearLimit lb1"] },
  },
  {
    what: "every tenth request fails",
    change: { [visits("5xx")]: "0+0x9 4+4x60" },
    fires: { 18: [], 60: ["ServiceErrors"] },
  },
  {
    what: "a certificate inside ends soon",
    change: { [inside]: always(86_400 * 19) },
    fires: { 90: ["InsideCertificateEndsSoon web1"] },
  },
  {
    what: "a replica is behind",
    change: { 'mysql_slave_status_seconds_behind_master{job="database.exporter",host="db3"}': "0+0x9 31+2x60" },
    fires: { 70: [], 84: ["ReplicaLagging db3"] },
  },
  {
    what: "a rule fails",
    change: { [self("prometheus_rule_evaluation_failures_total")]: "0+0x9 1+1x50" },
    fires: { 18: [], 26: ["RulesFail mon1"] },
  },
  {
    what: "Alertmanager takes nothing",
    change: { [unsent]: "0+0x9 1+1x60" },
    fires: { 18: [], 96: [], 106: ["AlertmanagerUnreached mon1"] },
  },
  {
    what: "Alertmanager was started again while something fired",
    change: { [unsent]: "0+0x9 1+0x60" },
    fires: { 26: [], 70: [], 96: [], 106: [], 120: [] },
  },
  {
    what: "Alertmanager refused its files",
    change: { [self("alertmanager_config_last_reload_successful", "alertmanager")]: then("0+0x50") },
    fires: { 44: [], 54: ["MonitorConfigRefused mon1"] },
  },
  {
    what: "a host does not measure its disks any more",
    change: { [node("filesystem_avail_bytes", "web2", root)]: gone },
    fires: { 30: [], 44: ["MeasurementMissing web2"] },
  },
];

test("every alert fires when it should, and on a healthy or a starting site none does", () => {
  // What takes minutes is judged every 10 s, or this test would take minutes itself.
  const isLong = ({ fires }: Case) => Math.max(...Object.keys(fires).map(Number)) > 200;
  expect(
    judged(
      topology,
      well,
      cases.filter((one) => !isLong(one)),
    ),
  ).toContain("SUCCESS");
  expect(judged(topology, well, cases.filter(isLong), "10s")).toContain("SUCCESS");
}, 600_000);

test("a label without end that is pushed, and scripts that fail in pages, are told", () => {
  const pushing = shopSite.app.map((service) => ({ ...service, push: service.name === "recommendations" }));
  const site = { ...shopSite, web: { ...shopSite.web, beacon: true }, app: pushing };
  const pages = (name: string) => `rampart_page_${name}_total{host="web1",route="/"}`;
  const read = (host: string) => `rampart_beacons_read_timestamp_seconds{host="${host}"}`;
  const told = { [read("web1")]: "0+2x200", [read("web2")]: "0+2x200", [pages("views")]: "0+1x200" };
  const long = Object.fromEntries(Object.entries(well).map(([name, values]) => [name, lasting(values)]));
  const cases: readonly Case[] = [
    { what: "all is well", change: { [pages("failed_views")]: "0+0x200" }, fires: { 40: [], 300: [] } },
    {
      what: "one label is cut",
      change: { 'rampart_push_cut_total{host="recommendations1",metric="visits_total"}': "_x20 9800+0x180" },
      fires: { 36: [], 60: ["AppMetricsTooMany recommendations1"], 250: [] },
    },
    {
      what: "a script fails in every fifth page",
      change: { [pages("failed_views")]: "0+0.2x200" },
      fires: { 100: [], 300: ["PageErrors"] },
    },
    {
      what: "nobody reads beacons of a web host",
      change: { [read("web2")]: "-900+0x200" },
      fires: { 100: ["BeaconsUnread"] },
    },
  ];
  expect(judged(watchedTopology(site), { ...long, ...told }, cases)).toContain("SUCCESS");
});

const orders = "rampart_certificate_order_failed";
const wellOrdering: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(well).filter(([series]) => !(series in serving("lb1", "lb2")))),
  ...serving("web1", "web2"),
  ...{ [wrote("mon1", "acme")]: "0+2x200", [`${orders}{host="mon1"}`]: "0+0x200" },
  ...{ 'rampart_certificate_fetch_failed{host="web2"}': "0+0x200" },
};

test("where web hosts open TLS, with a certificate by ACME, what goes wrong with either is told", () => {
  const cases: readonly Case[] = [
    { what: "all is well", change: {}, fires: { 4: [], 40: [], 100: [] } },
    {
      what: "an order failed",
      change: { [`${orders}{host="mon1"}`]: "0+0x9 1+0x200" },
      fires: { 24: [], 32: ["CertificateOrderFailed mon1"] },
    },
    {
      what: "a web host does not get the certificate",
      change: { 'rampart_certificate_fetch_failed{host="web2"}': "0+0x9 1+0x200" },
      fires: { 300: [], 324: ["CertificateFetchFailed web2"] },
    },
    {
      what: "a web host serves another certificate than it has",
      change: { [served("web1", "as_stored")]: "0+0x200" },
      fires: { 140: ["CertificateNotServed web1"] },
    },
    {
      what: "nobody looks at a web host's",
      change: { [wrote("web2")]: always(-600) },
      fires: { 40: ["MeasurementMissing"] },
    },
    { what: "nobody orders", change: { [wrote("mon1", "acme")]: always(-600) }, fires: { 40: ["MeasurementMissing"] } },
  ];
  const long = Object.fromEntries(Object.entries(wellOrdering).map(([name, values]) => [name, lasting(values)]));
  expect(judged(ordering, long, cases)).toContain("SUCCESS");
}, 600_000);

/** The same last value for ten minutes. */
function lasting(values: string): string {
  return values.replace(/^(-?\d+)\+0x60$/, "$1+0x300").replace(/^0\+2x200$/, "0+2x300");
}

/** What Prometheus' own test runner says of these cases. */
function judged(of: Topology, well: Readonly<Record<string, string>>, cases: readonly Case[], every = "2s"): string {
  const rules = written(paths.rules, of);
  const file = join(folder, "alerts.test.yml");
  const tests = cases.map(({ what, change, fires }) => ({
    name: what,
    interval: "2s",
    input_series: Object.entries({ ...well, ...change }).flatMap(([series, values]) =>
      values === undefined ? [] : [{ series, values }],
    ),
    promql_expr_test: Object.entries(fires).map(([seconds, names]) => ({
      expr: 'count by (alertname, host) (ALERTS{alertstate="firing"})',
      eval_time: `${seconds}s`,
      exp_samples: names.map((name) => {
        const [alertname, host] = name.split(" ");
        const labels = host === undefined ? `alertname="${alertname}"` : `alertname="${alertname}",host="${host}"`;
        return { labels: `{${labels}}`, value: 1 };
      }),
    })),
  }));
  writeFileSync(file, yamlFile({ rule_files: [rules], evaluation_interval: every, tests }, "Made by a test."));
  return checked("promtool", ["test", "rules", file]);
}
