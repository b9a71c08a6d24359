import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { secret } from "../model/secret.ts";
import { confirmRotation, rotateKey } from "./rotate.ts";
import { openStore } from "./store.ts";

let folder: string;
let keyFile: string;
const createAuthority = async () => ({ certificatePem: "certificate\n", keyPem: secret("key") });
const open = (site: string, env = "lab", key = keyFile) =>
  openStore(join(folder, site), env, { createAuthority, keyFile: key });
const identities = async (file = keyFile) => (await readFile(file, "utf8")).match(/^AGE-SECRET-KEY-1\w+$/gm) ?? [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rampart-rotate-"));
  keyFile = join(folder, "key.txt");
});
afterEach(() => rm(folder, { recursive: true }));

async function filled(site: string, env = "lab"): Promise<string> {
  const store = await open(site, env);
  const value = store.secret("a").reveal();
  await store.save();
  return value;
}

test("a new key opens the same secrets; the old one opens nothing any more once it is confirmed", async () => {
  const values = [await filled("one"), await filled("one", "production")];
  const [old = ""] = await identities();
  const copy = join(folder, "stolen.txt");
  await writeFile(copy, `${old}\n`);
  const rotation = await rotateKey(join(folder, "one"), keyFile);
  expect(rotation).toMatchObject({ newKey: true, oldKeyFile: `${keyFile}.old` });
  expect(rotation.stores).toHaveLength(2);
  expect((await identities())[1]).toBe(old);
  expect(await identities(`${keyFile}.old`)).toEqual([old]);
  await expect(open("one", "lab", copy)).rejects.toThrow(/secrets/i);
  await confirmRotation(join(folder, "one"), keyFile);
  expect(await identities()).not.toContain(old);
  expect(existsSync(`${keyFile}.old`) || existsSync(`${keyFile}.trial`)).toBe(false);
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  const after = [await open("one"), await open("one", "production")].map((store) => store.secret("a").reveal());
  expect(after).toEqual(values);
});

test("another site with the same key goes along with the same new key; its old store stops a confirmation", async () => {
  await filled("one");
  const value = await filled("two");
  await rotateKey(join(folder, "one"), keyFile);
  const [current] = await identities();
  expect((await open("two")).secret("a").reveal()).toBe(value); // the old key is still there
  await expect(confirmRotation(join(folder, "two"), keyFile)).rejects.toMatchObject({
    problems: [{ remedy: expect.stringContaining("rampart secrets rotate") }],
  });
  expect(await rotateKey(join(folder, "two"), keyFile)).toMatchObject({ newKey: false });
  expect((await identities())[0]).toBe(current);
  await confirmRotation(join(folder, "two"), keyFile);
  expect((await open("two")).secret("a").reveal()).toBe(value);
});

test("a run that was cut off after the copy goes on; a store that cannot be read stops it before any change", async () => {
  const value = await filled("one");
  const before = await readFile(keyFile, "utf8");
  await writeFile(`${keyFile}.old`, before);
  expect(await rotateKey(join(folder, "one"), keyFile)).toMatchObject({ newKey: false });
  expect(await identities()).toHaveLength(2);
  await confirmRotation(join(folder, "one"), keyFile);
  expect((await open("one")).secret("a").reveal()).toBe(value);

  const now = await readFile(keyFile, "utf8");
  await writeFile(join(folder, "one/.rampart/production.age"), "damaged");
  await expect(rotateKey(join(folder, "one"), keyFile)).rejects.toThrow();
  expect(await readFile(keyFile, "utf8")).toBe(now);
  expect(existsSync(`${keyFile}.old`)).toBe(false);
});

test("without stores, or without a rotation, it says so", async () => {
  await expect(rotateKey(join(folder, "none"), keyFile)).rejects.toMatchObject({
    problems: [{ reason: expect.stringContaining("no encrypted store") }],
  });
  await filled("one");
  await expect(confirmRotation(join(folder, "one"), keyFile)).rejects.toMatchObject({
    problems: [{ remedy: expect.stringContaining("rotate") }],
  });
});
