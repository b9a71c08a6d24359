import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SiteStatus } from "../../src/model/status.ts";
import type { CertificateStatus } from "../../src/report/certificates.ts";
import { type AcmeServer, acmeServer, directory } from "./support/acme.ts";
import { askedInWords, askWithoutPause, failed } from "./support/asking.ts";
import { say } from "./support/lab.ts";
import { onHost, rampart, rampartDone, said } from "./support/rampart.ts";
import { root, scratch } from "./support/site.ts";
import { eventually } from "./support/time.ts";

// A site of seven hosts whose certificate comes from a public authority: pebble, which stands where visitors are.
const site = join(scratch, "acme");
const name = "tacme";
const domain = "www.tacme.example";
const of = { folder: site, domain, ca: ".rampart/lab-trust.crt" };
const here = { site, timeoutMs: 600_000 };
let authority: AcmeServer;

beforeAll(async () => {
  rmSync(site, { recursive: true, force: true });
  mkdirSync(site, { recursive: true });
  cpSync(join(root, "examples/hello/app"), join(site, "app"), { recursive: true });
  writeSite("");
  await rampart(["down"], here);
  await rampartDone(["up"], here);
  authority = await acmeServer(name, join(site, "pebble"), 90 * 86_400);
  writeFileSync(join(site, "trust.pem"), authority.trust);
});

afterAll(async () => {
  await authority?.stop();
  await rampart(["down"], here);
});

test("from the own CA to a public authority: first issue, by every balancer, without a failed request", async () => {
  writeFileSync(
    join(site, ".rampart/lab-trust.crt"),
    authority.trust + readFileSync(join(site, ".rampart/lab-ca.crt")),
  );
  const client = await askWithoutPause({ of, paths: ["/"] });
  writeSite(acme());
  await rampartDone(["apply"], here);
  const seconds = await eventually(120, async () => expect(await issuers()).toEqual(["pebble", "pebble"]));
  const asked = await client.stop();
  say(`first certificate ${seconds.toFixed(0)} s after the apply; ${askedInWords(asked)}`);
  expect(failed(asked)).toEqual([]);
  expect((await served("lb1"))?.names.toSorted()).toEqual(["tacme.example", domain]);
  // The name on the operator's machine stays with the own CA.
  expect(await onHost("lb1", handshake("www.tacme.localhost"), { site })).toContain("Rampart CA");
  expect((await rampart(["plan", "--exit-code"], here)).exitCode).toBe(0);
  await eventually(60, async () => expect((await rampart(["verify"], here)).exitCode).toBe(0));
});

test("renewed on request under load: both balancers serve the new one, and no request fails", async () => {
  const before = await serials();
  const client = await askWithoutPause({ of, paths: ["/"] });
  const result = await rampart(["cert", "renew", "public"], here);
  const asked = await client.stop();
  if (result.exitCode !== 0) throw new Error(said(result));
  say(`renewed in ${(result.durationMs / 1000).toFixed(1)} s; ${askedInWords(asked)}`);
  expect(failed(asked)).toEqual([]);
  const after = await serials();
  expect(after[0]).toBe(after[1]);
  expect(after[0]).not.toBe(before[0]);
  expect((await rampart(["plan", "--exit-code"], here)).exitCode).toBe(0);
});

test("a further name is ordered by the timer alone", async () => {
  writeSite(acme(), ["tacme.example", "shop.tacme.example"]);
  await rampartDone(["apply"], here);
  await eventually(150, async () => expect((await served("lb2"))?.names).toContain("shop.tacme.example"));
});

test("a balancer is lost during the renewal: the other serves the new one, the lost one as soon as it is back", async () => {
  const before = await serials();
  await rampartDone(["lab", "cut", "lb1"], here);
  await rampartDone(["cert", "renew", "public"], here);
  const renewed = await onHost("lb2", serial, { site });
  expect(renewed).not.toBe(before[1]);
  await rampartDone(["lab", "start", "lb1"], here);
  const seconds = await eventually(90, async () => expect(await onHost("lb1", serial, { site })).toBe(renewed));
  say(`a balancer that was away serves the new certificate ${seconds.toFixed(0)} s after its start`);
});

test("an order that fails leaves what is served, raises an alert, and is made up for", async () => {
  const before = await serials();
  await authority.close();
  const result = await rampart(["cert", "renew", "public"], here);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/visitors are served the one that there is/);
  expect(await serials()).toEqual(before);
  await eventually(60, async () => expect(await alerts()).toContain("CertificateOrderFailed"));
  await authority.open();
  await rampartDone(["cert", "renew", "public"], here);
  expect((await serials())[0]).not.toBe(before[0]);
  await eventually(60, async () => expect(await alerts()).toEqual([]));
});

test("the issuer gives its files to balancers only", async () => {
  const ask = (certificate: string) =>
    `curl -sS -o /dev/null -w '%{http_code}' --cacert /etc/rampart/ca.crt ${certificate} --resolve issuer.${name}.internal:8444:10.77.4.1 https://issuer.${name}.internal:8444/certificate.pem || true`;
  expect(await onHost("lb1", ask("--cert /etc/haproxy/tls/internal.pem"), { site })).toBe("200");
  expect(await onHost("lb1", ask(""), { site })).not.toBe("200");
  // Of the site's CA, but no balancer's; from mon1, since the firewall lets no other host come this far.
  const monitor = "--cert /etc/prometheus/tls/monitor.crt --key /etc/prometheus/tls/monitor.key";
  expect(await onHost("mon1", ask(monitor), { site })).toBe("403");
});

test("short-lived certificates are renewed by the timer, before two thirds of their life are over", async () => {
  await authority.stop();
  authority = await acmeServer(name, join(site, "pebble"), 240);
  writeFileSync(join(site, "trust.pem"), authority.trust);
  // Alerts about the short life are right, and no failure of this apply.
  await rampart(["apply"], here);
  await rampartDone(["cert", "renew", "public"], here);
  const first = await onHost("lb1", serial, { site });
  const seconds = await eventually(280, async () => expect(await onHost("lb1", serial, { site })).not.toBe(first));
  say(`a certificate that lives 240 s was replaced after ${seconds.toFixed(0)} s`);
  expect(seconds).toBeLessThan(240);
});

function acme(): string {
  return `tls: { certificate: "acme", email: "ops@tacme.example", directory: "${directory}", trust: "./trust.pem" },`;
}

function writeSite(tls: string, aliases: readonly string[] = ["tacme.example"]): void {
  writeFileSync(
    join(site, "rampart.config.ts"),
    `import { defineSite } from "rampart";

export default defineSite({
  name: "${name}",
  domain: "${domain}",
  aliases: ${JSON.stringify(aliases)},
  ${tls}
  web: { hosts: 1 },
  app: { hello: { source: "./app", start: "node server.js", port: 3000, hosts: 1 } },
  environments: { lab: { httpsPort: 9844, httpPort: 9881 } },
});
`,
  );
}

const serial = `${handshake(domain)} | grep serial`;

function handshake(sni: string): string {
  return `openssl s_client -connect 127.0.0.1:8406 -servername ${sni} < /dev/null 2>/dev/null | openssl x509 -noout -serial -issuer`;
}

async function serials(): Promise<readonly string[]> {
  return await Promise.all(["lb1", "lb2"].map((host) => onHost(host, serial, { site })));
}

async function served(host: string): Promise<CertificateStatus | undefined> {
  const { stdout } = await rampart(["cert", "list", "--json"], here);
  const { certificates } = JSON.parse(stdout) as { certificates: readonly CertificateStatus[] };
  return certificates.find((one) => one.host === host && one.file === "served");
}

async function issuers(): Promise<readonly string[]> {
  const both = await Promise.all(["lb1", "lb2"].map(served));
  return both.map((one) => (/pebble/i.test(one?.issuer ?? "") ? "pebble" : (one?.issuer ?? "nobody")));
}

async function alerts(): Promise<readonly string[]> {
  const { stdout } = await rampart(["status", "--json"], here);
  return (JSON.parse(stdout) as SiteStatus).alerts.map((one) => one.name);
}
