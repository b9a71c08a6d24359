import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RampartError } from "../base/problem.ts";
import { secret } from "../model/secret.ts";
import { openStore, removeStore } from "./store.ts";

let site: string;
let keyFile: string;
let made = 0;

const createAuthority = async (siteName: string) => {
  made += 1;
  return { certificatePem: `certificate ${made} of ${siteName}\n`, keyPem: secret(`key ${made}`) };
};
const open = (key = keyFile) => openStore(site, "lab", { createAuthority, keyFile: key });
const file = (name: string) => join(site, ".rampart", name);
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

beforeEach(async () => {
  site = await mkdtemp(join(tmpdir(), "rampart-secrets-"));
  keyFile = join(site, "home", "rampart", "key.txt");
  made = 0;
});
afterEach(() => rm(site, { recursive: true }));

/** The one problem that an attempt ends with; the store must be the same afterwards, byte for byte. */
async function refused(attempt: () => Promise<unknown>) {
  const before = await readFile(file("lab.age"));
  const error = await attempt().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(await readFile(file("lab.age"))).toEqual(before);
  if (!(error instanceof RampartError)) throw new Error(`expected a RampartError, got ${String(error)}`);
  return error.problems[0];
}

test("what was saved is there again, encrypted, for its owner only", async () => {
  const store = await open();
  const password = store.secret("db.password").reveal();
  expect(password).toMatch(/^[A-Za-z0-9_-]{32}$/);
  expect(store.secret("db.password").reveal()).toBe(password);
  expect(await readdir(site)).toEqual([]); // opening writes nothing
  await store.save();
  const authority = await store.authority("shop", new Date());

  const again = await open();
  expect(again.names()).toEqual(["db.password"]);
  expect(again.has("db.password")).toBe(true);
  expect(again.has("constructor")).toBe(false);
  expect(again.secret("db.password").reveal()).toBe(password);
  expect((await again.authority("shop", new Date())).keyPem.reveal()).toBe(authority.keyPem.reveal());
  expect(made).toBe(1);

  expect(await readFile(file("lab-ca.crt"), "utf8")).toBe("certificate 1 of shop\n");
  expect((await readFile(file("lab.age"))).includes(password)).toBe(false);
  expect(await mode(file("lab.age"))).toBe("600");
  expect(await mode(file("lab-ca.crt"))).toBe("644");
  expect(await mode(keyFile)).toBe("600");
  expect(await mode(join(keyFile, ".."))).toBe("700");
  expect(await readdir(file(""))).toEqual(["lab-ca.crt", "lab.age"]);
});

test("saving without anything new leaves the file alone", async () => {
  const store = await open();
  store.secret("a");
  await store.save();
  const before = await readFile(file("lab.age"));
  await store.save();
  const again = await open();
  again.secret("a");
  await again.save();
  expect(await readFile(file("lab.age"))).toEqual(before);
});

test("another key, no key and a damaged key are told apart, and nothing is changed", async () => {
  const store = await open();
  store.secret("a");
  await store.save();

  const otherKey = join(site, "other", "key.txt");
  const elsewhere = await openStore(join(site, "elsewhere"), "lab", { createAuthority, keyFile: otherKey });
  elsewhere.secret("a");
  await elsewhere.save();
  expect(await refused(() => open(otherKey))).toMatchObject({
    path: file("lab.age"),
    reason: expect.stringContaining("another key"),
    remedy: expect.stringContaining(otherKey),
  });

  const nowhere = join(site, "nowhere", "key.txt");
  expect((await refused(() => open(nowhere)))?.reason).toContain(`there is no ${nowhere}`);
  const production = await openStore(site, "production", { createAuthority, keyFile: nowhere });
  production.secret("a");
  expect((await refused(() => production.save()))?.remedy).toContain(nowhere); // no second key beside existing stores

  await writeFile(otherKey, "hello\n");
  expect(await refused(() => open(otherKey))).toMatchObject({ path: otherKey });
});

test("a truncated or foreign store is a problem, never a new store", async () => {
  const store = await open();
  store.secret("a");
  await store.save();
  for (const size of [250, 100, 0]) {
    await truncate(file("lab.age"), size);
    expect(await refused(() => open())).toMatchObject({
      path: file("lab.age"),
      remedy: expect.stringContaining(keyFile),
    });
    store.secret("b");
    expect((await refused(() => store.save()))?.reason).toContain("damaged");
  }
});

test("two stores side by side keep each other's secrets and share one CA", async () => {
  const [one, two] = await Promise.all([open(), open()]);
  const [a, b] = [one.secret("a").reveal(), two.secret("b").reveal()];
  const [ca1, ca2] = await Promise.all([one.authority("shop", new Date()), two.authority("shop", new Date())]);
  expect(ca1.certificatePem).toBe(ca2.certificatePem);
  await Promise.all([one.save(), two.save()]);
  const after = await open();
  expect([after.secret("a").reveal(), after.secret("b").reveal()]).toEqual([a, b]);
});

test("of two that made the same secret, the first keeps it and the second is told", async () => {
  const [one, two] = await Promise.all([open(), open()]);
  const first = one.secret("same").reveal();
  two.secret("same");
  await one.save();
  expect((await refused(() => two.save()))?.reason).toContain("same");
  expect(two.secret("same").reveal()).toBe(first);
});

test("eight processes at once lose nothing, and agree on one key", async () => {
  const script = join(site, "save.mjs");
  const bundle = join(site, "store.mjs");
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(import.meta.dirname, "store.ts")],
    outfile: bundle,
    bundle: true,
    format: "esm",
    platform: "node",
  });
  await writeFile(
    script,
    `import { openStore } from ${JSON.stringify(bundle)};
    const store = await openStore(${JSON.stringify(site)}, "lab", { keyFile: ${JSON.stringify(keyFile)} });
    for (const n of [1, 2, 3]) { store.secret(process.argv[2] + "." + n); await store.save(); }`,
  );
  const codes = await Promise.all(
    [..."abcdefgh"].map((name) => {
      const child = spawn(process.execPath, [script, name], { stdio: "inherit" });
      return new Promise((resolve) => child.on("exit", resolve));
    }),
  );
  expect(codes).toEqual(Array(8).fill(0));
  expect((await open()).names()).toHaveLength(24);
});

test("a lock whose holder died is taken over", async () => {
  const dead = spawn("true");
  await new Promise((resolve) => dead.on("exit", resolve));
  await mkdir(file(""));
  await writeFile(file("lab.age.lock"), `${dead.pid} ${hostname()} 00\n`);
  const store = await open();
  store.secret("a");
  await store.save();
  expect(await readdir(file(""))).toEqual(["lab.age"]);
});

test("a removed store takes its CA along, and not the key or other environments", async () => {
  const [lab, production] = [await open(), await openStore(site, "production", { createAuthority, keyFile })];
  await lab.authority("shop", new Date());
  await production.authority("shop", new Date());
  await chmod(file("lab.age"), 0o400);
  await removeStore(site, "lab");
  await removeStore(site, "lab");
  expect(await readdir(file(""))).toEqual(["production-ca.crt", "production.age"]);
  expect((await open()).names()).toEqual([]);
});

test("a rotation of the CA: both are trusted until every certificate is of the new one, and each step is on disk", async () => {
  const store = await open();
  expect((await store.authority("shop", new Date())).certificatePem).toBe("certificate 1 of shop\n");
  const now = new Date();
  const seen: unknown[] = [];
  const look = async () => {
    const again = await open();
    const { certificatePem } = await again.authority("shop", now);
    seen.push([again.rotation(), certificatePem.trim(), again.trusted().trim().split("\n").length]);
    expect(await readFile(file("lab-ca.crt"), "utf8")).toBe(again.trusted());
    return again;
  };
  await (await look()).moveRotation({ from: undefined, to: "trust" }, "shop", now);
  await (await look()).moveRotation({ from: "trust", to: "issue" }, "shop", now);
  const late = await look();
  await late.moveRotation({ from: "issue", to: "drop" }, "shop", now);
  expect((await refused(() => store.moveRotation({ from: "trust", to: "issue" }, "shop", now)))?.reason).toMatch(
    /stands at "drop"/,
  );
  await (await look()).moveRotation({ from: "drop", to: "done" }, "shop", now);
  await look();
  expect(seen).toEqual([
    [undefined, "certificate 1 of shop", 1],
    ["trust", "certificate 1 of shop", 2],
    ["issue", "certificate 2 of shop", 2],
    ["drop", "certificate 2 of shop", 1],
    [undefined, "certificate 2 of shop", 1],
  ]);
});

test("secrets that are saved while the CA is rotated leave the rotation as it is", async () => {
  const store = await open();
  await store.authority("shop", new Date());
  await store.moveRotation({ from: undefined, to: "trust" }, "shop", new Date());
  store.secret("late");
  await store.save();
  expect((await open()).rotation()).toBe("trust");
  expect((await open()).has("late")).toBe(true);
});
