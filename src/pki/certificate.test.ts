import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Authority, createAuthority } from "./authority.ts";
import { issueCertificate } from "./certificate.ts";

const now = new Date();
const dir = mkdtempSync(join(tmpdir(), "rampart-pki-"));
const path = (name: string) => join(dir, name);
let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority("shop", now);
  writeFileSync(path("ca.crt"), authority.certificatePem);
});
afterAll(() => rmSync(dir, { recursive: true }));

const web1 = {
  commonName: "web1",
  dnsNames: ["web1", "web1.shop.internal"],
  ipAddresses: ["10.40.0.11"],
  usages: ["server", "client"],
  days: 90,
} as const;

function verified(certificatePem: string, ...options: string[]): boolean {
  writeFileSync(path("leaf.crt"), certificatePem);
  const argv = ["verify", "-x509_strict", "-CAfile", path("ca.crt"), ...options, path("leaf.crt")];
  const result = spawnSync("openssl", argv, { encoding: "utf8" });
  if (result.error) throw result.error;
  return result.status === 0;
}

test("openssl accepts the names and purposes that were asked for, and no others", async () => {
  const { certificatePem } = await issueCertificate(authority, web1, now);
  expect(verified(certificatePem, "-verify_hostname", "web1.shop.internal", "-purpose", "sslserver")).toBe(true);
  expect(verified(certificatePem, "-verify_ip", "10.40.0.11", "-purpose", "sslclient")).toBe(true);
  expect(verified(certificatePem, "-verify_hostname", "web2")).toBe(false);

  const client = await issueCertificate(authority, { ...web1, usages: ["client"] }, now);
  expect(verified(client.certificatePem, "-purpose", "sslclient")).toBe(true);
  expect(verified(client.certificatePem, "-purpose", "sslserver")).toBe(false);
});

test("a certificate of another CA, or a leaf that plays CA, is refused", async () => {
  const other = await createAuthority("shop", now);
  expect(verified((await issueCertificate(other, web1, now)).certificatePem)).toBe(false);

  const leaf = await issueCertificate(authority, web1, now);
  const forged = await issueCertificate(leaf, { ...web1, commonName: "db1" }, now);
  writeFileSync(path("chain.crt"), leaf.certificatePem);
  expect(verified(forged.certificatePem, "-untrusted", path("chain.crt"))).toBe(false);
});

test("key, serial and dates belong to the certificate", async () => {
  const issued = await issueCertificate(authority, web1, now);
  const certificate = new X509Certificate(issued.certificatePem);
  expect(certificate.checkPrivateKey(createPrivateKey(issued.keyPem.reveal()))).toBe(true);
  expect(certificate.serialNumber.toLowerCase()).toBe(issued.serial);
  expect(issued.serial).toMatch(/^[4-7][0-9a-f]{31}$/);
  expect(new Date(certificate.validTo)).toEqual(issued.notAfter);
  expect(now.getTime() - new Date(certificate.validFrom).getTime()).toBeGreaterThanOrEqual(300_000);
  expect(`${issued.keyPem}${JSON.stringify(issued)}`).not.toContain("PRIVATE");

  const tooLong = await issueCertificate(authority, { ...web1, days: 40_000 }, now);
  expect(tooLong.notAfter).toEqual(new Date(new X509Certificate(authority.certificatePem).validTo));
});

test("the CA is constrained and named after the site", () => {
  const text = execFileSync("openssl", ["x509", "-in", path("ca.crt"), "-noout", "-text"], { encoding: "utf8" });
  expect(text).toMatch(/Subject: CN ?= ?shop Rampart CA/);
  expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
  expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
});

test("the 40 certificates of a first `up` are made side by side", async () => {
  const started = performance.now();
  const issued = await Promise.all(Array.from({ length: 40 }, () => issueCertificate(authority, web1, now)));
  const took = performance.now() - started;
  expect(new Set(issued.map(({ serial }) => serial)).size).toBe(40);
  expect(took).toBeLessThan(3000); // for a loaded build machine; a quiet one needs 0.26 s
});
