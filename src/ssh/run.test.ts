import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeAll } from "./close.ts";
import { hold, run } from "./run.ts";
import { cableTo, freePort, makeKey, startSshd, type TestServer } from "./sshd.fixture.ts";
import { controlPath, type SshTarget } from "./target.ts";
import { unreachableProblem } from "./unreachable.ts";

let server: TestServer;
let target: SshTarget;
const sha256 = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");

beforeAll(async () => {
  server = await startSshd();
  target = server.target;
});
afterAll(() => server.stop());

test("a script's output, errors and exit code come back, and its commands find an empty stdin", async () => {
  const result = await run(target, "echo one; cat; echo two >&2; trap 'echo bye' EXIT; exit 3");
  expect(result).toMatchObject({ host: "web1", exitCode: 3, stdout: "one\nbye\n", stderr: "two\n", timedOut: false });
  expect(result.unreachable).toBeUndefined();
  expect((await run(target, "exit 255")).exitCode).toBe(254);
  expect((await run(target, "if true; then")).exitCode).toBe(2);
  expect((await run(target, "id -u; umask; echo $LC_ALL; echo é 中")).stdout).toBe("0\n0022\nC.UTF-8\né 中\n");
});

test("what the login shell says by itself is left out", async () => {
  const noisy = { ...target, keyFile: join(server.dir, "noisy") };
  expect(await run(noisy, "echo mine")).toMatchObject({ exitCode: 0, stdout: "mine\n" });
  await closeAll([noisy]);
});

test("megabytes of script and of binary stdin arrive whole", async () => {
  const text = "some 'text' \\ with $signs, é, 中 and `more`\n".repeat(60_000);
  const binary = randomBytes(5_000_000);
  const script = `sha256sum <<'END'\n${text}END\nhead -c 1 >/dev/null; sha256sum`;
  for (const stdin of [binary, Readable.from([binary.subarray(0, 7), binary.subarray(7)])]) {
    const { stdout, exitCode } = await run(target, script, { stdin });
    expect(stdout).toBe(`${sha256(text)}  -\n${sha256(binary.subarray(1))}  -\n`);
    expect(exitCode).toBe(0);
  }
  const long = await run(target, "head -c 3000000 /dev/zero | tr '\\0' x");
  expect(long.stdout.length).toBe(3_000_000);
  expect((await run(target, "exit 0", { stdin: binary })).exitCode).toBe(0); // reading stdin is optional
});

test("nothing of a script is in a process list", async () => {
  const word = `S${randomBytes(8).toString("hex")}`;
  const script = `: ${word}; for f in /proc/[0-9]*/cmdline /proc/[0-9]*/environ; do tr '\\0' '\\n' <$f; done 2>/dev/null`;
  const result = await run(target, script);
  expect(result.stdout).toContain("sshd");
  expect(result.stdout).not.toContain(word);
  expect(result.argv.join(" ")).not.toContain(word);
});

test("twenty calls at once share one connection or open their own, and all succeed", async () => {
  await closeAll([target]);
  const chunks: string[] = [];
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      run(target, `echo ${n}; sleep 0.2`, { onStdout: (chunk) => chunks.push(chunk) }),
    ),
  );
  expect(results.map(({ stdout }) => stdout.trim())).toEqual(results.map((_, n) => String(n)));
  expect(chunks.join("").trim().split("\n")).toHaveLength(20);
});

test("what is too slow is ended, here at once and on the host soon after", async () => {
  const mark = `30.${Math.floor(Math.random() * 1e6)}`;
  const result = await run(target, `echo begun; sleep ${mark}; echo over`, { timeoutMs: 700 });
  expect(result).toMatchObject({ timedOut: true, exitCode: undefined, stdout: "begun\n" });
  expect(result.unreachable).toBeUndefined();
  expect(result.durationMs).toBeLessThan(1500);
  await sleep(3500);
  expect(commandLines()).not.toContain(mark);
});

test("a session is held until it is released, and its lock is free afterwards", async () => {
  const lock = join(server.dir, "lock");
  const script = `exec 9>${lock}; flock -n 9 || { echo taken; exit 7; }; echo got it; cat >/dev/null; echo released`;
  const held = await hold(target, script, { readyLine: "got it", timeoutMs: 5000 });
  if (!held.held) throw new Error("not held");
  expect(held.output).toBe("got it\n");
  expect(await hold(target, script, { readyLine: "got it" })).toMatchObject({
    held: false,
    result: { exitCode: 7, stdout: "taken\n" },
  });
  expect(await held.release()).toMatchObject({ exitCode: 0, stdout: "got it\nreleased\n" });
  expect((await run(target, `flock -n ${lock} true`)).exitCode).toBe(0);
});

test("a held lock is given back when its holder is killed", async () => {
  const lock = join(server.dir, "killed");
  const script = `exec 9>${lock}; flock -n 9 && echo got it && cat >/dev/null`;
  const program = `import { hold } from "./hold.mjs";
    await hold(${JSON.stringify(target)}, ${JSON.stringify(script)}, { readyLine: "got it" }); console.log("held");`;
  const { build } = await import("esbuild");
  const entryPoints = [join(import.meta.dirname, "run.ts")];
  await build({ entryPoints, outfile: join(server.dir, "hold.mjs"), bundle: true, format: "esm", platform: "node" });
  writeFileSync(join(server.dir, "holder.mjs"), program);
  const holder = spawn(process.execPath, [join(server.dir, "holder.mjs")], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  expect((await run(target, `flock -n ${lock} true`)).exitCode).toBe(1);
  holder.kill("SIGKILL");
  expect((await run(target, `flock -w 3 ${lock} true`)).exitCode).toBe(0);
});

test("a connection whose other end is gone is healed, and runs the script once", async () => {
  const cable = await cableTo(server.port);
  const known = join(server.dir, "known-cable");
  const hostKey = readFileSync(join(server.dir, "host.pub"), "utf8");
  writeFileSync(known, `[127.0.0.1]:${cable.port} ${hostKey}`);
  const through = { ...target, port: cable.port, knownHosts: known };
  const count = join(server.dir, "count");
  expect((await run(through, "true")).exitCode).toBe(0);
  cable.cut();
  expect(await run(through, `echo once >>${count}`)).toMatchObject({ exitCode: 0, timedOut: false });
  expect(readFileSync(count, "utf8")).toBe("once\n");
  await closeAll([through]);
  cable.close();
});

test("a connection that breaks under a running script is told from its failure", async () => {
  const cable = await cableTo(server.port);
  const known = join(server.dir, "known-broken");
  writeFileSync(known, `[127.0.0.1]:${cable.port} ${readFileSync(join(server.dir, "host.pub"), "utf8")}`);
  const through = { ...target, port: cable.port, knownHosts: known };
  const running = run(through, "echo begun; sleep 20", { onStdout: () => cable.close() });
  expect(await running).toMatchObject({
    exitCode: undefined,
    stdout: "begun\n",
    unreachable: expect.stringContaining("broke"),
  });
});

test("the socket of a killed master does not matter", async () => {
  await run(target, "true");
  const pid = Number(/pid=(\d+)/.exec(sshControl("check"))?.[1]);
  process.kill(pid, "SIGKILL");
  expect((await run(target, "echo up")).stdout).toBe("up\n");
});

test("failures to connect are told in words that help", async () => {
  const at = (name: string) => join(server.dir, name);
  const failing = async (change: Partial<SshTarget>) => {
    const result = await run({ ...target, ...change }, "echo never");
    expect(result).toMatchObject({ exitCode: undefined, stdout: "" });
    return unreachableProblem(result);
  };
  const closed = await freePort();
  writeFileSync(at("known-closed"), `[127.0.0.1]:${closed} ${readFileSync(at("host.pub"), "utf8")}`);
  const refused = await failing({ port: closed });
  expect(refused).toMatchObject({ path: "web1", reason: expect.stringContaining("refuses connections") });
  expect(refused.remedy).toContain(`-p ${closed} -i ${at("user")} root@127.0.0.1`);

  expect((await failing({ keyFile: at("stranger") })).reason).toContain("does not accept the key");
  makeKey(at("other"));
  writeFileSync(at("known-other"), `[127.0.0.1]:${server.port} ${readFileSync(at("other.pub"), "utf8")}`);
  expect((await failing({ knownHosts: at("known-other") })).reason).toContain("another host key");
  writeFileSync(at("known-none"), "");
  expect((await failing({ knownHosts: at("known-none") })).reason).toContain("not known here");
  expect((await failing({ address: "no-such-host.invalid" })).reason).toContain("no address");
  expect((await failing({ proxyCommand: "false" })).reason).toContain("jump host");
  expect((await failing({ user: "nobody" })).reason).toMatch(/login shell|closed|key/);
});

test("a host that never answers is given up in time", async () => {
  const silent = createServer(() => undefined);
  const port = await freePort();
  await new Promise<void>((resolve) => silent.listen(port, "127.0.0.1", resolve));
  const { timedOut, unreachable, durationMs } = await run({ ...target, port }, "true", { timeoutMs: 1000 });
  silent.close();
  expect(timedOut).toBe(true);
  expect(unreachable).toContain("does not answer");
  expect(durationMs).toBeLessThan(2500);
});

test("closing ends the masters and leaves no socket", async () => {
  await run(target, "true");
  await closeAll([target, { ...target, port: 1 }]);
  expect(readdirSync(target.controlDir)).not.toContain(controlPath(target).split("/").at(-1));
});

test("a call on an open connection is quick", async () => {
  await run(target, "true");
  const started = performance.now();
  for (let n = 0; n < 10; n += 1) await run(target, "true");
  const each = (performance.now() - started) / 10;
  console.log(`one run on an open connection: ${each.toFixed(1)} ms`);
  expect(each).toBeLessThan(500); // for a loaded build machine
});

function commandLines(): string {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
}

function sshControl(command: string): string {
  const argv = ["-O", command, "-o", `ControlPath=${controlPath(target)}`, "root@127.0.0.1"];
  return execFileSync("sh", ["-c", 'exec ssh "$@" 2>&1', "ssh", ...argv], { encoding: "utf8" });
}
