import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Plan } from "../../src/model/plan.ts";
import { askedInWords, askWithoutPause } from "./support/asking.ts";
import { say, shopIsUp, siteIsWell, siteStatus } from "./support/lab.ts";
import { onHost, rampart, rampartDone, rampartJson, said } from "./support/rampart.ts";
import { type Edit, editSource, exampleText, writeSite } from "./support/site.ts";
import { eventually } from "./support/time.ts";
import { expectUnnoticed } from "./support/unnoticed.ts";
import { ask } from "./support/visitor.ts";

const upload: Edit = ['web: { files: "./public" }', 'web: { files: "./public", maxBodyMiB: 24 }'];
const variable: Edit = [
  'secrets: ["SESSION_SECRET"],',
  'secrets: ["SESSION_SECRET"],\n      env: { GREETING: "hello" },',
];
const three: readonly Edit[] = [
  ['web: { files: "./public" }', 'web: { files: "./public", hosts: 3 }'],
  ['secrets: ["SESSION_SECRET"],', 'secrets: ["SESSION_SECRET"],\n      hosts: 3,'],
];

beforeAll(async () => {
  await shopIsUp();
  writeSite();
  await rampartDone(["apply"]);
});

afterAll(async () => {
  writeSite();
  await rampartDone(["apply"]);
});

test("apply right after up changes nothing, and says so", async () => {
  const { stdout, durationMs } = await rampartDone(["apply"]);
  expect(stdout).toMatch(/nothing to change/i);
  say(`apply that changes nothing: ${(durationMs / 1000).toFixed(2)} s`);
  expect((await rampart(["plan", "--exit-code"])).exitCode).toBe(0);
});

test("a changed line of the site file is exactly that change in the plan, and no request fails while it is applied", async () => {
  writeSite([upload]);
  expect(await planned()).toEqual([
    "web1 file:/etc/nginx/nginx.conf",
    "web1 unit:nginx.service",
    "web2 file:/etc/nginx/nginx.conf",
    "web2 unit:nginx.service",
  ]);
  const shown = await rampart(["plan", "--exit-code", "-v"]);
  expect(shown.exitCode).toBe(3);
  expect(shown.stdout).toContain("/etc/nginx/nginx.conf");
  expect(shown.stdout).toMatch(/-.*client_max_body_size 16m/);
  expect(shown.stdout).toMatch(/\+.*client_max_body_size 24m/);
  await appliedUnnoticed("a larger upload");
  expect(await onHost("web2", "grep client_max_body_size /etc/nginx/nginx.conf")).toContain("24m");
});

test("a service's new variable restarts it host by host, and no request fails", async () => {
  writeSite([variable]);
  const changes = await planned();
  expect(changes).toContain("shop1 file:/etc/rampart/app/shop.env");
  expect(changes).toContain("shop2 unit:app-shop.service");
  expect(changes.filter((change) => /^(db|lb|mon|rec)/.test(change))).toEqual([]);
  await appliedUnnoticed("a variable");
  const environment = await onHost("shop1", "cat /proc/$(systemctl show -P MainPID app-shop.service)/environ");
  expect(environment).toContain("GREETING=hello");
});

test("a new release of a service and of the files arrives host by host, and no request fails", async () => {
  const restores = [
    editSource("shop/src/views/layout.js", ["Served by ${settings", "Freshly served by ${settings"]),
    editSource("public/assets/base.css", ["\n:root {", "\n/* new */\n:root {"]),
  ];
  const restore = () => restores.forEach((one) => void one());
  onTestFinished(restore);
  const changes = await planned();
  expect(changes.filter((change) => change.includes("release:"))).toEqual([
    "shop1 release:shop",
    "shop2 release:shop",
    "web1 release:public",
    "web2 release:public",
  ]);
  await appliedUnnoticed("a release");
  expect((await ask("/")).body).toContain("Freshly served by");
  // nginx looks once a second whether a file is still the one.
  await eventually(2, async () => expect((await ask("/assets/base.css")).body).toContain("/* new */"));
  restore();
  await appliedUnnoticed("the release before");
  expect((await ask("/")).body).not.toContain("Freshly served by");
});

test("two tiers grow from 2 to 3 hosts and shrink back, and no request fails", async () => {
  writeSite(three);
  const grown = await rampart(["plan", "--exit-code"]);
  expect(grown.exitCode).toBe(3);
  expect(grown.stdout).toMatch(/shop3/);
  expect(grown.stdout).toMatch(/web3/);
  await appliedUnnoticed("2 to 3 hosts");
  await siteIsWell(60);
  const status = await siteStatus();
  expect(status.hosts.filter((host) => host.state === "well").map((host) => host.name)).toEqual(
    expect.arrayContaining(["web3", "shop3"]),
  );
  await eventually(10, async () => expect(await servedBy(20)).toContain("shop3"));
  const address = status.hosts.find((host) => host.name === "shop3")?.address ?? "nowhere";
  expect(await onHost("db1", "nft list ruleset")).toContain(address);

  writeSite();
  const shrunk = await rampart(["plan"]);
  expect(shrunk.stdout).toMatch(/shop3/);
  await appliedUnnoticed("3 to 2 hosts");
  await siteIsWell(60);
  expect((await siteStatus()).hosts.map((host) => host.name)).not.toContain("shop3");
  expect((await rampart(["exec", "shop3", "--", "true"])).stderr).toContain("shop3");
  for (const host of ["db1", "db2", "web1", "mon1"])
    expect(await onHost(host, "nft list ruleset; cat /etc/hosts"), host).not.toContain(address);
  expect(await onHost("web1", "cat /etc/haproxy/haproxy.cfg")).not.toContain(address);
  expect((await rampart(["plan", "--exit-code"])).exitCode).toBe(0);
});

test("what was changed by hand is found and mended", async () => {
  await Promise.all([
    onHost("web1", "sed -i 's/keepalive_timeout 1h/keepalive_timeout 5s/' /etc/nginx/nginx.conf"),
    onHost("shop2", "systemctl disable --now app-shop.service"),
    onHost("db3", "chmod 0666 /etc/rampart/ca.crt"),
    onHost("lb2", "nft insert rule inet rampart input tcp dport 9999 accept"),
    onHost("mon1", "rm /etc/prometheus/rules/rampart.yml"),
  ]);
  const changes = await planned();
  expect(changes).toEqual(
    expect.arrayContaining([
      "web1 file:/etc/nginx/nginx.conf",
      "shop2 unit:app-shop.service",
      "db3 file:/etc/rampart/ca.crt",
      "lb2 firewall:/etc/nftables.conf",
      "mon1 file:/etc/prometheus/rules/rampart.yml",
    ]),
  );
  expect(changes.filter((change) => /^(lb1|web2|shop1|rec|db1|db2)/.test(change))).toEqual([]);
  await appliedUnnoticed("drift mended");
  expect(await onHost("web1", "grep keepalive_timeout /etc/nginx/nginx.conf")).toContain("1h");
  expect((await rampart(["plan", "--exit-code"])).exitCode).toBe(0);
  await siteIsWell(60);
});

test("what the site file no longer wants is taken away, and comes back when it does", async () => {
  const oneService: Edit = [/ {4}recommendations: \{[\s\S]*?\n {4}\},\n/.exec(exampleText())?.[0] ?? "", ""];
  writeSite([oneService]);
  const shown = await rampart(["plan"]);
  expect(shown.stdout).toContain("recommendations1");
  await appliedUnnoticed("a service less", ["/", "/search?q=mug", "/assets/base.css"]);
  expect((await siteStatus()).hosts.map((host) => host.name)).not.toContain("recommendations1");
  expect((await ask("/api/recommendations?product=12")).status).toBe(404);
  expect(await onHost("web1", "cat /etc/haproxy/haproxy.cfg")).not.toContain("app_recommendations");

  writeSite();
  await appliedUnnoticed("the service again", ["/", "/search?q=mug", "/assets/base.css"]);
  expect((await ask("/api/recommendations?product=12")).status).toBe(200);
  await siteIsWell(60);
});

/** Applies the site file as it is while a client asks without pause: no request fails, and nothing is left to change. */
async function appliedUnnoticed(what: string, paths?: readonly string[]): Promise<void> {
  const client = await askWithoutPause(paths ? { paths } : {});
  const applied = await rampart(["apply"]);
  const asked = await client.stop();
  say(`${what}: apply ${(applied.durationMs / 1000).toFixed(1)} s, ${askedInWords(asked)}`);
  if (applied.exitCode !== 0) throw new Error(`apply ended with ${applied.exitCode}\n${said(applied)}`);
  await expectUnnoticed(asked);
  expect(await planned()).toEqual([]);
}

/** Every change of the plan as `HOST RESOURCE`, sorted. */
async function planned(): Promise<readonly string[]> {
  const { plan } = await rampartJson<{ plan: Plan }>(["plan"]);
  const changes = plan.stages.flatMap((stage) =>
    stage.hosts.flatMap(({ host, changes }) => changes.map((change) => `${host} ${change.id}`)),
  );
  return changes.toSorted();
}

/** The instances that answered so many visitors. */
async function servedBy(visitors: number): Promise<readonly string[]> {
  const pages = await Promise.all(Array.from({ length: visitors }, () => ask("/cart")));
  return [...new Set(pages.map(({ body }) => /erved by (\w+)/.exec(body)?.[1] ?? "nobody"))];
}
