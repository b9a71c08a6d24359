import { expect, test } from "vitest";
import { shopBackup, shopSite } from "../../../test/fixture.ts";
import { resourceId } from "../../model/resource.ts";
import type { Site, SiteDatabase } from "../../model/site.ts";
import { siteTopology } from "../../topology/topology.ts";
import { roles } from "../index.ts";
import { database } from "./database.ts";
import { galeraPaths, paths } from "./paths.ts";

const three: SiteDatabase = {
  ...{ hosts: 3, mode: "galera", arbiter: "none", promise: undefined, bufferPoolMiB: 128 },
  backup: { ...shopBackup, store: "none" },
};
const site = (more: Partial<SiteDatabase> = {}): Site => ({ ...shopSite, database: { ...three, ...more } });

function resourcesOf(name: string, of: Site = site()) {
  const topology = siteTopology(of, roles);
  const host = topology.hosts.find((one) => one.name === name) ?? expect.fail(name);
  return roles.filter((role) => role.name === host.tier).flatMap((role) => role.resources(host, topology));
}
function fileOf(name: string, path: string, of: Site = site()): string {
  const found = resourcesOf(name, of).find((one) => resourceId(one) === `file:${path}`);
  return found?.kind === "file" ? found.content : expect.fail(`${name} has no ${path}`);
}

test("no agent and no etcd: the member program beside MariaDB is all", () => {
  const ids = resourcesOf("db1").map(resourceId);
  expect(ids.filter((id) => /etcd|rampart-agent|rampart-backup|canary|replication/.test(id))).toEqual([]);
  expect(ids).toContain("unit:rampart-member.service");
  expect(resourcesOf("db1").find((one) => resourceId(one) === "unit:mariadb.service")).toMatchObject({
    state: "owned",
  });
});

test("options: safe, encrypted, and never the word that begins a cluster", () => {
  const text = fileOf("db2", paths.options);
  for (const line of [
    "wsrep_on=ON",
    "wsrep_cluster_address=gcomm://10.77.3.1:4567,10.77.3.2:4567,10.77.3.3:4567",
    "innodb_flush_log_at_trx_commit=1",
    "innodb_autoinc_lock_mode=2",
    "binlog_format=ROW",
    "wsrep_sync_wait=1",
    "wsrep_ignore_apply_errors=0",
    "innodb_force_primary_key=ON",
    "wsrep_sst_method=mariabackup",
    "ssl-mode=VERIFY_CA",
    "wsrep_sst_donor=db3,db1,",
  ])
    expect(text.split("\n")).toContain(line);
  expect(text).toContain("socket.ssl=YES");
  expect(text).toContain("pc.recovery=TRUE");
  expect(text).not.toMatch(/new.cluster|ignore_quorum|ignore_sb|pc\.bootstrap|wsrep_sst_auth/);
});

test("only the member program starts MariaDB, and what galera_new_cluster writes is not heard", () => {
  const text = fileOf("db1", paths.serverDropIn);
  expect(text).toContain(`ConditionPathExists=${galeraPaths.start}`);
  expect(text).toContain("EnvironmentFile=\n");
  expect(text).not.toContain("wsrep-new-cluster");
  expect(text).toContain("Restart=no");
});

test("members reach each other's three ports, services reach MariaDB and the member program, and nobody else does", () => {
  const { flows } = siteTopology(site(), roles);
  const to = (port: number) => [
    ...new Set(flows.filter((one) => one.toHost === "db1" && one.port === port).flatMap((one) => one.fromHosts)),
  ];
  for (const port of [4567, 4568, 4444]) expect(to(port)).toEqual(["db2", "db3"]);
  expect(to(3306)).toEqual(["shop1", "shop2"]);
  expect(to(8407)).toEqual(expect.arrayContaining(["shop1", "shop2", "db2", "db3", "mon1"]));
  expect(to(2379)).toEqual([]);
});

test("the arbiter has a certificate, a vote, and ways to and from the members", () => {
  const two = site({ hosts: 2, arbiter: "monitor" });
  const text = fileOf("mon1", "/etc/systemd/system/garb.service.d/rampart.conf", two);
  expect(text).toContain("--address gcomm://10.77.3.1:4567,10.77.3.2:4567,10.77.4.1:4567 --group shop");
  expect(text).toContain("socket.ssl=YES");
  expect(fileOf("db1", paths.options, two)).toContain("gcomm://10.77.3.1:4567,10.77.3.2:4567,10.77.4.1:4567");
  expect(JSON.parse(fileOf("db1", galeraPaths.settings, two))).toMatchObject({ votes: 3 });
  const { flows } = siteTopology(two, roles);
  const met = (from: string, host: string) =>
    flows.some((one) => one.toHost === host && one.port === 4567 && one.fromHosts.includes(from));
  expect([met("mon1", "db1"), met("db2", "mon1"), met("web1", "mon1"), met("shop1", "db1")]).toEqual([
    ...[true, true, false, false],
  ]);
  expect(resourcesOf("mon1").map(resourceId)).not.toContain("unit:garb.service");
});

test("writes go to one member at a time, the same for all; reads to all", () => {
  const text = fileOf("shop1", "/etc/haproxy/haproxy.cfg");
  const way = (name: string) => text.slice(text.indexOf(`listen ${name}`)).split("\n\n")[0] ?? "";
  expect(way("database_write").match(/server db\d .* backup$/gm)).toHaveLength(2);
  expect(way("database_write")).toContain("on-marked-up shutdown-backup-sessions");
  expect(way("database_read").match(/server db\d /g)).toHaveLength(3);
  expect(way("database_read")).not.toContain("db1-primary");
});

test("services' accounts are made, replication accounts are not", () => {
  const sql = fileOf("db1", paths.accounts);
  expect(sql).toContain("CREATE USER IF NOT EXISTS ''shop''@");
  expect(sql).not.toContain("replica.");
});

test("checks ask members' doors from the hosts of the service, and the member program on each", () => {
  const topology = siteTopology(site(), roles);
  const host = topology.hosts.find(({ name }) => name === "db3") ?? expect.fail();
  const checks = database.checks(host, topology);
  expect(checks.map(({ id, from }) => [id, from])).toEqual([
    ["database.door", ["shop1", "shop2"]],
    ["database.standing", ["db3"]],
  ]);
});
