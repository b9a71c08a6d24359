import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shopSite } from "../../test/fixture.ts";
import { desiredHost } from "../plan/desired.ts";
import { roles } from "../roles/index.ts";
import { rolesOf, siteTopology } from "../topology/topology.ts";
import { hostInspection, inspectionScript } from "./host.ts";

const releases = { shop: "1".repeat(12), recommendations: "2".repeat(12), public: "3".repeat(12) };
const topology = siteTopology(shopSite, roles, { releases });
const lb1 = topology.hosts.find((host) => host.name === "lb1") ?? topology.hosts[0];
if (!lb1) throw new Error("no host");

/** As a balancer answers when all is well. */
const well = {
  exposure: '[{"unit":"haproxy.service","exposure":"2.6","predicate":"OK"},{"unit":"ssh.service","exposure":"9.6"}]',
  own: "rampart-blocks.service 1.9",
  running: "haproxy.service\nssh.service",
  listening: `tcp LISTEN 0 4096 198.51.100.10:443 0.0.0.0:* users:(("haproxy",pid=157,fd=11))
tcp LISTEN 0      128      10.77.1.1:22   0.0.0.0:* users:(("sshd",pid=181,fd=6))
udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=1,fd=3))
tcp LISTEN 0 4096 [::1]:8404 [::]:*`,
  readable: "",
  updates: "age 0",
};

function found(changes: Partial<typeof well>) {
  const sections = Object.entries({ ...well, ...changes, end: "" });
  const output = sections.map(([name, text]) => `== ${name}\n${text === "" ? "" : `${text}\n`}`).join("");
  const inspection = lb1 && hostInspection(lb1, topology, output);
  return (inspection?.findings ?? [])
    .filter((one) => one.state !== "holds")
    .map((one) => `${one.id} ${one.state}: ${one.message}`);
}

test("a host that is well has no finding, and Debian's own units are not judged", () => {
  expect(found({})).toEqual([]);
});

test("what is wrong is named: the unit and its bound, the file, the program, its process and port", () => {
  expect(found({ exposure: '[{"unit":"haproxy.service","exposure":"9.6"}]' })).toEqual([
    "base.exposure fails: haproxy.service has an exposure of 9.6, at most 3.0 is allowed",
  ]);
  expect(found({ own: "rampart-blocks.service 9.5" })).toEqual([
    "base.exposure fails: rampart-blocks.service has an exposure of 9.5, at most 2.0 is allowed",
  ]);
  expect(found({ readable: "/etc/haproxy/tls/public.pem\n/etc/haproxy/tls/public.pem" })).toEqual([
    "base.secrets fails: everybody on the host can read /etc/haproxy/tls/public.pem",
  ]);
  const stray = 'tcp LISTEN 0 1 0.0.0.0:4444 0.0.0.0:* users:(("nc",pid=99,fd=3))\nudp UNCONN 0 0 *:22 *:*';
  expect(found({ listening: stray })).toEqual([
    "base.listening fails: nc (process 99) listens on tcp 0.0.0.0:4444, which no role declares; an unknown process listens on udp *:22, which no role declares",
  ]);
});

test("updates: security ones only; lists that are missing or old are said to be", () => {
  const line = (name: string, from: string) => `Inst ${name} [1] (2 ${from} [amd64])`;
  const lines = [line("openssl", "Debian-Security:13/stable-security"), line("less", "Debian:13.2/stable")];
  expect(found({ updates: ["age 0", ...lines].join("\n") })).toEqual(["base.updates fails: 1 package: openssl"]);
  expect(found({ updates: "age " })[0]).toMatch(/^base.updates unknown: .*no package lists/);
  expect(found({ updates: "age 9" })[0]).toMatch(/^base.updates unknown: .*9 days old/);
});

test("the script looks at every file that holds a secret, and is one that a shell takes", () => {
  const db1 = topology.hosts.find((host) => host.name === "db1") ?? lb1;
  const script = inspectionScript(desiredHost(db1, topology, rolesOf(db1, roles)).resources);
  expect(script).toContain("/etc/mysql/tls/server.key");
  expect(script).toContain("/etc/rampart/database/accounts.sql");
  execFileSync("sh", ["-n"], { input: script });
  expect(lb1 && hostInspection(lb1, topology, "== exposure\n[]\n")).toBeUndefined();
});

test("a password is a secret, and the certificate of an authority that comes from a file like it is none", () => {
  const email = {
    to: ["a@b.example"],
    from: "c@b.example",
    host: "mail.example",
    port: 587,
    user: "u",
    password: "./p",
  };
  const alerts = { webhook: undefined, email, trust: "./ca.crt" };
  const of = siteTopology({ ...shopSite, monitor: { ...shopSite.monitor, alerts } }, roles);
  const mon1 = of.hosts.find((host) => host.name === "mon1") ?? lb1;
  const script = inspectionScript(desiredHost(mon1, of, rolesOf(mon1, roles)).resources);
  expect(script).toContain("/etc/prometheus/mail.password");
  expect(script).not.toContain("alerts-ca.crt");
});
