import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RampartError } from "../../src/base/problem.ts";
import {
  ensureImage,
  ensureTools,
  insideCommand,
  type LabSpec,
  labCut,
  labDown,
  labFreeze,
  labHosts,
  labPlug,
  labStart,
  labThaw,
  labUnplug,
  labUp,
  outsideCommand,
} from "../../src/lab/lab.ts";
import { processTable } from "../../src/lab/proc.ts";
import { run, sleep } from "../../src/lab/process.ts";
import { ssh } from "./support/lab-ssh.ts";
import { eventually } from "./support/time.ts";

// Lab one has two hosts, one of them reachable for visitors; lab two has the same addresses in a world of its own.
const one: LabSpec = {
  name: "t-one",
  hosts: [
    { name: "t1", inside: "10.77.1.1", outside: "198.51.100.11" },
    { name: "t2", inside: "10.77.1.2" },
  ],
  publish: [{ listen: 18441, to: "198.51.100.11:22", path: "environments.lab.httpsPort" }],
  names: [{ address: "198.51.100.11", names: ["www.t-one.example"] }],
  packages: [],
};
const two: LabSpec = {
  ...one,
  name: "t-two",
  publish: [{ listen: 18442, to: "198.51.100.11:22", path: "environments.lab.httpsPort" }],
};
const quiet = () => {};
const scratch = mkdtempSync(join(tmpdir(), "rampart-lab-test-"));

beforeAll(async () => {
  await ensureTools(quiet);
  await ensureImage([], quiet);
  await labDown(one.name, quiet);
  await labDown(two.name, quiet);
});

afterAll(async () => {
  await labDown(one.name, quiet);
  await labDown(two.name, quiet);
  rmSync(scratch, { recursive: true });
});

test("two labs come up side by side, and a second up changes nothing", async () => {
  const [first, other] = await Promise.all([labUp(one, quiet), labUp(two, quiet)]);
  expect(first.started).toEqual(["t1", "t2"]);
  expect(other.started).toEqual(["t1", "t2"]);
  const again = await labUp(one, quiet);
  expect(again).toMatchObject({ started: [], stopped: [], kept: ["t1", "t2"], imageBuilt: false });
});

test("ssh reaches every host with the lab's key and known host keys, and services have their own cgroups", async () => {
  const words = await Promise.all(
    [one, two].flatMap((lab) => lab.hosts.map((host) => ssh(lab, host.inside ?? "", "hostname"))),
  );
  expect(words).toEqual(["t1", "t2", "t1", "t2"]);
  expect(
    await ssh(one, "10.77.1.1", "systemctl is-system-running --wait; cut -d: -f3 /proc/self/cgroup | tail -1"),
  ).toBe("running\n/system.slice/ssh.service");
});

test("visitors reach outside addresses by name and by the published port, but no inside address", async () => {
  expect(await banner("127.0.0.1", 18441)).toContain("SSH-2.0");
  const seat = async (...argv: string[]) => (await run(outsideCommand(one.name, argv))).exitCode;
  expect(await seat("nc", "-z", "-w", "2", "www.t-one.example", "22")).toBe(0);
  expect(await seat("nc", "-z", "-w", "1", "10.77.1.2", "22")).not.toBe(0);
  expect((await run(insideCommand(one.name, ["nc", "-z", "-w", "2", "10.77.1.2", "22"]))).exitCode).toBe(0);
  expect(readFileSync("/etc/hosts", "utf8")).not.toContain("t-one");
});

test("a reboot comes back by itself, a poweroff stays off until it is started", async () => {
  await ssh(one, "10.77.1.2", "echo x > /root/kept; touch /run/before-the-reboot");
  await ssh(one, "10.77.1.2", "reboot").catch(() => "");
  // A host that goes down still answers for a while: it has come back when what lay in its memory is gone.
  await eventually(60, async () => expect(await ssh(one, "10.77.1.2", "ls /run")).not.toContain("before-the-reboot"));
  expect(await ssh(one, "10.77.1.2", "cat /root/kept")).toBe("x");
  await ssh(one, "10.77.1.2", "poweroff").catch(() => "");
  await until(() => stateOf(one, "t2") === "off");
  await sleep(300);
  expect(stateOf(one, "t2")).toBe("off");
  expect((await labUp(one, quiet)).started).toEqual(["t2"]);
});

test("power cut and start, freeze and thaw, unplug and plug", async () => {
  await labCut(one.name, "t2");
  expect(stateOf(one, "t2")).toBe("off");
  expect(stateOf(two, "t2")).toBe("running");
  await labStart(one.name, "t2");
  expect(await ssh(one, "10.77.1.2", "hostname")).toBe("t2");
  await labFreeze(one.name, "t2");
  expect(stateOf(one, "t2")).toBe("frozen");
  expect((await banner("10.77.1.2", 22, one)).trim()).toBe("");
  await labThaw(one.name, "t2");
  expect(await banner("10.77.1.2", 22, one)).toContain("SSH-2.0");
  await labUnplug(one.name, "t1");
  expect((await banner("10.77.1.1", 22, one)).trim()).toBe("");
  await labPlug(one.name, "t1");
  expect(await banner("10.77.1.1", 22, one)).toContain("SSH-2.0");
});

test("up heals hosts that lost their supervisor or their nspawn, are frozen, or are not wanted any more", async () => {
  const nspawn = processTable().find(
    (process) => isMachine(process.argv, "t-one.t1") && process.argv[0] === "systemd-nspawn",
  );
  const supervisor = processTable().find((process) => isMachine(process.argv, "t-one.t2") && process.argv[0] === "sh");
  process.kill(nspawn?.pid ?? 0, "SIGKILL");
  process.kill(supervisor?.pid ?? 0, "SIGKILL");
  await sleep(500);
  await labUp(one, quiet);
  expect(await ssh(one, "10.77.1.1", "hostname")).toBe("t1");
  expect(await ssh(one, "10.77.1.2", "hostname")).toBe("t2");
  await labFreeze(one.name, "t1");
  expect((await labUp({ ...one, hosts: one.hosts.slice(0, 1) }, quiet)).stopped).toEqual(["t2"]);
  expect(await ssh(one, "10.77.1.1", "hostname")).toBe("t1");
  expect(processTable().filter((process) => isMachine(process.argv, "t-one.t2"))).toEqual([]);
});

test("a port that is taken and a lab that is busy are explained", async () => {
  const server = createServer().listen(18443, "127.0.0.1");
  const spec = { ...two, publish: [{ listen: 18443, to: "198.51.100.11:22", path: "environments.lab.httpPort" }] };
  const taken = await labUp(spec, quiet).catch((error: RampartError) => error);
  server.close();
  expect(taken).toMatchObject({ problems: [{ path: "environments.lab.httpPort" }] });
  expect(String((taken as RampartError).problems[0]?.reason)).toContain(`process ${process.pid}`);
  const [winner, loser] = await Promise.allSettled([labUp(two, quiet), labUp(two, quiet)]);
  const refused = [winner, loser].find((result) => result?.status === "rejected");
  expect(String(refused?.status === "rejected" && refused.reason.problems[0].reason)).toContain(
    `process ${process.pid}`,
  );
});

test("up after a kill -9 of an up at any point makes the lab whole", async () => {
  for (const delayMs of [60, 150, 300, 500]) {
    await labDown(one.name, quiet);
    const child = spawn(process.execPath, [driver(), JSON.stringify(one)], { stdio: "ignore" });
    await sleep(delayMs);
    child.kill("SIGKILL");
    await gone(child);
    await labUp(one, quiet);
    expect(await ssh(one, "10.77.1.2", "hostname")).toBe("t2");
  }
  const child = spawn(process.execPath, [driver(), JSON.stringify(one)], { stdio: "ignore" });
  await sleep(200);
  child.kill("SIGKILL");
  await gone(child);
});

/** Killed is not gone yet: until then it holds its lab. */
async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

test("down leaves nothing, twice, and touches no other lab", async () => {
  await labDown(one.name, quiet);
  expect(leftovers(one)).toEqual([]);
  expect(await ssh(two, "10.77.1.1", "hostname")).toBe("t1");
  await labDown(one.name, quiet);
  await labDown(two.name, quiet);
  expect([...leftovers(one), ...leftovers(two)]).toEqual([]);
});

/** What a server says first within a second; nothing if it does not answer. */
async function banner(address: string, port: number, lab?: LabSpec): Promise<string> {
  const argv = ["timeout", "1", "nc", address, String(port)];
  return (await run(lab === undefined ? argv : insideCommand(lab.name, argv))).stdout;
}

function stateOf(lab: LabSpec, host: string): string | undefined {
  return labHosts(lab.name).find((one) => one.name === host)?.state;
}

function isMachine(argv: readonly string[], machine: string): boolean {
  return argv.includes(`--machine=rampart-${machine}`);
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) await sleep(50);
  expect(condition()).toBe(true);
}

/** A program of its own that runs labUp, so that it can be killed half-way. */
function driver(): string {
  const outfile = join(scratch, "up.mjs");
  if (existsSync(outfile)) return outfile;
  const contents = `import { labUp } from "./lab.ts"; await labUp(JSON.parse(process.argv[2]), () => {});`;
  const stdin = { contents, resolveDir: join(import.meta.dirname, "../../src/lab"), loader: "ts" } as const;
  buildSync({ stdin, bundle: true, platform: "node", format: "esm", outfile, logLevel: "error" });
  return outfile;
}

function leftovers(lab: LabSpec): readonly string[] {
  const marks = [`rampart-${lab.name}`, `/rampart/labs/${lab.name}/`];
  const isOurs = (text: string) => marks.some((mark) => text.includes(mark));
  const names = (folder: string) => (existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : []);
  const groups = ["/sys/fs/cgroup", ...names("/sys/fs/cgroup")].flatMap((folder) => {
    try {
      return names(folder);
    } catch {
      return []; // a file
    }
  });
  return [
    ...readFileSync("/proc/mounts", "utf8").split("\n").filter(isOurs),
    ...[...groups, ...names("/run/netns"), ...names("/run/systemd/nspawn/propagate")].filter(isOurs),
    ...processTable()
      .filter((process) => isOurs(process.argv.join(" ")))
      .map((process) => process.argv.join(" ")),
    ...[`/run/rampart/${lab.name}`, `/run/rampart/${lab.name}.lock`, `/var/lib/rampart/labs/${lab.name}`].filter(
      existsSync,
    ),
  ];
}
