import { expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import type { AppService, Site } from "../../model/site.ts";
import { siteTopology } from "../../topology/topology.ts";
import { app } from "./app.ts";
import { environmentQuote, environmentText } from "./environment.ts";
import { appHaproxy } from "./haproxy.ts";
import { unitText } from "./unit.ts";

function place(site: Site, name: string) {
  const topology = siteTopology(site, [app]);
  const host = topology.hosts.find((one) => one.name === name);
  if (host === undefined) throw new Error(`no ${name}`);
  return { topology, host };
}

function shopWith(change: Partial<AppService>): Site {
  return { ...shopSite, app: shopSite.app.map((one) => (one.name === "shop" ? { ...one, ...change } : one)) };
}

test("values survive systemd's EnvironmentFile", () => {
  expect(environmentQuote('a "b" $c `d` \\e #f')).toBe('"a \\"b\\" \\$c \\`d\\` \\\\e #f"');
});

test("secrets are references, and only a service with a database hears of one", () => {
  const shop = place(shopSite, "shop1");
  const text = environmentText(shop.host, shop.topology);
  expect(text).toContain('DATABASE_PASSWORD="{{secret:shop.database}}"');
  expect(text).toContain('SESSION_SECRET="{{secret:shop.SESSION_SECRET}}"');
  const other = place(shopSite, "recommendations1");
  expect(environmentText(other.host, other.topology)).not.toContain("DATABASE_");
});

test("every database host is a candidate, asked at its agent; nobody is sent to one that is not named in its certificate", () => {
  const { host, topology } = place(shopSite, "shop1");
  const text = appHaproxy(host, topology);
  const section = (head: string) => text.slice(text.indexOf(head)).split("\n\n")[0] ?? "";
  for (const [name, path] of [
    ["primary", "/write"],
    ["replicas", "/read"],
  ] as const) {
    const asked = section(`backend database_${name} `);
    expect(asked).toContain(`http-check send meth GET uri ${path} `);
    expect(asked.match(/^ {2}server (\S+) \S+:3306 check-sni \1\.shop\.internal$/gm)).toHaveLength(3);
  }
  const write = section("listen database_write");
  expect(write.match(/track database_primary\/db\d$/gm)).toHaveLength(3);
  expect(write).not.toContain("database_replicas");
  const read = section("listen database_read");
  expect(read.match(/track database_replicas\/db\d$/gm)).toHaveLength(3);
  expect(read.match(/track database_primary\/db\d backup$/gm)).toHaveLength(3);
  // Without it HAProxy would close at once what arrives while nobody serves.
  for (const one of [write, read]) expect(one.trimEnd()).toMatch(/server nobody 127\.0\.0\.1:1 backup$/);
  const other = place(shopSite, "recommendations1");
  expect(appHaproxy(other.host, other.topology)).not.toContain("database_");
});

test("the start command reaches the shell as it was written", () => {
  const { host } = place(shopSite, "shop1");
  const service = place(shopWith({ start: `run "a b" 100% $HOME` }), "shop1").topology.site.app[0];
  if (service === undefined) throw new Error("no service");
  expect(unitText(host, service)).toContain(`ExecStart=/bin/sh -c "exec run \\"a b\\" 100%% $$HOME"`);
});

test("node is installed for a start command that needs it and packages that do not say so", () => {
  const names = (change: Partial<AppService>) => {
    const { host, topology } = place(shopWith(change), "shop1");
    return app.resources(host, topology).flatMap((one) => (one.kind === "package" ? one.name : []));
  };
  expect(names({ packages: [] })).toContain("nodejs");
  expect(names({ packages: ["python3"], start: "python3 server.py" })).not.toContain("nodejs");
});

test("one host migrates for all, and only after the way to the database is there", () => {
  const migrations = ["shop1", "shop2"].map((name) => {
    const { host, topology } = place(shopSite, name);
    return app.resources(host, topology).flatMap((one) => (one.kind === "release" ? [one.migrate] : []));
  });
  expect(migrations).toEqual([["node migrate.js"], [undefined]]);
  const { host, topology } = place(shopSite, "shop1");
  const ids = app.resources(host, topology).map((one) => ("name" in one ? `${one.kind}:${one.name}` : one.kind));
  expect(ids.indexOf("unit:haproxy.service")).toBeLessThan(ids.indexOf("release:shop"));
});
