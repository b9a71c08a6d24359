import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shopBackup, shopSite } from "../../../test/fixture.ts";
import { referencedSecrets } from "../../model/secret.ts";
import type { Site } from "../../model/site.ts";
import { siteTopology } from "../../topology/topology.ts";
import { database } from "./database.ts";
import { paths } from "./paths.ts";

function siteWith(changes: Partial<NonNullable<Site["database"]>>): Site {
  const base = shopSite.database ?? {
    hosts: 3,
    mode: "replicated",
    promise: "no-loss",
    bufferPoolMiB: 128,
    backup: shopBackup,
  };
  return { ...shopSite, database: { ...base, ...changes } };
}

function resourcesOf(name: string, site: Site = shopSite) {
  const topology = siteTopology(site, [database]);
  const host = topology.hosts.find((one) => one.name === name);
  return host ? database.resources(host, topology) : [];
}

function fileOf(name: string, path: string, site?: Site): string {
  const file = resourcesOf(name, site).find((one) => one.kind === "file" && one.file === path);
  return file?.kind === "file" ? file.content : "";
}

test("the first host is the primary, the next two acknowledge, a fourth follows only", () => {
  const site = siteWith({ hosts: 4 });
  const standings = ["db1", "db2", "db3", "db4"].map((name) => {
    const text = fileOf(name, paths.settings, site);
    return [...text.matchAll(/^(?:STANDING|VOTER)=(.*)$/gm)].map(([, value]) => value).join(" ");
  });
  expect(standings).toEqual(["primary 0", "replica 1", "replica 1", "replica 0"]);
  expect(fileOf("db1", paths.settings, site)).toContain("VOTERS=2\n");
});

test("only replicas are told whom to follow, by name and certificate", () => {
  expect(fileOf("db1", paths.source)).toBe("");
  const sql = fileOf("db2", paths.source);
  expect(sql).toContain("master_host = 'db1.shop.internal'");
  expect(sql).toContain("master_ssl_verify_server_cert = 1");
  expect(sql).toContain("master_use_gtid = slave_pos");
});

test("the promise decides when an acknowledgement is on the disk", () => {
  expect(fileOf("db2", paths.options)).toContain("\nsync_relay_log=1\n");
  const faster = siteWith({ promise: "no-loss-unless-all-lose-power" });
  expect(fileOf("db2", paths.options, faster)).toContain("\nsync_relay_log=10000\n");
});

test("every member boots as nobody, with a server id of its own", () => {
  for (const [index, name] of ["db1", "db2", "db3"].entries()) {
    const options = fileOf(name, paths.options);
    expect(options).toContain(`\nserver_id=${index + 1}\n`);
    for (const line of ["read_only=ON", "skip_slave_start=ON", "rpl_semi_sync_master_enabled=OFF"])
      expect(options).toContain(`\n${line}\n`);
  }
});

test("a service has rights on its own database only, by password and certificate", () => {
  const [shop, ...others] = shopSite.app;
  const site = { ...shopSite, app: [...(shop ? [{ ...shop, name: "shop-api" }] : []), ...others] };
  const sql = fileOf("db1", paths.accounts, site);
  expect(sql).toContain("CREATE DATABASE IF NOT EXISTS `shop_api` ");
  expect(sql).toContain("ON `shop\\_api`.* TO 'shop_api'@'10.77.0.0/255.255.0.0'");
  expect(sql).toContain("IDENTIFIED BY '{{secret:shop-api.database}}' REQUIRE SUBJECT '/CN=shop-api'");
  expect(sql).not.toContain("recommendations");
  expect(sql).not.toMatch(/GRANT [^;]*(ADMIN|SUPER|ALL)[^;]* TO/);
});

test("passwords are in files of root alone", () => {
  const open = resourcesOf("db2").flatMap((one) =>
    one.kind === "file" && referencedSecrets(one.content).length > 0 && one.mode !== "0600" ? [one.file] : [],
  );
  expect(open).toEqual([]);
});

test("programs are valid shell", () => {
  for (const path of [paths.standing, paths.status, paths.dataFolder])
    execFileSync("sh", ["-n"], { input: fileOf("db2", path) });
});

test("units are started again only for files that exist", () => {
  for (const name of ["db1", "db2"]) {
    const resources = resourcesOf(name);
    const files = resources.flatMap((one) =>
      one.kind === "file"
        ? [`file:${one.file}`]
        : one.kind === "certificate"
          ? [`certificate:${one.certificateFile}`]
          : [],
    );
    const fromBase = ["file:/etc/rampart/ca.crt", "file:/etc/rampart/exporter-web.yml"];
    const named = resources.flatMap((one) => (one.kind === "unit" ? [...one.reloadOn, ...one.restartOn] : []));
    expect(named.filter((id) => !files.includes(id) && !fromBase.includes(id))).toEqual([]);
  }
});

test("the door is tried from a service's hosts, a replica's from its neighbours", () => {
  const topology = siteTopology(shopSite, [database]);
  const doors = topology.hosts
    .filter((host) => host.tier === "database")
    .map((host) => database.checks(host, topology).find((check) => check.id === "database.door")?.from);
  expect(doors).toEqual([
    ["shop1", "shop2"],
    ["db1", "db3"],
    ["db1", "db2"],
  ]);
});

test("a site with one database host waits for nobody", () => {
  const site = siteWith({ hosts: 1 });
  expect(fileOf("db1", paths.settings, site)).toContain("VOTERS=0\n");
  const topology = siteTopology(site, [database]);
  const checks = topology.hosts
    .filter((host) => host.tier === "database")
    .flatMap((host) => database.checks(host, topology));
  expect(checks.map((check) => check.promise)).toContain("db1 takes writes.");
});
