import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CertificateStatus } from "../../src/report/certificates.ts";
import { askedInWords, askWithoutPause, failed } from "./support/asking.ts";
import { say, shopIsUp } from "./support/lab.ts";
import { onHost, rampart, rampartArgv, rampartDone, rampartEnv, said } from "./support/rampart.ts";
import { shop, writeSite } from "./support/site.ts";

const caFile = join(shop.folder, ".rampart/lab-ca.crt");

beforeAll(async () => {
  await shopIsUp();
  writeSite();
  await rampartDone(["apply"]);
});
// A rotation that a failed test left half-way would be met by all that follows.
afterAll(async () => {
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
  await rampartDone(["cert", "rotate-ca"], { timeoutMs: 600_000 });
  const asked = await client.stop();
  say(`the CA rotated: ${askedInWords(asked)}`);
  expect(failed(asked)).toEqual([]);
  expect(caCount()).toBe(1);
  expect(readFileSync(caFile, "utf8")).not.toBe(old);
  expect((await certificates()).filter((one) => one.issuer !== "site CA" || one.state !== "well")).toEqual([]);
  expect(await onHost("db2", "grep -c BEGIN /etc/rampart/ca.crt")).toBe("1");
  expect((await rampart(["plan", "--exit-code"])).exitCode).toBe(0);
});

const served =
  "openssl s_client -connect 127.0.0.1:8406 -servername www.shop.example < /dev/null 2>/dev/null | openssl x509 -noout -serial";

function serialOf(file: string): string {
  return `openssl x509 -in ${file} -noout -serial`;
}

async function certificates(): Promise<readonly CertificateStatus[]> {
  const { stdout } = await rampart(["cert", "list", "--json"]);
  return (JSON.parse(stdout) as { certificates: readonly CertificateStatus[] }).certificates;
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
