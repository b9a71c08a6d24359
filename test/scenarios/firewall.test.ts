import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { FirewallFinding, FirewallVerification, ReachExplanation } from "../../src/model/firewall.ts";
import { say, shopIsUp } from "./support/lab.ts";
import { type Planted, planted } from "./support/planted.ts";
import { onHost, rampart, rampartDone, rampartJson } from "./support/rampart.ts";
import { shop, writeSite } from "./support/site.ts";
import { eventually } from "./support/time.ts";

beforeAll(shopIsUp);

/** Where a visitor of the lab stands. */
const visitor = "198.51.100.1";

afterAll(async () => {
  writeSite();
  await rampartDone(["apply"]);
});

test("the shop's firewall is what it declares, and that is known within 20 s", async () => {
  const result = await rampart(["firewall", "verify", "--json"]);
  const found = JSON.parse(result.stdout) as FirewallVerification;
  say(
    `firewall verify: ${found.tries} tries, ${found.pairs} ways, ${found.open} open, ${(found.durationMs / 1000).toFixed(1)} s`,
  );
  expect(found.findings).toEqual([]);
  expect(result.exitCode).toBe(0);
  expect(found.durationMs).toBeLessThan(20_000);
});

test.each(rounds())("it is red for $names", async ({ faults }) => {
  await Promise.all(faults.map(({ host, plant }) => onHost(host, plant)));
  try {
    const { exitCode, stdout } = await rampart(["firewall", "verify", "--json"]);
    const { findings } = JSON.parse(stdout) as FirewallVerification;
    const missed = faults.filter((fault) => !findings.some((one) => fits(fault, one)));
    expect(missed, JSON.stringify(findings, undefined, 1)).toEqual([]);
    expect(exitCode).toBe(1);
  } finally {
    await Promise.all(faults.map(({ host, undo }) => onHost(host, undo)));
  }
});

test("and green again when all is put back", async () => {
  const { findings } = await rampartJson<FirewallVerification>(["firewall", "verify"]);
  expect(findings).toEqual([]);
});

test("explain: a yes and a no, each with a real packet", async () => {
  const yes = await rampartJson<ReachExplanation>(["firewall", "explain", "shop1", "db1:mariadb"]);
  expect(yes).toMatchObject({ allowed: true, service: "database.mariadb", port: 3306, tried: { result: "open" } });
  const no = await rampartJson<ReachExplanation>(["firewall", "explain", "web1", "db1:3306"]);
  expect(no).toMatchObject({ allowed: false, tried: { result: "refused" }, remedy: /database: true/ });
  expect(no.tried?.counted.find((one) => one.host === "web1" && one.rule.includes("reject"))?.packets).toBeGreaterThan(
    0,
  );
});

test("a blocked visitor is shut out within seconds, over new rules and a reboot, until the time is over", async () => {
  // Whatever happens, the tests that follow are asked by a visitor who is let in.
  onTestFinished(async () => void (await rampart(["firewall", "unblock", visitor])));
  const blocked = await rampartDone(["firewall", "block", visitor, "--for", "1h"]);
  say(blocked.stdout.trim());
  expect(await answers()).toBe(false);
  await onHost("lb1", "nft -f /etc/nftables.conf");
  await onHost("lb2", "nft -f /etc/nftables.conf");
  expect(await answers()).toBe(false);
  // A host that goes down still answers for a while: it has come back when what lay in its memory is gone.
  await onHost("lb1", "touch /run/before-the-reboot");
  await rampart(["exec", "lb1", "--", "systemctl", "reboot"]);
  await eventually(60, async () => {
    expect(await onHost("lb1", "ls /run/before-the-reboot 2>/dev/null || echo gone")).toBe("gone");
    const { stdout } = await rampartDone(["firewall", "list"]);
    expect(stdout).toMatch(/198\.51\.100\.1 .*lb1 lb2/);
  });
  expect(await onHost("lb1", "nft list set inet rampart_blocks banned4")).toMatch(
    /198\.51\.100\.1 timeout \S+ expires/,
  );
  expect(await answers()).toBe(false);
  await rampartDone(["firewall", "unblock", visitor]);
  await eventually(10, async () => expect(await answers()).toBe(true));
  await rampartDone(["firewall", "block", visitor, "--for", "2s"]);
  await eventually(10, async () => expect(await answers()).toBe(true));
});

test("hosts of the site and operators cannot be blocked", async () => {
  const { exitCode, stderr } = await rampart(["firewall", "block", "10.77.2.1", "10.77.0.0/24", shop.virtual]);
  expect(exitCode).toBe(1);
  expect(stderr.match(/cannot be blocked/g)).toHaveLength(3);
});

test("a block list and outside access of the site file are rules on the hosts", async () => {
  const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const extra = `{ from: ["192.0.2.7"], to: "database", until: "${until}", why: "the auditors read" }`;
  writeSite([["  web: {", `  firewall: { block: ["203.0.113.0/24"], extra: [${extra}] },\n  web: {`]]);
  await rampartDone(["apply"]);
  expect(await onHost("lb1", "nft list set inet rampart blocked4")).toContain("203.0.113.0/24");
  const rules = await onHost("db1", "nft list chain inet rampart input");
  expect(rules).toMatch(/ip saddr 192\.0\.2\.7 .*dport 3306 meta time < .* accept .*until .* auditors/);
  const { findings } = await rampartJson<FirewallVerification>(["firewall", "verify"]);
  expect(findings).toEqual([]);
  expect((await rampart(["plan", "--exit-code"])).exitCode).toBe(0);
});

/** Faults of different hosts stand side by side, each with a finding of its own: to try every one alone takes minutes. */
function rounds(): readonly { readonly names: string; readonly faults: readonly Planted[] }[] {
  const sets: Planted[][] = [];
  for (const fault of planted) {
    const free = sets.find((set) => set.every((one) => one.host !== fault.host));
    if (free) free.push(fault);
    else sets.push([fault]);
  }
  return sets.map((faults) => ({ names: faults.map((one) => one.name).join("; "), faults }));
}

function fits({ host, finding }: Planted, found: FirewallFinding): boolean {
  return (
    found.host === host &&
    finding.what.test(found.what) &&
    (finding.port === undefined || found.port === finding.port) &&
    (finding.process === undefined || finding.process.test(found.process ?? ""))
  );
}

/** Whether the site answers a visitor. */
async function answers(): Promise<boolean> {
  const words = ["curl", "-sk", "-o", "/dev/null", "-m", "2", `https://${shop.virtual}/`];
  return (await rampart(["lab", "outside", "--", ...words])).exitCode === 0;
}
