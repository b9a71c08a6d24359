import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { shopIsUp, siteStatus } from "./support/lab.ts";
import { onHost, rampart, rampartDone } from "./support/rampart.ts";
import { secretsIn, secretValues } from "./support/secrets.ts";
import { type Edit, scratch, shop, writeSite } from "./support/site.ts";

// Runs last: the journals hold all that happened to the shop in the scenarios before.
beforeAll(async () => {
  await shopIsUp();
  writeSite();
});

test("there are secrets to look for", async () => {
  const names = [...(await secretValues()).keys()];
  expect(names).toEqual(expect.arrayContaining(["shop.database", "shop.SESSION_SECRET", "database.replication"]));
});

test("no journal, no process list and no staging folder of any host holds a secret", async () => {
  const { hosts } = await siteStatus();
  for (const { name } of hosts) {
    const script = "journalctl --no-pager -q; ps -eo args ww; find /var/lib/rampart /run/rampart -type f | xargs cat";
    expect(await secretsIn(await onHost(name, script)), name).toEqual([]);
  }
});

test("no secret is in a plan, also not where a file that holds one changes", async () => {
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
  const applied = await rampartDone(["apply", "--json"]);
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
  expect(said.map((one) => one.exitCode)).toEqual(said.map(() => 0));
  expect(await secretsIn(said.map((one) => one.stdout + one.stderr).join("\n"))).toEqual([]);
});

test("on this machine secrets lie encrypted only, and the files that hold them are closed to others", async () => {
  const store = readFileSync(join(shop.folder, ".rampart/lab.age"), "utf8");
  expect(await secretsIn(store)).toEqual([]);
  const places = ["shop1 /etc/rampart/app/shop.env", "db1 /etc/rampart/database/accounts.sql"];
  for (const [host = "", file = ""] of places.map((place) => place.split(" ")))
    expect(await onHost(host, `stat -c %a ${file}`), file).toMatch(/^6[04]0$/);
});
