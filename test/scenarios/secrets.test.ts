import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { say, shopIsUp, siteStatus } from "./support/lab.ts";
import { watchProcesses } from "./support/processes.ts";
import { everythingSaid, onHost, rampart, rampartDone } from "./support/rampart.ts";
import { secretsIn, secretValues } from "./support/secrets.ts";
import { type Edit, scratch, shop, writeSite } from "./support/site.ts";

const environment = "/etc/rampart/app/shop.env";

// Runs last: the journals hold all that happened to the shop in the scenarios before.
beforeAll(async () => {
  await shopIsUp();
  writeSite();
});

test("there are secrets to look for", async () => {
  const names = [...(await secretValues()).keys()];
  expect(names).toEqual(expect.arrayContaining(["shop.database", "shop.SESSION_SECRET", "database.replication"]));
});

test("no journal, no other log, no process list and no staging folder and no binary log of any host holds a secret", async () => {
  const { hosts } = await siteStatus();
  const logs = "journalctl --no-pager -q; find /var/log -type f ! -path '*/journal/*' | xargs -r cat";
  const staged = "find /var/lib/rampart /run/rampart -type f";
  const logged = "find /var/lib/mysql -name 'bin.*' -o -name 'relay.*'";
  for (const { name } of hosts) {
    const script = `${logs}; ps -eo args ww; { ${staged}; ${logged}; } | xargs cat`;
    expect(await secretsIn(await onHost(name, script)), name).toEqual([]);
  }
});

test("no secret is in a plan or a process list, also not where a file that holds one changes", async () => {
  const variable: Edit = [
    'secrets: ["SESSION_SECRET"],',
    'secrets: ["SESSION_SECRET", "NEW_SECRET"],\n      env: { GREETING: "hi" },',
  ];
  writeSite([variable]);
  await onHost(
    "shop2",
    "sed -i 's/^DATABASE_PASSWORD=.*/DATABASE_PASSWORD=\"an-older-password\"/' /etc/rampart/app/shop.env",
  );
  const shown = await rampartDone(["plan", "-v"]);
  const json = await rampartDone(["plan", "--json"]);
  expect(shown.stdout).toContain("GREETING");
  expect(await secretsIn(shown.stdout + shown.stderr + json.stdout + json.stderr)).toEqual([]);
  expect(shown.stdout).not.toContain("an-older-password");
  const watched = watchProcesses();
  const applied = await rampartDone(["apply", "--json"]);
  // Put together there, so that only a process of the host has it in its command line.
  await onHost("db1", 'sh -c "sleep 0.5; true" "$(printf %s-%s said aloud)"');
  const { looks, commandLines } = watched.end();
  say(`process lists: ${looks} looks, ${commandLines.size} command lines`);
  expect([...commandLines].some((line) => line.includes("said-aloud"))).toBe(true);
  expect(await secretsIn([...commandLines].join("\n"))).toEqual([]);
  expect(await secretsIn(applied.stdout + applied.stderr)).toEqual([]);
  writeSite();
  await rampartDone(["apply"]);
});

test("no secret is in what render, config, explain, status and logs show", async () => {
  const tree = join(scratch, "rendered");
  await rampartDone(["render", tree]);
  const files = readdirSync(tree, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(100);
  const rendered = files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8")).join("\n");
  expect(rendered).toContain("{{secret:shop.database}}");
  expect(await secretsIn(rendered)).toEqual([]);
  const said = await Promise.all([
    rampart(["config"]),
    rampart(["config", "--json"]),
    rampart(["explain", "shop1:/etc/rampart/app/shop.env"]),
    rampart(["status"]),
    rampart(["logs", "shop1", "-n", "500"]),
    rampart(["logs", "db1", "-n", "500"]),
  ]);
  // 1: status tells of an alert that an earlier scenario has left.
  for (const { exitCode } of said) expect(exitCode).toBeLessThanOrEqual(1);
  expect(await secretsIn(said.map((one) => one.stdout + one.stderr).join("\n"))).toEqual([]);
});

test("on this machine secrets lie encrypted only, and the files that hold them are closed to others", async () => {
  const store = readFileSync(join(shop.folder, ".rampart/lab.age"), "utf8");
  expect(await secretsIn(store)).toEqual([]);
  const places = ["shop1 /etc/rampart/app/shop.env", "db1 /etc/rampart/database/accounts.sql"];
  for (const [host = "", file = ""] of places.map((place) => place.split(" ")))
    expect(await onHost(host, `stat -c %a ${file}`), file).toMatch(/^6[04]0$/);
});

test("an apply that fails at a file with secrets does not say them", async () => {
  await onHost("shop2", `mv ${environment} /root/kept && mkdir ${environment}`);
  const failed = await rampart(["apply"]);
  await onHost("shop2", `rm -r ${environment}*; mv /root/kept ${environment}`);
  expect(failed.exitCode).not.toBe(0);
  expect(failed.stdout + failed.stderr).toContain(environment);
  expect(await secretsIn(failed.stdout + failed.stderr)).toEqual([]);
  await rampartDone(["apply"]);
});

test("secrets that cannot be decrypted stop the run before anything is done", async () => {
  writeSite([["  web: {", '  firewall: { block: ["203.0.113.0/24"] },\n  web: {']]);
  const store = join(shop.folder, ".rampart/lab.age");
  const whole = readFileSync(store);
  const missing = { RAMPART_KEY_FILE: join(scratch, "no-such-key.txt") };
  for (const verb of ["plan", "apply", "up", "verify"]) {
    const stopped = await rampart([verb], { env: missing });
    expect(stopped.exitCode, verb).not.toBe(0);
    expect(stopped.stderr, verb).toMatch(/no-such-key\.txt/);
  }
  expect(existsSync(missing.RAMPART_KEY_FILE)).toBe(false);
  writeFileSync(store, whole.subarray(0, whole.length - 16));
  const damaged = await rampart(["apply"]);
  writeFileSync(store, whole);
  expect(damaged.exitCode).not.toBe(0);
  expect(damaged.stderr).toMatch(/it is damaged/);
  expect(await onHost("lb1", "nft list table inet rampart")).not.toContain("203.0.113.0/24");
  writeSite();
  expect((await rampart(["plan", "--exit-code"])).exitCode).toBe(0);
});

test("nothing that Rampart or the scenarios said holds a secret", async () => {
  const text = readFileSync(everythingSaid, "utf8");
  expect(text.length).toBeGreaterThan(10_000);
  expect(await secretsIn(text)).toEqual([]);
});
