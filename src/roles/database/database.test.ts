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
    arbiter: "none",
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

test("nobody is named as primary: the agents of all members are told the same, but for who they are", () => {
  const [one, two] = ["db1", "db2"].map((name) => JSON.parse(fileOf(name, paths.agent)));
  const differing = Object.keys(one).filter((key) => JSON.stringify(one[key]) !== JSON.stringify(two[key]));
  expect(differing).toEqual(["//", "me", "listen"]);
  expect(one).toMatchObject({
    ...{ me: "db1", listen: { address: one.members[0].address, port: 8407 } },
    stores: ["db1", "db2", "db3"].map((name) => `https://${name}.shop.internal:2379`),
    clients: {
      members: ["db1.shop.internal", "db2.shop.internal", "db3.shop.internal"],
      routes: ["shop", "shop.shop.internal"],
      monitor: "monitor.shop.internal",
    },
    ...{ promise: "no-loss", strict: true, readLagSeconds: 5 },
  });
});

test("the store has three members, however many database hosts there are, and each agent a certificate for it", () => {
  const site = siteWith({ hosts: 5 });
  const has = (name: string, id: string) =>
    resourcesOf(name, site).some((one) => [one.kind, "name" in one ? one.name : ""].join(":") === id);
  const names = ["db1", "db2", "db3", "db4", "db5"];
  expect(names.filter((name) => has(name, "unit:etcd.service"))).toEqual(["db1", "db2", "db3"]);
  expect(names.filter((name) => has(name, "package:etcd-server"))).toEqual(["db1", "db2", "db3"]);
  const groups = names.map((name) =>
    resourcesOf(name, site).flatMap((one) =>
      one.kind === "certificate" && one.certificateFile === paths.storeCertificate ? one.group : [],
    ),
  );
  expect(groups.flat()).toEqual(["etcd", "etcd", "etcd", "root", "root"]);
  expect(JSON.parse(fileOf("db5", paths.agent, site)).stores).toHaveLength(3);
  expect(JSON.parse(fileOf("db5", paths.agent, site)).members).toHaveLength(5);
});

test("etcd listens inside only, and hears nobody without a certificate", () => {
  const settings = fileOf("db2", paths.storeSettings);
  const values = Object.fromEntries(
    settings.split("\n").flatMap((line) => {
      const [, name, value] = /^ETCD_([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );
  const inside = siteTopology(shopSite, [database]).hosts.find((one) => one.name === "db2")?.inside;
  expect(values).toMatchObject({
    NAME: "db2",
    INITIAL_CLUSTER: [1, 2, 3].map((index) => `db${index}=https://db${index}.shop.internal:2380`).join(","),
    LISTEN_CLIENT_URLS: `https://${inside}:2379`,
    LISTEN_PEER_URLS: `https://${inside}:2380`,
    CLIENT_CERT_AUTH: "true",
    ...{ PEER_CLIENT_CERT_AUTH: "true", PEER_CERT_ALLOWED_HOSTNAME: "store.shop.internal" },
    TLS_MIN_VERSION: "TLS1.3",
  });
  expect(fileOf("db2", paths.storeDropIn)).toContain("\nType=exec\n");
});

test("MariaDB starts when its agent says so, and never by itself", () => {
  const unit = resourcesOf("db1").find((one) => one.kind === "unit" && one.name === "mariadb.service");
  expect(unit).toMatchObject({ state: "owned" });
  const dropIn = fileOf("db1", paths.serverDropIn);
  for (const line of [`ConditionPathExists=${paths.start}`, "Restart=no", `ExecStartPost=+/bin/rm -f ${paths.start}`])
    expect(dropIn).toContain(`\n${line}\n`);
});

test("the agent's program is named, not copied, so that no plan or difference holds it", () => {
  expect(fileOf("db1", paths.agentProgram)).toMatch(
    /^\/\/ Made by Rampart for db1: .*\n\{\{program:database-agent\}\}\n$/,
  );
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
  expect(sql).toContain("QUOTE(PASSWORD('{{secret:shop-api.database}}')), ' REQUIRE SUBJECT ''/CN=shop-api''');");
  expect(sql).not.toContain("recommendations");
  expect(sql).not.toMatch(/GRANT [^;]*(ADMIN|SUPER|ALL)[^;]* TO/);
});

test("no statement names a password, so that none gets into the binary log; none undoes the agent's lock", () => {
  const sql = fileOf("db1", paths.accounts);
  for (const line of sql.split("\n").filter((one) => referencedSecrets(one).length > 0))
    expect(line).toMatch(/^EXECUTE IMMEDIATE CONCAT\('[^{]*', QUOTE\(PASSWORD\('\{\{[^']*\}\}'\)\), '[^{]*'\);$/);
  expect(sql).not.toMatch(/ACCOUNT (UN)?LOCK/);
});

test("passwords are in files of root alone", () => {
  const open = resourcesOf("db2").flatMap((one) =>
    one.kind === "file" && referencedSecrets(one.content).length > 0 && one.mode !== "0600" ? [one.file] : [],
  );
  expect(open).toEqual([]);
});

test("programs are valid shell", () => {
  for (const path of [paths.status, paths.dataFolder, paths.storeProgram])
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

test("one door is tried from a service's hosts, the others from their neighbours", () => {
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
