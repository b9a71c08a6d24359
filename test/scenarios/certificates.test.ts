import { spawn } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Authority, createAuthority } from "../../src/pki/authority.ts";
import { issueCertificate } from "../../src/pki/certificate.ts";
import type { CertificateStatus } from "../../src/report/certificates.ts";
import { askedInWords, askWithoutPause, failed } from "./support/asking.ts";
import { say, shopIsUp } from "./support/lab.ts";
import { onHost, rampart, rampartArgv, rampartDone, rampartEnv, said } from "./support/rampart.ts";
import { type Edit, shop, writeSite } from "./support/site.ts";
import { eventually } from "./support/time.ts";
import { customer } from "./support/visitor.ts";

const caFile = join(shop.folder, ".rampart/lab-ca.crt");

beforeAll(async () => {
  await shopIsUp();
  writeSite();
  await rampartDone(["apply"]);
});
// A rotation that a failed test left half-way would be met by all that follows; so would a site file.
afterAll(async () => {
  writeSite();
  if (caCount() > 1) await rampart(["cert", "rotate-ca"], { timeoutMs: 600_000 });
});

test("every certificate of every host is listed, and what the balancers serve", async () => {
  const all = await certificates();
  expect(all.filter((one) => one.state !== "well" || one.issuer !== "site CA")).toEqual([]);
  expect(new Set(all.map((one) => one.host)).size).toBe(12);
  const served = all.filter((one) => one.file === "served");
  expect(served.map((one) => one.host)).toEqual(["lb1", "lb2"]);
  expect(served[0]?.names).toContain(shop.domain);
  expect((await rampartDone(["cert", "list"])).stdout).toMatch(/\d+ certificates, all well; the first ends in 89 days/);
});

test("a certificate that was put there by hand is served, seen as foreign, and replaced; one that was not loaded is loaded", async () => {
  const serial = await onHost("lb1", served);
  await onHost(
    "lb1",
    `cd /tmp && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout k -out c -days 2 -subj /CN=stray 2>/dev/null
cat c k > /etc/haproxy/tls/public.pem; systemctl start rampart-certificate.service`,
  );
  expect(await onHost("lb1", served)).not.toBe(serial);
  const list = await rampart(["cert", "list", "--json"]);
  expect(list.exitCode).toBe(1);
  const all = (JSON.parse(list.stdout) as { certificates: CertificateStatus[] }).certificates;
  expect(all.find((one) => one.host === "lb1" && one.file.endsWith("public.pem"))?.state).toBe("foreign");
  await rampartDone(["apply"]);
  expect((await certificates()).filter((one) => one.state !== "well")).toEqual([]);
});

test("one certificate is renewed on request, then all of them, and no request fails", async () => {
  const before = await onHost("web1", serialOf("/etc/nginx/tls/web.crt"));
  const other = await onHost("web2", serialOf("/etc/nginx/tls/web.crt"));
  await unnoticed("one certificate renewed", ["cert", "renew", "web1:/etc/nginx/tls/web.crt"]);
  expect(await onHost("web1", serialOf("/etc/nginx/tls/web.crt"))).not.toBe(before);
  expect(await onHost("web2", serialOf("/etc/nginx/tls/web.crt"))).toBe(other);
  await unnoticed("every certificate renewed", ["cert", "renew", "--all"]);
  expect(await onHost("web2", serialOf("/etc/nginx/tls/web.crt"))).not.toBe(other);
  expect((await certificates()).filter((one) => one.state !== "well")).toEqual([]);
});

test("what is no certificate of the site is refused, and nothing is changed", async () => {
  const result = await rampart(["cert", "renew", "web1:/etc/passwd", "web9:/etc/nginx/tls/web.crt"]);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/web1:\/etc\/passwd[\s\S]*web9:/);
});

test("a pair that does not belong together, or is for other names, has ended or is encrypted, is refused before any host is asked", async () => {
  const foreign = await createAuthority("elsewhere", new Date());
  writeSite(yours);
  await give(foreign);
  const good = readFileSync(join(shop.folder, "www.key"), "utf8");
  await give(foreign);
  writeFileSync(join(shop.folder, "www.key"), good);
  await refused(/"\.\/www\.key" is not the key of "\.\/www\.crt"/);
  await give(foreign, [shop.domain]);
  await refused(/it is not for shop\.example, under which the site answers, but for www\.shop\.example/);
  await give(foreign, [shop.domain, shop.alias], new Date(Date.now() - 100 * 86_400_000));
  await refused(/\.\/www\.crt ended on .*: every browser refuses it/);
  await give(foreign);
  const key = createPrivateKey(readFileSync(join(shop.folder, "www.key"), "utf8"));
  const locked = key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" });
  writeFileSync(join(shop.folder, "www.key"), locked);
  await refused(/"\.\/www\.key" is encrypted/);
  writeSite();
});

test("a pair of yours, of a CA that Debian does not know, is served by both balancers, and a newer one takes its place unnoticed", async () => {
  const foreign = await createAuthority("elsewhere", new Date());
  writeFileSync(join(shop.folder, "trust.pem"), foreign.certificatePem);
  writeFileSync(join(shop.folder, "both.pem"), foreign.certificatePem + readFileSync(caFile));
  writeSite();
  const client = await askWithoutPause({ of: { folder: shop.folder, domain: shop.domain, ca: "both.pem" } });
  writeSite(yours);
  const serials = [];
  for (let count = 0; count < 2; count += 1) {
    serials.push(await give(foreign));
    await rampartDone(["apply"]);
    const both = await Promise.all(["lb1", "lb2"].map((host) => onHost(host, served)));
    expect(both).toEqual([`serial=${serials[count]}`, `serial=${serials[count]}`]);
  }
  const list = await certificates();
  expect(list.filter((one) => one.file === "served").map((one) => one.issuer)).toEqual([
    "elsewhere Rampart CA",
    "elsewhere Rampart CA",
  ]);
  expect(list.filter((one) => one.state !== "well")).toEqual([]);
  // The name on the operator's machine, for which nobody else vouches.
  const local = served.replace("www.shop.example", shop.localDomain).replace("-serial", "-issuer");
  expect(await onHost("lb1", local)).toContain(shop.name);
  await rampartDone(["verify"]);
  writeSite();
  await rampartDone(["apply"]);
  const asked = await client.stop();
  say(`two pairs of the user's, and back: ${askedInWords(asked)}`);
  expect(failed(asked)).toEqual([]);
});

test("the CA is rotated in three steps, killed on the way and taken up again, and no request fails", async () => {
  const old = readFileSync(caFile, "utf8");
  const client = await askWithoutPause();
  await rampartDone(["cert", "rotate-ca", "--pause"], { timeoutMs: 600_000 });
  expect(caCount()).toBe(2);
  expect((await certificates()).filter((one) => one.issuer !== "site CA")).toEqual([]);
  expect(await onHost("db2", "grep -c BEGIN /etc/rampart/ca.crt")).toBe("2");
  await cutOff(["cert", "rotate-ca"], /web1/);
  const half = (await certificates()).filter((one) => one.issuer !== "site CA");
  say(`cut off: ${half.length} certificates are still of the other CA`);
  await replicates();
  await rampartDone(["cert", "rotate-ca"], { timeoutMs: 600_000 });
  const asked = await client.stop();
  say(`the CA rotated: ${askedInWords(asked)}`);
  expect(failed(asked)).toEqual([]);
  await replicates();
  expect(caCount()).toBe(1);
  expect(readFileSync(caFile, "utf8")).not.toBe(old);
  expect((await certificates()).filter((one) => one.issuer !== "site CA" || one.state !== "well")).toEqual([]);
  expect(await onHost("db2", "grep -c BEGIN /etc/rampart/ca.crt")).toBe("1");
  expect((await rampart(["plan", "--exit-code"])).exitCode).toBe(0);
});

const served =
  "openssl s_client -connect 127.0.0.1:8406 -servername www.shop.example < /dev/null 2>/dev/null | openssl x509 -noout -serial";

const yours: readonly Edit[] = [
  [
    "  web: {",
    '  tls: { certificate: { certificate: "./www.crt", key: "./www.key" }, trust: "./trust.pem" },\n\n  web: {',
  ],
];

/** Puts a pair of a foreign CA where the site file looks for it; gives its serial number as openssl writes it. */
async function give(
  authority: Authority,
  dnsNames: readonly string[] = [shop.domain, shop.alias],
  now = new Date(),
): Promise<string> {
  const request = { commonName: shop.domain, dnsNames, ipAddresses: [], usages: ["server"], days: 90 } as const;
  const { certificatePem, keyPem, serial } = await issueCertificate(authority, request, now);
  writeFileSync(join(shop.folder, "trust.pem"), authority.certificatePem);
  writeFileSync(join(shop.folder, "www.crt"), certificatePem + authority.certificatePem);
  writeFileSync(join(shop.folder, "www.key"), keyPem.reveal());
  return serial.toUpperCase();
}

async function refused(reason: RegExp): Promise<void> {
  const result = await rampart(["apply"]);
  expect(result.exitCode).toBe(1);
  expect(result.stderr.replaceAll(/\s+/g, " ")).toMatch(reason);
}

function serialOf(file: string): string {
  return `openssl x509 -in ${file} -noout -serial`;
}

async function certificates(): Promise<readonly CertificateStatus[]> {
  const { stdout } = await rampart(["cert", "list", "--json"]);
  return (JSON.parse(stdout) as { certificates: readonly CertificateStatus[] }).certificates;
}

/** Each replica connects to the primary anew, and then has what a visitor wrote. */
async function replicates(): Promise<void> {
  for (const host of ["db2", "db3"]) await onHost(host, "mariadb -e 'STOP SLAVE IO_THREAD; START SLAVE IO_THREAD'");
  const email = `visitor-${Date.now()}@example.org`;
  const form = { name: "A Visitor", email, password: "a harbour below the hill", next: "/" };
  expect((await customer().post("/register", "/register", form)).status).toBe(303);
  // The site writes on meanwhile, so a replica may be past it when it is asked.
  const number = (position: string) => Number(position.trim().split("-").at(-1));
  const written = number(await onHost("db1", "mariadb -BNe 'SELECT @@gtid_binlog_pos'"));
  for (const host of ["db2", "db3"])
    await eventually(10, async () => {
      const applied = await onHost(host, "mariadb -BNe 'SELECT @@gtid_slave_pos'");
      expect(number(applied), `${host} stands at ${applied}`).toBeGreaterThanOrEqual(written);
    });
}

function caCount(): number {
  return readFileSync(caFile, "utf8").split("BEGIN CERTIFICATE").length - 1;
}

async function unnoticed(what: string, words: readonly string[]): Promise<void> {
  const client = await askWithoutPause();
  const result = await rampart(words, { timeoutMs: 600_000 });
  const asked = await client.stop();
  say(`${what}: ${(result.durationMs / 1000).toFixed(1)} s, ${askedInWords(asked)}`);
  if (result.exitCode !== 0) throw new Error(said(result));
  expect(failed(asked)).toEqual([]);
}

/** Runs it until it reports on `sign`, then takes it away as a power cut would. */
async function cutOff(words: readonly string[], sign: RegExp): Promise<void> {
  const [program = "", ...args] = rampartArgv(words);
  const child = spawn(program, args, { env: rampartEnv(), stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  child.stderr.on("data", (chunk) => {
    output += chunk;
    if (sign.test(output)) child.kill("SIGKILL");
  });
  await ended;
  if (!sign.test(output)) throw new Error(`it ended by itself: ${output}`);
}
