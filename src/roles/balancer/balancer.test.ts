import { expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import { publicNames, servedNames, visitorNames } from "../../model/site-names.ts";
import { siteTopology } from "../../topology/topology.ts";
import { roles } from "../index.ts";
import { balancer } from "./balancer.ts";
import { balancerHaproxy } from "./haproxy.ts";
import { balancerKeepalived } from "./keepalived.ts";

const topology = siteTopology(shopSite, [balancer]);
const hosts = topology.hosts.filter((host) => host.tier === "balancer");
const [lb1, lb2] = hosts;
if (lb1 === undefined || lb2 === undefined) throw new Error("the fixture has two balancers");

test("the first balancer has the higher priority, both name the other as their only peer, and both addresses move", () => {
  const [first, second] = [balancerKeepalived(lb1, topology), balancerKeepalived(lb2, topology)];
  expect(first).toContain("priority 254\n");
  expect(second).toContain("priority 244\n");
  expect(first).toContain(`unicast_peer {\n    ${lb2.inside}\n  }`);
  expect(first).toContain("198.51.100.10/24 dev out0\n    10.77.0.10/16 dev host0");
});

test("visitors are listened to at the virtual address only", () => {
  const binds = balancerHaproxy(lb1, topology).match(/^ {2}bind \S+/gm);
  expect(binds?.map((line) => line.trim())).toEqual([
    `bind ${lb1.inside}:10000`,
    "bind 127.0.0.1:8404",
    "bind 198.51.100.10:80",
    "bind 127.0.0.1:8406",
    "bind 198.51.100.10:443",
    `bind ${lb1.inside}:8405`,
  ]);
});

test("plain HTTP leads to HTTPS at the port by which the name is published", () => {
  const text = balancerHaproxy(lb1, topology);
  expect(text).toContain(
    "redirect prefix https://www.shop.localhost:8443 code 308 if { var(txn.host) -m str www.shop.localhost }",
  );
  expect(text).toContain("redirect prefix https://www.shop.example code 308\n");
});

test("aliases are in the certificate but not served", () => {
  expect(servedNames(shopSite)).toEqual(["www.shop.example", "www.shop.localhost"]);
  expect(publicNames(shopSite)).toContain("shop.example");
});

test("a balancer that stands alone takes the address at once, and names no peer", () => {
  const alone = siteTopology({ ...shopSite, balancer: { hosts: 1 } }, [balancer]);
  const text = balancerKeepalived(lb1, alone);
  expect(text).toContain("priority 255\n");
  // keepalived 2.3 refuses a file with a unicast keyword and no peer.
  expect(text).not.toContain("unicast");
  expect(alone.flows.map((flow) => flow.toAddress)).toContain("224.0.0.18");
  expect(topology.flows.map((flow) => flow.toAddress)).not.toContain("224.0.0.18");
});

test("a balancer that stands alone keeps its address while it restarts", () => {
  const alone = siteTopology({ ...shopSite, balancer: { hosts: 1 } }, [balancer]);
  expect(balancer.around?.(lb1, alone)).toEqual({ before: {}, after: {} });
  expect(balancer.around?.(lb1, topology).before).toEqual({ lb1: "systemctl stop keepalived.service" });
});

test("a site that opens TLS at the web hosts has no key on its balancers", () => {
  const passing = siteTopology({ ...shopSite, tls: { certificate: "own", terminate: "web" } }, [balancer]);
  const resources = balancer.resources(lb1, passing);
  expect(resources.flatMap((one) => (one.kind === "certificate" ? one.keyFile : []))).toEqual([
    "/etc/haproxy/tls/internal.pem",
  ]);
  const text = balancerHaproxy(lb1, passing);
  expect(text).toContain(
    "tcp-request content reject if !{ req.ssl_sni -i www.shop.example shop.example www.shop.localhost }",
  );
  expect(text).not.toContain("public.pem");
  // A visitor returns to the web host that knows his TLS session, unless that has twice its share.
  expect(text).toMatch(/balance source\n {2}hash-type consistent\n {2}hash-balance-factor 200\n/);
  // By a name inside and by mutual TLS, whoever issued what visitors see.
  expect(text).toMatch(/check-sni web\.shop\.internal .*crt \S+internal\.pem verifyhost web\.shop\.internal/);
});

test("members are never counted, and so never limited or banned", () => {
  const text = balancerHaproxy(lb1, topology);
  expect(text).toContain("track-sc0 src table visitors if !{ var(sess.member) -m bool }");
  expect(text).toMatch(/set-var\(txn\.login\) .* !\{ var\(sess\.member\) -m bool \}/);
  expect(text).toMatch(/sub\(txn\.now\) gt 0 \} !\{ var\(sess\.member\) -m bool \}/);
  expect(text).toMatch(/set-var\(sess\.member\) .* 10\.77\.0\.0\/16/);
});

test("a limit that is false leaves no line", () => {
  const none = { requests: false, connections: false, open: false, errors: false, logins: false, ban: "1h" } as const;
  const text = balancerHaproxy(lb1, siteTopology({ ...shopSite, limits: none }, [balancer]));
  expect(text).not.toMatch(/status 429|conn_rate|table logins|reject/);
});

test("the dashboard's name asks for a password before anything goes inside, and is in the certificate", () => {
  const dashboard = { domain: "ops.shop.example", localDomain: "ops.shop.localhost", users: "./users" };
  const site = { ...shopSite, monitor: { ...shopSite.monitor, dashboard } };
  const lines = balancerHaproxy(lb1, siteTopology(site, roles)).split("\n");
  const at = (text: string) => lines.findIndex((line) => line.includes(text));
  expect(at("http-request auth realm dashboard")).toBeGreaterThan(at("table_gpt0(bans),sub(txn.now)"));
  expect(at("use_backend dashboard")).toBeGreaterThan(at("http-request auth realm dashboard"));
  expect(at("use_backend web if")).toBeGreaterThan(at("use_backend dashboard"));
  expect(lines.filter((line) => /^ {2}server mon1 10\.77\.\d+\.\d+:8412 ssl verify required /.test(line))).toHaveLength(
    1,
  );
  expect(publicNames(site)).toEqual(expect.arrayContaining(["ops.shop.example", "ops.shop.localhost"]));
  expect(visitorNames(site)).toContain("ops.shop.example");
  expect(visitorNames(site)).not.toContain("ops.shop.localhost");
  expect(balancerHaproxy(lb1, topology)).not.toContain("dashboard");
});
