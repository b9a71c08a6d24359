import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forward } from "./forward.ts";
import { freePort, startSshd, type TestServer } from "./sshd.fixture.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startSshd();
});
afterAll(() => server.stop());

test("a forwarded port answers until it is closed, and a taken one is a problem", async () => {
  const service = createServer((socket) => socket.end("hello from there"));
  const port = await freePort();
  await new Promise<void>((resolve) => service.listen(port, "127.0.0.1", resolve));
  const way = await forward(server.target, 0, { host: "127.0.0.1", port });
  expect(await said(way.localPort)).toBe("hello from there");
  await expect(forward(server.target, way.localPort, { host: "127.0.0.1", port })).rejects.toMatchObject({
    problems: [{ path: `127.0.0.1:${way.localPort}`, reason: expect.stringContaining("another program") }],
  });
  await way.close();
  await expect(said(way.localPort)).rejects.toThrow(/ECONNREFUSED/);
  service.close();
});

test("streamed commands use this process's own stdin, stdout and exit code; so does a terminal", async () => {
  const { build } = await import("esbuild");
  const out = join(server.dir, "attached.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "attached.ts")],
    outfile: out,
    bundle: true,
    format: "esm",
    platform: "node",
  });
  const called = (call: string, input = "") => {
    const program = join(server.dir, "call.mjs");
    writeFileSync(program, `import * as ssh from "./attached.mjs"; process.exitCode = await ssh.${call};`);
    return spawnSync(process.execPath, [program], { input, encoding: "utf8", timeout: 20_000 });
  };
  const target = JSON.stringify(server.target);
  mkdirSync(server.target.controlDir, { recursive: true });
  const piped = called(
    `streaming(${target}, ["sh", "-c", "cat; echo 'a  b' >&2; exit 5"], { stdin: "inherit" })`,
    "from stdin",
  );
  expect(piped).toMatchObject({ status: 5, stdout: "from stdin", stderr: "a  b\n" });
  expect(called(`interactive(${target}, ["echo", "it's", "$HOME"])`)).toMatchObject({
    status: 0,
    stdout: "it's $HOME\n",
  });
});

function said(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1");
    socket.on("data", (chunk) => {
      text += String(chunk);
    });
    socket.once("error", reject);
    socket.once("end", () => resolve(text));
  });
}
