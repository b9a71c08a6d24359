import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import type { Site } from "../../model/site.ts";
import { siteTopology } from "../../topology/topology.ts";
import { roles } from "../index.ts";
import { paths } from "./paths.ts";
import { probe } from "./probe.ts";

const site: Site = {
  ...shopSite,
  monitor: {
    ...shopSite.monitor,
    alerts: { webhook: "http://198.51.100.1:9999/hook", heartbeat: undefined },
    regions: ["eu", "us", "asia"],
    visit: [
      {
        ...{ name: "log in", method: "POST", path: "/login", status: 303, text: undefined, take: {} },
        form: [{ name: "password", secret: "shop.VISIT_PASSWORD" }],
      },
    ],
  },
};
const topology = siteTopology(site, roles);
const all = topology.hosts.filter(({ tier }) => tier === "probe");

function fileOf(name: string, path: string): string {
  const host = topology.hosts.find((one) => one.name === name);
  const role = roles.find((one) => one.name === (host?.tier ?? "base"));
  const found = [...roles.filter(({ name: of }) => of === "base"), ...(role ? [role] : [])]
    .flatMap((one) => (host ? one.resources(host, topology) : []))
    .find((one) => (one.kind === "file" || one.kind === "firewall") && one.file === path);
  return found?.kind === "file" || found?.kind === "firewall" ? found.content : "";
}

test("a probe for each region, outside only; the monitor gets a leg there", () => {
  expect(all.map(({ name, inside, outside, region }) => [name, inside, outside, region])).toEqual([
    ["probe-eu", "198.51.100.41", "198.51.100.41", "eu"],
    ["probe-us", "198.51.100.42", "198.51.100.42", "us"],
    ["probe-asia", "198.51.100.43", "198.51.100.43", "asia"],
  ]);
  expect(topology.hosts.find(({ name }) => name === "mon1")).toMatchObject({ outside: "198.51.100.31" });
  expect(siteTopology(shopSite, roles).hosts.find(({ name }) => name === "mon1")?.outside).toBeUndefined();
});

test("a region that is added before the others takes no address away", () => {
  const known = Object.fromEntries(topology.hosts.map((host) => [host.name, host]));
  const more = { ...site, monitor: { ...site.monitor, regions: ["africa", "eu", "us", "asia"] } };
  const after = siteTopology(more, roles, { known }).hosts.filter(({ tier }) => tier === "probe");
  expect(after.map(({ name, inside }) => `${name} ${inside}`)).toEqual([
    "probe-africa 198.51.100.44",
    "probe-eu 198.51.100.41",
    "probe-us 198.51.100.42",
    "probe-asia 198.51.100.43",
  ]);
});

test("who may come to a probe: its operators, the monitor by its address outside, the other probes", () => {
  const rules = fileOf("probe-us", "/etc/nftables.conf");
  expect(rules).toContain("ip saddr 198.51.100.2 ip daddr 198.51.100.42 tcp dport 22");
  expect(rules).toContain("ip saddr { 198.51.100.41, 198.51.100.43 } ip daddr 198.51.100.42 tcp dport 8411");
  expect(rules).toContain("ip saddr 198.51.100.31 ip daddr 198.51.100.42 tcp dport 8411");
  expect(rules).toContain("ip daddr 198.51.100.10 tcp dport 443 ct state new counter accept");
  expect(rules).toContain("ip daddr 198.51.100.1 tcp dport 9999 ct state new counter accept");
  expect(rules).toContain('iifname "out0" ip saddr 10.77.0.0/16 counter drop');
  expect(rules.match(/10\.77\./g)).toHaveLength(1);
});

test("a probe knows the site by its public name and nothing of its inside; nothing inside knows probes but the monitor", () => {
  const names = fileOf("probe-eu", "/etc/hosts");
  expect(names).toContain("198.51.100.10 www.shop.example shop.example");
  expect(names).toContain("198.51.100.43 probe-asia.shop.internal probe-asia");
  expect(names).not.toContain("10.77.");
  expect(fileOf("mon1", "/etc/hosts")).toContain("198.51.100.41 probe-eu.shop.internal");
  expect(fileOf("web1", "/etc/hosts")).not.toContain("probe-");
});

test("what the program is told: the password by its name only, the address that names should have", () => {
  const settings = JSON.parse(fileOf("probe-eu", paths.settings));
  expect(settings).toMatchObject({
    region: "eu",
    address: "198.51.100.10",
    names: ["www.shop.example", "shop.example"],
    secrets: { "shop.VISIT_PASSWORD": "{{secret:shop.VISIT_PASSWORD}}" },
    monitor: { name: "monitor.shop.internal", hosts: ["mon1"] },
  });
  expect(settings.probes.map(({ region }: { region: string }) => region)).toEqual(["eu", "us", "asia"]);
});

test("it tells by mail as well, with a password of its own file, and may go to that server and no other", () => {
  const email = { to: ["ops@shop.example"], from: "r@shop.example", host: "203.0.113.7", port: 465 };
  const alerts = { webhook: undefined, email: { ...email, user: "ops", password: "./p" }, trust: "./ca.crt" };
  const of = siteTopology({ ...site, monitor: { ...site.monitor, alerts } }, roles);
  const host = of.hosts.find(({ name }) => name === "probe-eu");
  if (host === undefined) throw new Error("no probe");
  const files = new Map(
    probe.resources(host, of).flatMap((one) => (one.kind === "file" ? [[one.file, one] as const] : [])),
  );
  expect(JSON.parse(files.get(paths.settings)?.content ?? "{}")).toMatchObject({
    mail: { ...email, user: "ops", password: paths.mailPassword, trust: paths.alertTrust },
    alertTrust: `${paths.debianCa} ${paths.alertTrust}`,
  });
  expect(files.get(paths.mailPassword)).toMatchObject({
    mode: "0640",
    content: "{{secret:monitor.alerts-mail-password}}",
  });
  const out = of.flows.filter(({ fromHosts, toHost }) => fromHosts.includes("probe-eu") && toHost === "");
  expect(out.map(({ toAddress, port }) => [toAddress, port])).toEqual([["203.0.113.7", 465]]);
});

test("the prober's own checker takes its configuration, and nft the rules", () => {
  const folder = mkdtempSync(join(tmpdir(), "rampart-probe-"));
  try {
    const written = (path: string) => {
      const file = join(folder, "file");
      writeFileSync(file, fileOf("probe-eu", path));
      return file;
    };
    execFileSync("prometheus-blackbox-exporter", ["--config.check", `--config.file=${written(paths.blackbox)}`], {
      stdio: "pipe",
    });
    execFileSync("unshare", ["--net", "nft", "--check", "--file", written("/etc/nftables.conf")], { stdio: "pipe" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a site without regions has no probe, and no flow for one", () => {
  expect(probe.flows(shopSite)).toEqual([]);
});
