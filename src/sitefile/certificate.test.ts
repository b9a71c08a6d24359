import { createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shopSite } from "../../test/fixture.ts";
import type { Site } from "../model/site.ts";
import { createAuthority } from "../pki/authority.ts";
import { issueCertificate } from "../pki/certificate.ts";
import { certificateDateProblems, certificateProblems } from "./certificate.ts";

const folder = mkdtempSync(join(tmpdir(), "rampart-given-"));
afterAll(() => rmSync(folder, { recursive: true }));
const now = new Date();
const site: Site = {
  ...shopSite,
  tls: { ...shopSite.tls, certificate: { kind: "files", certificate: "./www.crt", key: "./www.key" } },
};

async function given(dnsNames: readonly string[], days = 90): Promise<void> {
  const authority = await createAuthority("elsewhere", now);
  const request = { commonName: "www", dnsNames, ipAddresses: [], usages: ["server"], days } as const;
  const issued = await issueCertificate(authority, request, now);
  writeFileSync(join(folder, "www.crt"), issued.certificatePem + authority.certificatePem);
  writeFileSync(join(folder, "www.key"), issued.keyPem.reveal());
}

const reasons = () => certificateProblems(site, folder).map(({ path, reason }) => `${path}: ${reason}`);

test("a pair that covers every public name is taken; the name on the operator's machine need not be among them", async () => {
  await given(["www.shop.example", "shop.example"]);
  expect(reasons()).toEqual([]);
  await given(["*.shop.example", "shop.example"]);
  expect(reasons()).toEqual([]);
});

test("missing names, a foreign key and what is no PEM are told, all at once", async () => {
  await given(["www.shop.example"]);
  await given(["www.shop.example"]);
  expect(reasons()).toEqual([expect.stringMatching(/^tls\.certificate\.certificate: it is not for shop\.example/)]);
  const key = join(folder, "www.key");
  const { keyPem } = await issueCertificate(
    await createAuthority("x", now),
    { commonName: "x", dnsNames: [], ipAddresses: [], usages: ["server"], days: 1 },
    now,
  );
  writeFileSync(key, keyPem.reveal());
  expect(reasons().join("\n")).toMatch(
    /tls\.certificate\.key: "\.\/www\.key" is not the key of[\s\S]*not for shop\.example/,
  );
  writeFileSync(key, "not a key");
  expect(reasons().join("\n")).toMatch(/"\.\/www\.key" holds no private key in PEM form/);
  const pem = createPrivateKey(keyPem.reveal());
  writeFileSync(key, pem.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" }));
  expect(reasons().join("\n")).toMatch(/"\.\/www\.key" is encrypted, and nobody types its passphrase/);
});

test("one that ended, or ends within a week, is not brought to hosts", async () => {
  await given(["www.shop.example", "shop.example"], 30);
  const on = (day: number) =>
    certificateDateProblems(site, folder, new Date(now.getTime() + day * 86_400_000)).map(({ reason }) => reason);
  expect(on(0)).toEqual([]);
  expect(on(25)[0]).toMatch(/ends in 4 days/);
  expect(on(31)[0]).toMatch(/every browser refuses it/);
  expect(on(-1)[0]).toMatch(/is not valid before/);
});
