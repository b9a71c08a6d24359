import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outsideCommand } from "../../src/lab/lab.ts";
import { run } from "../../src/lab/process.ts";
import { folder, name, site, siteIsDown, siteIsUp } from "./support/alert-site.ts";
import { say } from "./support/lab.ts";
import { onHost, rampart, rampartDone, rampartJson } from "./support/rampart.ts";
import type { Receivers } from "./support/receivers.ts";
import { eventually } from "./support/time.ts";

// The dashboard on a public name of its own: seen by those who log in, by nobody else, and from nowhere but the balancer.

const domain = "ops.alerts.example";
const address = `https://${domain}`;
const people = { anna: "öpen sesame 4711", bert: "another one 0815" };
const port = 8412;

let told: Receivers;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  await usersAre("anna");
  told = await siteIsUp({ always: { dashboard: { domain, users: "./dashboard.users" } } });
}, 1_800_000);

afterAll(async () => {
  await told?.stop();
  await siteIsDown();
});

async function usersAre(...names: readonly (keyof typeof people)[]): Promise<void> {
  const lines = names.map(async (user) => {
    const made = await run(["openssl", "passwd", "-6", "-stdin"], { input: `${people[user]}\n` });
    return `${user}:${made.stdout.trim()}\n`;
  });
  writeFileSync(join(folder, "dashboard.users"), (await Promise.all(lines)).join(""));
}

interface Seen {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** What a visitor gets who logs in so, if at all. */
async function ask(path: string, login?: string, ...more: readonly string[]): Promise<Seen> {
  const words = [
    "curl",
    "-sS",
    "-i",
    "-m",
    "20",
    "--http1.1",
    "--cacert",
    join(folder, ".rampart/lab-ca.crt"),
    ...more,
  ];
  const known = login === undefined ? [] : ["-u", login];
  const { stdout, stderr } = await run(outsideCommand(name, [...words, ...known, `${address}${path}`]));
  const [head = "", ...body] = stdout.split("\r\n\r\n");
  const status = Number(/^HTTP\/[\d.]+ (\d+)/.exec(head)?.[1] ?? 0);
  if (status === 0) throw new Error(`no answer: ${stderr}`);
  return { status, head, body: body.join("\r\n\r\n") };
}

const anna = `anna:${people.anna}`;
const bert = `bert:${people.bert}`;

test("whoever logs in sees the site as it is now; whoever does not sees nothing of it", async () => {
  const asked = await ask("/");
  expect(asked.status).toBe(401);
  expect(asked.head).toMatch(/www-authenticate: Basic realm="dashboard"/i);
  expect(asked.head).toMatch(/strict-transport-security/i);
  for (const path of ["/", "/api/overview", "/page.js", "/nothing"]) expect((await ask(path)).status, path).toBe(401);

  const page = await ask("/", anna);
  expect(page.status).toBe(200);
  expect(page.body).toContain("/page.js");
  expect(page.head).toMatch(/content-security-policy: default-src 'none'/i);
  const overview = JSON.parse((await ask("/api/overview", anna)).body) as { data: { fresh: boolean } };
  expect(overview.data.fresh).toBe(true);
  expect((await ask("/page.js", anna)).status).toBe(200);
  expect((await ask("/api/overview", anna, "-X", "POST")).status).toBe(405);
  const plain = await run(
    outsideCommand(name, ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", `http://${domain}/`]),
  );
  expect(plain.stdout).toBe(`308 ${address}/`);
});

test("the site is what its file says, and from elsewhere than the balancer nobody reaches the dashboard", async () => {
  await rampartDone(["verify"], { ...site, timeoutMs: 600_000 });
  await rampartDone(["firewall", "verify"], { ...site, timeoutMs: 600_000 });
  const may = async (host: string) =>
    (
      JSON.parse((await rampart(["firewall", "explain", host, `mon1:${port}`, "--json"], site)).stdout) as {
        allowed: boolean;
      }
    ).allowed;
  expect([await may("lb1"), await may("web1"), await may("hello1")]).toEqual([true, false, false]);
  // Whoever holds the balancer's place, and not its certificate, is shown nothing either.
  const stranger = await onHost(
    "lb1",
    `curl -sk -m 5 -o /dev/null -w '%{http_code}' https://mon1:${port}/ || true`,
    site,
  );
  expect(stranger).toMatch(/^(400|000)$/);
});

test("who may log in is changed by an apply, at once and without a new start of HAProxy", async () => {
  const began = async () => await onHost("lb1", "systemctl show -P ExecMainStartTimestampMonotonic haproxy", site);
  const before = await began();
  await usersAre("bert");
  await rampartDone(["apply"], { ...site, timeoutMs: 600_000 });
  await eventually(15, async () => expect((await ask("/", bert)).status).toBe(200));
  expect((await ask("/", anna)).status).toBe(401);
  expect(await began()).toBe(before);
  await usersAre("anna", "bert");
  await rampartDone(["apply"], { ...site, timeoutMs: 600_000 });
  await eventually(15, async () => expect((await ask("/", anna)).status).toBe(200));
});

test("passwords and what is kept of them are shown nowhere", async () => {
  const kept = await onHost("lb1", "grep -o 'password .*' /etc/haproxy/dashboard-users.cfg | cut -c 10-", site);
  const hashes = kept.split("\n");
  expect(hashes).toHaveLength(2);
  expect(await onHost("lb1", "stat -c '%a %U' /etc/haproxy/dashboard-users.cfg", site)).toBe("600 root");
  for (const words of [
    ["config"],
    ["config", "--json"],
    ["explain", "lb1:/etc/haproxy/dashboard-users.cfg"],
    ["plan", "-v"],
  ]) {
    const { stdout, stderr } = await rampart(words, site);
    for (const secret of [...hashes, ...Object.values(people)])
      expect(stdout + stderr, words.join(" ")).not.toContain(secret);
  }
});

test("the monitor is away: a calm page, and the site goes on", async () => {
  await rampartDone(["lab", "cut", "mon1"], site);
  const away = await ask("/", anna);
  expect(away.status).toBe(503);
  expect(away.body).toContain("<!doctype html>");
  const visitor = await run(
    outsideCommand(name, [
      "curl",
      "-sS",
      "-m",
      "10",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      "--cacert",
      join(folder, ".rampart/lab-ca.crt"),
      "https://www.alerts.example/",
    ]),
  );
  expect(visitor.stdout).toBe("200");
  await rampartDone(["lab", "start", "mon1"], site);
  await eventually(90, async () => expect((await ask("/api/overview", anna)).body).toContain('"fresh":true'));
});

test("a hundred wrong log-ins lead to a ban after ten, which the right password does not pass either, and which ends by hand", async () => {
  const began = performance.now();
  const seen: number[] = [];
  for (let guess = 0; guess < 100; guess += 1) seen.push((await ask("/", `anna:guess ${guess}`)).status);
  say(
    `100 guesses in ${((performance.now() - began) / 1000).toFixed(1)} s: ${seen.filter((one) => one === 401).length} were looked at`,
  );
  expect(seen.slice(0, 9)).toEqual(Array(9).fill(401));
  expect(seen.slice(11)).toEqual(Array(89).fill(403));
  expect((await ask("/", anna)).status).toBe(403);
  const { bans } = await rampartJson<{ bans: { address: string }[] }>(["bans"], site);
  expect(bans).toMatchObject([{ address: "198.51.100.1" }]);
  await rampartDone(["bans", "lift", "198.51.100.1"], site);
  await eventually(5, async () => expect((await ask("/", anna)).status).toBe(200));
});
