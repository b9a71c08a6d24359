import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RampartError } from "../../src/base/problem.ts";
import { ensureImage, ensureTools, labCut, labDown, labStart, labUp } from "../../src/lab/lab.ts";
import type { Host } from "../../src/model/topology.ts";
import { closeAll } from "../../src/ssh/close.ts";
import { run } from "../../src/ssh/run.ts";
import { bringRules, gates, gatesLab, gateTarget, type Rules } from "./support/gates.ts";
import { say } from "./support/lab.ts";
import { eventually } from "./support/time.ts";

// Nobody locks himself out: rules that let no operator in are taken back by the host itself.
const quiet = () => {};
const allRight: Readonly<Record<string, Rules>> = Object.fromEntries(gates.map((host) => [host.name, "right"]));
const scratch = mkdtempSync(join(tmpdir(), "rampart-lockout-"));

beforeAll(async () => {
  await ensureTools(quiet);
  await ensureImage([], quiet);
  await labDown(gatesLab.name, quiet);
  await labUp(gatesLab, quiet);
});

afterAll(async () => {
  await labDown(gatesLab.name, quiet);
  rmSync(scratch, { recursive: true });
});

test("rules that let the operator in stay, and no way back is left armed", async () => {
  await bringRules(allRight);
  for (const host of gates) {
    expect(await sh(host, "nft list table inet rampart | grep -c 'dport 22 '")).toBe("1");
    expect(await armed(host)).toBe("");
  }
  expect((await bringRules(allRight)).plan.stages).toEqual([]);
});

// Each waits for the host's timer: side by side.
test.concurrent("rules that cut SSH are taken back by the host within 60 s, and the apply says so", async () => {
  const hosts = gates.slice(0, 2);
  const before = await Promise.all(hosts.map(loaded));
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  // The first host's rules keep the sessions that stand, the other's not even those.
  const error = await refusal(bringRules({ web1: "no new SSH", web2: "nothing at all" }));
  const told = seconds();
  expect(error.problems).toMatchObject([
    { path: "web1", reason: expect.stringMatching(/^rules were taken back: no new connection to web1 within 20 s/) },
    { path: "web2", reason: expect.stringContaining("takes them back by itself") },
  ]);
  await Promise.all(hosts.map((host) => reachable(host, 60 - told)));
  say(`locked out: told after ${told.toFixed(1)} s, both answer again after ${seconds().toFixed(1)} s`);
  await eventually(15, async () => expect(await Promise.all(hosts.map(loaded))).toEqual(before));
  expect((await bringRules({ web1: "right", web2: "right" })).plan.stages).toEqual([]);
});

test.concurrent("an operator who is killed between loading the very first rules and confirming them is not missed", async () => {
  const host = gates[2];
  if (!host) throw new Error("no host");
  await sh(host, "nft delete table inet rampart; rm /etc/nftables.conf /var/lib/rampart/firewall");
  const operator = spawn(process.execPath, [program(), "bring", host.name, "no new SSH"], { stdio: "ignore" });
  // Over the session that stands.
  await eventually(30, async () => expect(await sh(host, doorless)).toBe("armed and loaded"));
  operator.kill("SIGKILL");
  const began = performance.now();
  await reachable(host, 60);
  say(`operator killed: the host answers again after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  expect(await sh(host, "nft list tables; ls -d /etc/nftables.conf* 2>/dev/null || true")).toBe("");
  await bringRules({ [host.name]: "right" });
  expect(await armed(host)).toBe("");
});

test("an apply that is killed on the host has its timer, and the next one starts from the rules before", async () => {
  const [host] = gates;
  if (!host) throw new Error("no host");
  const before = await loaded(host);
  const outcome = bringRules({ [host.name]: "no new SSH" }).catch((error: unknown) => error);
  await eventually(20, async () => expect(await sh(host, "ls /run/rampart")).toContain("way-back\n"));
  await sh(
    host,
    "fuser -k -KILL /run/rampart/apply.lock || pkill -KILL -f /var/lib/rampart/staging || pkill -KILL -f apply.sh",
  );
  expect(await outcome).toBeInstanceOf(RampartError);
  // At once, while the timer still runs.
  const again = await bringRules({ [host.name]: "also right" }).catch((error: RampartError) => error.problems);
  expect(again).toHaveProperty("plan");
  expect(await armed(host)).toBe("");
  await bringRules({ [host.name]: "right" });
  expect(await loaded(host)).toBe(before);
});

test("the rules are there again after a power cut", async () => {
  const before = await Promise.all(gates.map(loaded));
  await closeAll(gates.map(gateTarget));
  for (const host of gates) await labCut(gatesLab.name, host.name);
  for (const host of gates) await labStart(gatesLab.name, host.name);
  expect(await Promise.all(gates.map(loaded))).toEqual(before);
  expect(await Promise.all(gates.map((host) => sh(host, "systemctl is-enabled nftables.service")))).toEqual(
    gates.map(() => "enabled"),
  );
});

/** Says when rules without a door for SSH are loaded, and the way back is armed. */
const doorless =
  '[ ! -e /run/rampart/way-back ] || nft list table inet rampart | grep -q "dport 22 " || echo "armed and loaded"';

async function refusal(outcome: Promise<unknown>): Promise<RampartError> {
  const error = await outcome.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RampartError) return error;
  throw new Error(`expected a RampartError, got ${String(error)}`);
}

/** Digests of the rules that are loaded and of the file of the next boot. */
async function loaded(host: Host): Promise<string> {
  return await sh(host, "nft -s list table inet rampart | sha256sum; sha256sum < /etc/nftables.conf");
}

/** What is left of a way back; "" when there is nothing. */
async function armed(host: Host): Promise<string> {
  return await sh(
    host,
    "systemctl list-units --all --plain --no-legend 'rampart-way-back*'; ls /run/rampart/way-back 2>/dev/null || true",
  );
}

/** Waits until the host lets a new connection in. */
async function reachable(host: Host, seconds: number): Promise<void> {
  await eventually(seconds, async () => {
    const result = await run(gateTarget(host), "true", { ownConnection: true, timeoutMs: 5000 });
    expect(result.exitCode, result.unreachable ?? result.stderr).toBe(0);
  });
}

async function sh(host: Host, script: string): Promise<string> {
  const result = await run(gateTarget(host), script, { timeoutMs: 10_000 });
  if (result.exitCode !== 0) throw new Error(`${host.name}: ${result.exitCode} ${result.unreachable ?? result.stderr}`);
  return result.stdout.trim();
}

/** The operator as one file of plain JavaScript. */
function program(): string {
  const outfile = join(scratch, "gates.mjs");
  const entry = join(import.meta.dirname, "support/gates.ts");
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    banner,
    logLevel: "error",
  });
  return outfile;
}
