import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import { roles } from "../../roles/index.ts";
import { siteTopology } from "../../topology/topology.ts";
import { type HostFacts, parseFacts } from "./facts.ts";
import { hostFindings } from "./judge-host.ts";
import { scanFindings } from "./judge-scan.ts";
import { drawnPorts, portList } from "./ports.ts";
import { parseRuleSets, ruleDifferences } from "./rules.ts";
import { parseScan, type ScanResult, scanScript } from "./scanner.ts";
import { runAtSeat } from "./seat.ts";

const topology = siteTopology(shopSite, roles);
const web1 = topology.hosts.find((host) => host.name === "web1") ?? expect.fail();

const rules = `table inet rampart {
	chain input {
		type filter hook input priority filter; policy drop;
		iif "lo" accept
		counter drop comment "no flow allows this"
	}
}
`;

const output = (change: (text: string) => string = (text) => text) =>
  change(`== name
web1
== addresses
10.77.2.1/16
== listeners
tcp LISTEN 0 4096   10.77.2.1:8443 0.0.0.0:* users:(("nginx",pid=167,fd=4),("nginx",pid=166,fd=4))
tcp LISTEN 0 511    127.0.0.1:8081 0.0.0.0:* users:(("nginx",pid=167,fd=3))
udp UNCONN 0 0      127.0.0.1%lo:53 0.0.0.0:*
== digest
abc  /etc/nftables.conf
== units
Id=nftables.service
UnitFileState=enabled

Id=rampart-blocks.service
UnitFileState=
== forwarding
== blocks
== loaded
LOADED== wanted
${rules}== end
`).replace("LOADED", rules);

function found(text: string) {
  const facts: HostFacts = parseFacts(text) ?? expect.fail();
  return hostFindings(web1, facts, topology, { digest: "abc" });
}

test("a host that is as declared has no finding; one that was cut off says nothing", () => {
  expect(found(output())).toEqual([]);
  expect(parseFacts(output().replace("== end", ""))).toBeUndefined();
});

test("each fault of a host is told, and names what it is", () => {
  const said = (change: (text: string) => string) =>
    found(output(change)).map(({ what, port }) => `${port ?? ""} ${what}`);
  expect(said((text) => text.replace("10.77.2.1:8443", "*:8443"))).toEqual([
    "8443 web.https listens on all addresses, and should on 10.77.2.1 only",
  ]);
  expect(said((text) => text.replace("127.0.0.1:8081", "[::]:8081"))).toEqual([
    "8081 nginx (pid 167) listens on all addresses, and the site declares no such service",
  ]);
  expect(said((text) => text.replace("LOADED", ""))).toEqual([
    " its rules are not loaded (no table inet rampart): nothing is closed",
  ]);
  expect(said((text) => text.replace("LOADED", rules.replace("\t\tiif", "\t\ttcp dport 99 accept\n\t\tiif")))).toEqual([
    " input: a rule was added by hand: tcp dport 99 accept",
  ]);
  expect(said((text) => text.replace("LOADED", rules.replace("policy drop", "policy accept")))).toEqual([
    " input: the chain was changed by hand: type filter hook input priority filter; policy accept;",
  ]);
  expect(said((text) => text.replace("abc", "abd"))).toHaveLength(1);
  expect(said((text) => text.replace("=enabled", "=disabled"))).toHaveLength(1);
  expect(said((text) => text.replace("== forwarding", "== forwarding\n/proc/sys/net/ipv4/ip_forward:1"))).toHaveLength(
    1,
  );
  expect(said((text) => text.replace("== listeners", "192.168.7.7/24\n== listeners"))).toHaveLength(1);
  expect(said((text) => text.replace("web1", "db1"))).toHaveLength(1);
});

test("rules in another order are a difference; what a set holds for a time is none", () => {
  const other = rules.replace(/(\t\tiif.*\n)(\t\tcounter.*\n)/, "$2$1");
  expect(ruleDifferences(parseRuleSets(rules), parseRuleSets(other))).toHaveLength(1);
  const set = (elements: string) =>
    `table inet t {\n\tset b {\n\t\ttype ipv4_addr\n\t\tflags interval,timeout\n${elements}\t}\n}\n`;
  const held = set("\t\telements = { 192.0.2.1 timeout 1h,\n\t\t\t     192.0.2.2 }\n");
  expect(ruleDifferences(parseRuleSets(set("")), parseRuleSets(held))).toEqual([]);
});

test("real packets: what is open must be declared, what is declared open, and nothing undeclared may leave", () => {
  const result = (address: string, port: number, state: ScanResult["state"]): ScanResult => ({
    protocol: "tcp",
    address,
    port,
    state,
  });
  const seat = (caller: "operator" | "web1", results: readonly ScanResult[]) => ({
    caller:
      caller === "operator" ? { kind: caller, name: caller } : { kind: "host" as const, name: caller, host: web1 },
    addresses: new Set(results.map((one) => one.address)),
    scan: { results, counts: { open: 0, refused: 0, filtered: 0, unreachable: 0 }, complete: true },
  });
  const said = scanFindings(
    [
      seat("operator", [
        result("10.77.3.1", 22, "open"),
        result("10.77.3.1", 3306, "open"),
        result("10.77.3.1", 99, "refused"),
      ]),
      seat("web1", [result("10.77.10.1", 3000, "refused"), result("10.77.3.1", 3306, "filtered")]),
    ],
    topology,
    () => true,
  ).map(({ host, port, what }) => `${host}:${port ?? ""} ${what}`);
  expect(said).toEqual([
    "db1:3306 is open to operator, and no flow allows it",
    "db1:99 its rules let operator through to port 99, and no flow allows it; nothing listens there now",
    expect.stringMatching(/^shop1:3000 app.shop is closed to web1, and should be open: /),
    "web1: its own rules let calls out that no flow allows (1 place, such as db1:3306)",
  ]);
});

test("ports: neighbours as ranges, and the same seed draws the same", () => {
  expect(portList([80, 22, 81, 82, 22])).toBe("22,80-82");
  expect(drawnPorts(7, 32)).toEqual(drawnPorts(7, 32));
  expect(new Set(drawnPorts(8, 32)).size).toBe(32);
});

test("the scanner tells open from refused", async () => {
  const server = createServer();
  const port = await new Promise<number>((done) => {
    server.listen(0, "127.0.0.1", () => done((server.address() as { port: number }).port));
  });
  try {
    const script = scanScript([{ protocol: "tcp", address: "127.0.0.1", ports: `1,${port}` }], {
      atOnce: 10,
      timeoutMs: 500,
      usual: "filtered",
    });
    const scan = parseScan(await runAtSeat((argv) => argv, script));
    expect(scan).toMatchObject({ complete: true, counts: { open: 1, refused: 1 } });
    expect(scan.results.map(({ port: at, state }) => [at, state])).toEqual(
      expect.arrayContaining([
        [port, "open"],
        [1, "refused"],
      ]),
    );
  } finally {
    server.close();
  }
});

test("the scanner's program is sound Perl", () => {
  const script = scanScript([], { atOnce: 1, timeoutMs: 100, usual: "open" });
  const perl = /RAMPART_SCAN'\n([\s\S]*)__END__/.exec(script)?.[1] ?? "";
  execFileSync("perl", ["-c", "-"], { input: perl, stdio: "pipe" });
});
