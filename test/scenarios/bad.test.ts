import { spawn } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { labDir, runDir } from "../../src/lab/paths.ts";
import { mustRun, type ProcessResult, run, sleep } from "../../src/lab/process.ts";
import { askedInWords, askWithoutPause } from "./support/asking.ts";
import { say, shopIsUp, siteIsWell, siteStatus } from "./support/lab.ts";
import { onHost, type RampartOptions, rampart, rampartArgv, rampartDone, rampartEnv } from "./support/rampart.ts";
import { secretsIn } from "./support/secrets.ts";
import { type Edit, root, scratch, shop, writeSite } from "./support/site.ts";
import { expectUnnoticed } from "./support/unnoticed.ts";
import { ask } from "./support/visitor.ts";

const upload: Edit = ['web: { files: "./public" }', 'web: { files: "./public", maxBodyMiB: 24 }'];
const variable: Edit = ['secrets: ["SESSION_SECRET"],', 'secrets: ["SESSION_SECRET"],\n      env: { GREETING: "hi" },'];
const noProgram: Edit = [
  'migrate: "node migrate.js",\n      start: "node server.js"',
  'migrate: "node migrate.js",\n      start: "node nothere.js"',
];

beforeAll(async () => {
  await shopIsUp();
  writeSite();
  await rampartDone(["apply"]);
});

/** What a test has done to a host or to this machine, taken back. */
const undo: (() => Promise<unknown>)[] = [];

// Whatever was wrong: with the right site file one apply makes all well again.
afterEach(async () => {
  for (const deed of undo.splice(0)) await deed();
  writeSite();
  await rampartDone(["apply"]);
});

test("everything that is wrong in a site file is told at once, with path, reason and remedy", async () => {
  writeSite([
    ['health: "/healthz",\n      metrics: "/metrics",\n      login', 'helth: "/healthz",\n      login'],
    ['web: { files: "./public" }', 'web: { files: "./nowhere", hosts: 0 }'],
    ["port: 3001", 'port: "3001"'],
    ['source: "./recommendations"', 'source: "./recommendation"'],
    ['routes: ["/api/recommendations"]', 'routes: ["/"]'],
    ['domain: "www.shop.example"', 'domain: "www shop example"'],
  ]);
  const said = await refused(["plan"]);
  for (const path of ["app.shop.helth", "web.files", "web.hosts", "app.recommendations.port", "domain"])
    expect(said, path).toContain(path);
  expect(said).toMatch(/did you mean "health"/i);
  expect(said).toContain("./recommendation");
  expect(said).toContain("Nothing was changed");
  await refused(["apply"]);
});

test("two services at one route, and a port that is used twice", async () => {
  writeSite([['routes: ["/api/recommendations"]', 'routes: ["/"]']]);
  expect(await refused(["plan"])).toMatch(/app\.(shop|recommendations)\.routes/);
  writeSite([[`httpPort: ${shop.httpPort}`, `httpPort: ${shop.httpsPort}`]]);
  expect(await refused(["plan"])).toContain("environments.lab.http");
});

test("an app that never gets healthy stops the apply at its first host; the others go on serving", async () => {
  writeSite([noProgram]);
  const client = await askWithoutPause();
  const said = await refused(["apply"]);
  const asked = await client.stop();
  say(`an app that never gets healthy: ${askedInWords(asked)}`);
  expect(said).toContain("shop1");
  expect(said).toMatch(/shop2.*(untouched|not begun)/s);
  expect(said).toContain("rampart logs shop1");
  await expectUnnoticed(asked);
  expect(await onHost("shop2", "cat /etc/systemd/system/app-shop.service")).not.toContain("nothere.js");
});

test("a build that fails changes nothing on any host", async () => {
  writeSite([['build: "npm ci --omit=dev --no-audit --no-fund"', 'build: "echo the compiler says no; exit 4"']]);
  const said = await refused(["apply"]);
  expect(said).toContain("app.shop.build");
  expect(said).toContain("the compiler says no");
});

test("a host that cannot be reached is named, and nothing is changed anywhere", async () => {
  writeSite([upload]);
  await rampartDone(["lab", "unplug", "web2"]);
  undo.push(() => rampart(["lab", "plug", "web2"]));
  const said = await refused(["apply"]);
  expect(said).toMatch(/web2/);
  expect(said).toMatch(/does not answer|no way to it/);
  expect(said).toContain("Nothing was changed");
  expect((await siteStatus()).hosts.find((host) => host.name === "web2")?.state).toBe("unreachable");
  expect(await onHost("web1", "grep client_max_body_size /etc/nginx/nginx.conf")).not.toContain("24m");
});

test("a host without room is named before anything is changed", async () => {
  const small = "mkdir -p /run/small && mount -t tmpfs -o size=8m tmpfs /run/small";
  await onHost("web2", `${small} && cp -a /var/lib/rampart/. /run/small/ && mount --bind /run/small /var/lib/rampart`);
  undo.push(() => rampart(["exec", "web2", "--", "umount", "/var/lib/rampart"]));
  writeSite([upload]);
  const said = await refused(["apply"]);
  expect(said).toMatch(/web2.*MiB of disk left/s);
});

test("a disk that is full in the middle of an apply: the host keeps what it had", async () => {
  const small = "mkdir -p /run/small && mount -t tmpfs -o size=1m tmpfs /run/small && cp -a /etc/nginx/. /run/small/";
  await onHost("web2", `${small}; mount --bind /run/small /etc/nginx && cat /dev/zero > /etc/nginx/fill; true`);
  undo.push(() => rampart(["exec", "web2", "--", "umount", "/etc/nginx"]));
  writeSite([upload]);
  const said = await refused(["apply"]);
  expect(said).toMatch(/web2.*disk is full/s);
  expect(await onHost("web2", "nginx -t 2>&1; systemctl is-active nginx")).toContain("active");
});

test("a host of another system is not touched", async () => {
  const other = "sed s/VERSION_ID=.*/VERSION_ID=12/ /usr/lib/os-release > /run/other";
  await onHost("web2", `${other} && mount --bind /run/other /usr/lib/os-release`);
  undo.push(() => rampart(["exec", "web2", "--", "umount", "/usr/lib/os-release"]));
  writeSite([upload]);
  expect(await refused(["apply"])).toMatch(/web2.*debian 12.*Debian 13/s);
});

test("a wrong SSH key is said to be one", async () => {
  const key = join(labDir(shop.name), "key");
  const connections = join(runDir(shop.name), "ssh");
  renameSync(key, `${key}.right`);
  // Connections that are open would go on without the key.
  renameSync(connections, `${connections}.right`);
  const restore = () => {
    rmSync(connections, { recursive: true, force: true });
    renameSync(`${connections}.right`, connections);
    renameSync(`${key}.right`, key);
  };
  try {
    await mustRun(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]);
    const said = await refused(["apply"]);
    expect(said).toContain("does not accept the key");
    expect(said).toContain("Nothing was changed");
  } finally {
    restore();
  }
});

test("two operators at once: one changes the site, the other is told who does and for how long", async () => {
  writeSite([variable]);
  const first = started(["apply"]);
  await first.says("plan");
  const second = await rampart(["apply"]);
  expect((await first.ended).exitCode).toBe(0);
  await expectCalm(second);
  expect(second.stderr).toMatch(/is being changed by someone else/);
  expect(second.stderr).toMatch(/held by \S+@\S+, for \d+ s/);
});

test("Ctrl-C: what is begun is finished, the rest is left, and the next apply goes on", async () => {
  writeSite([variable]);
  const apply = started(["apply"]);
  await apply.says("plan");
  apply.signal("SIGINT");
  const result = await apply.ended;
  await expectCalm(result);
  expect(result.stderr).toMatch(/Stopped on request/);
  await siteIsWell(60);
  expect((await ask("/")).status).toBe(200);
  await rampartDone(["apply"]);
  expect((await rampart(["plan", "--exit-code"])).exitCode).toBe(0);
});

test("an apply that was killed is finished by the next one", async () => {
  writeSite([variable, upload]);
  const client = await askWithoutPause();
  const apply = started(["apply"]);
  await apply.says("change shop1");
  apply.signal("SIGKILL");
  await apply.ended;
  await rampartDone(["apply"]);
  const asked = await client.stop();
  say(`apply killed, then applied: ${askedInWords(asked)}`);
  await expectUnnoticed(asked);
  expect((await rampart(["plan", "--exit-code"])).exitCode).toBe(0);
});

test("a port of this machine that is taken is named, with who holds it and a free one", async () => {
  const other = otherSite(`environments: { lab: { httpsPort: ${shop.httpsPort}, httpPort: 9481 } },`);
  expect(await refused(["up"], { site: other })).toMatch(/environments\.lab\.httpsPort.*tshop|the lab/s);
  const server = createServer().listen(9482, "127.0.0.1");
  onTestFinished(() => void server.close());
  const taken = otherSite("environments: { lab: { httpsPort: 9483, httpPort: 9482 } },");
  const said = await refused(["up"], { site: taken });
  expect(said).toContain("environments.lab.httpPort");
  expect(said.replace(/\s+/g, " ")).toContain(`process ${process.pid}`);
});

test("without root there is no lab, and that is said", async () => {
  // Nobody to itself, and still the owner of a checkout that only root can read, as one in /root is.
  const nobody = ["unshare", "--user"];
  const site = otherSite("");
  const said = await refused(["up"], { site, before: nobody, env: { HOME: "/tmp" } });
  expect(said).toMatch(/needs root/);
});

test("without a network there is no first image, and that is said", async () => {
  const site = otherSite("", 'packages: ["cowsay"],');
  const said = await refused(["up"], { site, before: ["unshare", "--net"], timeoutMs: 120_000 });
  expect(said).toMatch(/image/);
  expect(said).toMatch(/network|mirror|could not be fetched|resolve/i);
  await rampartDone(["down"], { site });
});

test("a Node that is too old is told by the launcher", async () => {
  const checkout = join(scratch, "old-node");
  mkdirSync(join(checkout, "bin"), { recursive: true });
  copyFileSync(join(root, "rampart"), join(checkout, "rampart"));
  const node = '#!/bin/sh\n[ "$1" = --version ] && echo v18.19.0 && exit 0\nexit 1\n';
  writeFileSync(join(checkout, "bin/node"), node, { mode: 0o755 });
  const path = `${join(checkout, "bin")}:${process.env.PATH}`;
  const result = await run([join(checkout, "rampart"), "status"], { env: { ...process.env, PATH: path } });
  expect(result.exitCode).not.toBe(0);
  expect(result.stderr).toContain("needs Node.js 20.19 or newer; this is v18.19.0");
  expect(result.stderr).toContain("apt-get install");
});

test("a verb, a host or a word that does not exist is answered with the nearest that does", async () => {
  expect(await refused(["exec", "wep1", "--", "true"])).toContain('"web1"');
  expect(await refused(["lab", "cutt", "web1"])).toContain("rampart lab");
  const verb = await rampart(["staus"]);
  expect(verb.exitCode).toBe(2);
  expect(verb.stderr).toContain(`Did you mean "status"`);
  expect(await refused(["status"], { site: "/nowhere" })).toContain("no such folder or file");
});

/** Runs what must be refused: calmly, without a secret, and the site goes on serving. Returns what it said. */
async function refused(words: readonly string[], options: RampartOptions = {}): Promise<string> {
  const result = await rampart(words, { timeoutMs: 120_000, ...options });
  await expectCalm(result);
  expect((await ask("/")).status).toBe(200);
  return result.stderr;
}

async function expectCalm(result: ProcessResult): Promise<void> {
  const said = result.stdout + result.stderr;
  expect(result.exitCode, said).not.toBe(0);
  expect(said).not.toMatch(/\n\s+at .*:\d+:\d+|defect of Rampart|mistake of its own/);
  expect(await secretsIn(said)).toEqual([]);
}

interface Started {
  /** Resolves when its progress names this; rejects when it ends without. */
  readonly says: (word: string) => Promise<void>;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly ended: Promise<ProcessResult>;
}

/** A command that runs while the test goes on. */
function started(words: readonly string[]): Started {
  const [program = "", ...args] = rampartArgv(words);
  const began = performance.now();
  const child = spawn(program, args, { env: rampartEnv(), stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const ended = new Promise<ProcessResult>((resolve) =>
    child.on("close", (code) => {
      const durationMs = performance.now() - began;
      resolve({ argv: args, exitCode: code ?? 137, durationMs, timedOut: false, stdout, stderr });
    }),
  );
  const says = async (word: string) => {
    while (!stderr.includes(word)) {
      if (child.exitCode !== null) throw new Error(`it ended without saying "${word}":\n${stdout}${stderr}`);
      await sleep(20);
    }
  };
  return { says, signal: (name) => void child.kill(name), ended };
}

/** The ten-line example under another name, which never gets hosts. */
function otherSite(line: string, serviceLine = ""): string {
  const folder = join(scratch, "other");
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, "examples/hello/app"), join(folder, "app"), { recursive: true });
  const text = `import { defineSite } from "rampart";
export default defineSite({
  name: "tother",
  domain: "www.other.example",
  app: { hello: { source: "./app", start: "node server.js", port: 3000, ${serviceLine} } },
  ${line}
});
`;
  writeFileSync(join(folder, "rampart.config.ts"), text);
  return folder;
}
