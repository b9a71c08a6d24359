import { existsSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { checkOf } from "./support/checkers.ts";
import { shopIsUp, siteIsWell, siteStatus } from "./support/lab.ts";
import { onHost, rampart, rampartDone } from "./support/rampart.ts";
import { shop } from "./support/site.ts";

const hosts = [
  ...["lb1", "lb2", "web1", "web2", "shop1", "shop2", "recommendations1", "recommendations2"],
  ...["db1", "db2", "db3", "mon1"],
];

beforeAll(shopIsUp);

test("status says for machines that every host is well, who holds the address, who is primary, and that no alert fires", async () => {
  await siteIsWell(30);
  const status = await siteStatus();
  expect(status).toMatchObject({
    site: shop.name,
    environment: "lab",
    url: `https://${shop.localDomain}:${shop.httpsPort}/`,
    address: { ip: shop.virtual },
    database: { noLoss: true, primary: expect.stringMatching(/^db[123]$/) },
    alerts: [],
    alertsKnown: true,
    exitCode: 0,
  });
  expect(existsSync(status.ca ?? "")).toBe(true);
  expect(status.hosts.map((host) => host.name)).toEqual(hosts);
  for (const host of status.hosts) {
    expect(host.state, host.name).toBe("well");
    expect(host.address).toMatch(/^10\.77\./);
    expect(host.role).toMatch(/^(balancer|web|app|database|monitor)$/);
  }
  expect(["lb1", "lb2"]).toContain(status.address.holder);
  const primary = status.database?.primary;
  expect(status.database?.members.map(({ host, standing }) => [host, standing])).toEqual(
    ["db1", "db2", "db3"].map((host) => [host, host === primary ? "primary" : "replica"]),
  );
  for (const member of status.database?.members ?? []) expect(member.lagSeconds, member.host).toBeTypeOf("number");
});

test("status says the same to people, in less than a screen", async () => {
  const { stdout } = await rampartDone(["status"]);
  for (const word of [...hosts, shop.virtual, `https://${shop.localDomain}:${shop.httpsPort}/`, "primary", "replica"])
    expect(stdout).toContain(word);
  expect(stdout.split("\n").length).toBeLessThan(45);
});

test("the balancer that status names holds the address, and the other does not", async () => {
  const { address } = await siteStatus();
  const script = `ip -o -4 addr show | grep -cF ' ${shop.virtual}/' || true`;
  for (const balancer of ["lb1", "lb2"])
    expect(await onHost(balancer, script), balancer).toBe(balancer === address.holder ? "1" : "0");
});

test.each(hosts)("every file that Rampart made for %s passes the program that reads it", async (host) => {
  const generation = JSON.parse(await onHost(host, "cat /var/lib/rampart/generation.json"));
  const files = (generation.owned as string[])
    .filter((id) => /^(file|firewall):/.test(id))
    .map((id) => id.slice(id.indexOf(":") + 1));
  expect(files.length).toBeGreaterThan(5);
  const checks = files.map((file) => ({ file, check: checkOf(file) }));
  expect(checks.filter(({ check }) => check === undefined).map(({ file }) => file)).toEqual([]);
  const scripts = [...new Set(checks.flatMap(({ check }) => check?.script ?? []))];
  const lines = scripts.map((script) => `out=$( { ${script}\n} 2>&1 ) || echo "REFUSED: $out"`);
  const said = await rampart(["exec", host, "--", "sh", "-c", `export LC_ALL=C\n${lines.join("\n")}`]);
  expect(`${said.stdout}${said.exitCode}`).toBe("0");
});
