import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import { resourceId } from "../../model/resource.ts";
import type { Role } from "../../model/role.ts";
import type { Host } from "../../model/topology.ts";
import { siteTopology } from "../../topology/topology.ts";
import { base } from "./base.ts";
import { hostFirewall } from "./firewall.ts";

const web: Role = {
  name: "web",
  summary: "",
  rollout: { after: [], atOnce: 1 },
  services: (host) => [
    {
      ...{ name: "web.https", role: "web", host: host.name, address: host.inside, port: 8443, protocol: "tcp" },
      summary: "",
    },
  ],
  flows: () => [],
  resources: () => [],
  checks: () => [],
};

const balancer: Role = {
  name: "balancer",
  summary: "",
  rollout: { after: [], atOnce: 1 },
  services: (host, _, networks) => [
    {
      ...{ name: "balancer.https", role: "balancer", host: host.name, address: networks.virtual, port: 443 },
      ...{ protocol: "tcp", summary: "" },
    },
    {
      ...{ name: "balancer.vrrp", role: "balancer", host: host.name, address: host.inside, port: 0 },
      ...{ protocol: "vrrp", summary: "" },
    },
  ],
  flows: () => [
    {
      ...{ role: "balancer", from: { kind: "anyone" }, to: "balancer.https", path: "domain" },
      why: "visitors read the site",
    },
    {
      ...{ role: "balancer", from: { kind: "tier", tier: "balancer" }, to: "balancer.vrrp", path: "" },
      why: "the balancers agree on who holds the address",
    },
    {
      ...{ role: "balancer", from: { kind: "tier", tier: "balancer" }, to: "web.https", path: "web" },
      why: "balancers pass requests to the web tier, and this sentence goes on until it is longer than a comment of a rule may be at all",
    },
    {
      ...{ role: "monitor", from: { kind: "tier", tier: "monitor" }, to: "balancer.https", path: "" },
      why: "the monitor asks for the site as visitors do",
    },
  ],
  resources: () => [],
  checks: () => [],
};

const topology = siteTopology(shopSite, [base, balancer, web]);

function named(name: string): Host {
  const host = topology.hosts.find((one) => one.name === name);
  if (!host) throw new Error(`no host ${name}`);
  return host;
}

function fileOf(name: string, path: string): string {
  const found = base.resources(named(name), topology).find((one) => resourceId(one) === `file:${path}`);
  return found?.kind === "file" ? found.content : "";
}

test("the rules of a balancer: exactly its flows, in both directions", () => {
  const rules = hostFirewall(named("lb1"), topology).content;
  expect(rules).toContain(
    'ip saddr 10.77.0.1 ip daddr 10.77.1.1 tcp dport 22 ct state new counter accept comment "base.ssh: Operators administer every host by SSH."',
  );
  expect(rules).toContain("    ip daddr 198.51.100.10 tcp dport 443 ct state new counter accept");
  expect(rules).toContain("    ip saddr 10.77.1.2 ip daddr 10.77.1.1 ip protocol 112 ct state new counter accept");
  expect(rules).toContain("    ip daddr 10.77.2.2 tcp dport 8443 ct state new counter accept");
  expect(rules).toContain('iifname "out0" ip saddr 10.77.0.0/16 counter drop');
  expect(rules.match(/policy drop/g)).toHaveLength(3);
});

test("others get no door that no flow asks for, and two targets behind one address are one rule", () => {
  const lines = (name: string) => hostFirewall(named(name), topology).content.split("\n");
  expect(lines("db1").filter((line) => line.includes("dport"))).toHaveLength(1);
  expect(lines("mon1").filter((line) => line.includes("ip daddr 198.51.100.10 tcp dport 443"))).toHaveLength(1);
});

test("nft takes the rules of every host", () => {
  const folder = mkdtempSync(join(tmpdir(), "rampart-nft-"));
  try {
    for (const host of topology.hosts) {
      const file = join(folder, host.name);
      writeFileSync(file, hostFirewall(host, topology).content);
      nft(file);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** In a network namespace of its own, so that nothing of this machine is even looked at. */
function nft(file: string): void {
  try {
    execFileSync("unshare", ["--net", "nft", "--check", "--file", file], { stdio: "pipe" });
  } catch (error) {
    const text = String(error);
    if (text.includes("ENOENT") || text.includes("nft: No such"))
      throw new Error("this test needs the package nftables");
    throw error;
  }
}

test("names: every host, the database behind the local proxy, the site on the monitor", () => {
  expect(fileOf("web1", "/etc/hosts")).toContain("10.77.3.1 db1.shop.internal db1");
  expect(fileOf("web1", "/etc/hosts")).not.toContain("database.shop.internal");
  expect(fileOf("shop1", "/etc/hosts")).toContain("127.0.0.1 database.shop.internal");
  expect(fileOf("recommendations1", "/etc/hosts")).not.toContain("database.shop.internal");
  expect(fileOf("mon1", "/etc/hosts")).toContain("198.51.100.10 www.shop.example shop.example");
});

test("daemons listen on the inside address only", () => {
  expect(fileOf("web2", "/etc/ssh/sshd_config.d/10-rampart.conf")).toContain("ListenAddress 10.77.2.2");
  expect(fileOf("web2", "/etc/default/prometheus-node-exporter")).toContain("--web.listen-address=10.77.2.2:9100");
});

test("resources are unique, and units name files that are there", () => {
  const resources = base.resources(named("lb1"), topology);
  const ids = resources.map(resourceId);
  expect(new Set(ids).size).toBe(ids.length);
  const named1 = resources.flatMap((one) => (one.kind === "unit" ? [...one.reloadOn, ...one.restartOn] : []));
  expect(named1.filter((id) => !ids.includes(id))).toEqual([]);
});
