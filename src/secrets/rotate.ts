import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { RampartError } from "../base/problem.ts";
import { age } from "./age.ts";
import { readContents, writeContents } from "./contents.ts";
import { createExclusively, readIfThere, writeAtomically } from "./files.ts";
import { keyFilePath, keyFileText, missingKey, readIdentities } from "./key.ts";
import { withLock } from "./lock.ts";
import { storePaths } from "./paths.ts";

export interface Rotation {
  readonly keyFile: string;
  /** The copy of the key file as it was, until the rotation is confirmed. */
  readonly oldKeyFile: string;
  /** Paths of the stores that the new key opens now. */
  readonly stores: readonly string[];
  /** False when a rotation was begun before, for another site or by a run that was cut off: its key is used. */
  readonly newKey: boolean;
}

/**
 * Makes a new key and encrypts every store of the site with it. The old key stays in the key file, below the new one, and in
 * a copy beside it, until `confirmRotation`: a crash at any point leaves every store readable, and running it again goes on.
 * Throws a RampartError when a store cannot be read; nothing is changed then.
 */
export async function rotateKey(siteDir: string, given?: string): Promise<Rotation> {
  const keyFile = keyFilePath(given);
  const oldKeyFile = `${keyFile}.old`;
  const envs = environmentsOf(siteDir);
  const before = await readIdentities(keyFile);
  const [first] = envs;
  if (first === undefined) throw nothingToRotate(siteDir);
  if (before === undefined) throw missingKey(keyFile, storePaths(siteDir, first).store);
  await opened(siteDir, envs, keyFile); // before the first change: all of them, or none
  const text = (await readIfThere(keyFile))?.toString("utf8") ?? "";
  const { generateX25519Identity } = await age();
  const newKey = await createExclusively(oldKeyFile, text, 0o600);
  // Cut off between the copy and the new key: the copy is the same as the key file.
  if (newKey || (await readIfThere(oldKeyFile))?.toString("utf8") === text) {
    const identities = [await generateX25519Identity(), ...before] as const;
    await writeAtomically(keyFile, await keyFileText(identities), { mode: 0o600 });
  }
  for (const env of envs) await encryptAnew(siteDir, env, keyFile);
  return { keyFile, oldKeyFile, stores: envs.map((env) => storePaths(siteDir, env).store), newKey };
}

/**
 * Forgets the old key. Throws a RampartError, and changes nothing, when a store of the site needs it still, or when there is
 * no rotation to confirm.
 */
export async function confirmRotation(siteDir: string, given?: string): Promise<Rotation> {
  const keyFile = keyFilePath(given);
  const oldKeyFile = `${keyFile}.old`;
  const [newest] = (await readIdentities(keyFile)) ?? [];
  if ((await readIfThere(oldKeyFile)) === undefined || newest === undefined) throw nothingToConfirm(oldKeyFile);
  const envs = environmentsOf(siteDir);
  const trial = `${keyFile}.trial`;
  await writeAtomically(trial, await keyFileText([newest]), { mode: 0o600 });
  try {
    await opened(siteDir, envs, trial).catch((error: unknown) => {
      throw error instanceof RampartError ? stillNeeded(error) : error;
    });
    await writeAtomically(keyFile, await keyFileText([newest]), { mode: 0o600 });
    await rm(oldKeyFile, { force: true });
  } finally {
    await rm(trial, { force: true });
  }
  return { keyFile, oldKeyFile, stores: envs.map((env) => storePaths(siteDir, env).store), newKey: false };
}

/** Names of the environments that have a store beside the site file. */
function environmentsOf(siteDir: string): readonly string[] {
  const { dir } = storePaths(siteDir, "any");
  try {
    const files = readdirSync(dir).filter((name) => name.endsWith(".age"));
    return files.map((name) => name.slice(0, -".age".length)).toSorted();
  } catch {
    return [];
  }
}

async function opened(siteDir: string, envs: readonly string[], keyFile: string): Promise<void> {
  for (const env of envs) await readContents(storePaths(siteDir, env), keyFile);
}

async function encryptAnew(siteDir: string, env: string, keyFile: string): Promise<void> {
  const paths = storePaths(siteDir, env);
  await withLock(paths.lock, async (stillHeld) => {
    const contents = await readContents(paths, keyFile);
    if (contents) await writeContents(paths, keyFile, contents, stillHeld);
  });
}

function nothingToRotate(siteDir: string): RampartError {
  return new RampartError("There are no secrets to encrypt anew", [
    {
      path: join(siteDir, ".rampart"),
      reason: "there is no encrypted store beside the site file.",
      remedy: "One is made at the first `rampart up`; with `--site DIR` you name another site.",
    },
  ]);
}

function nothingToConfirm(oldKeyFile: string): RampartError {
  return new RampartError("There is no rotation to confirm", [
    { path: oldKeyFile, reason: "there is no old key.", remedy: "Begin one: rampart secrets rotate" },
  ]);
}

function stillNeeded(error: RampartError): RampartError {
  const remedy = "Encrypt it for the new key first: rampart secrets rotate";
  return new RampartError(
    "The old key is still needed",
    error.problems.map((problem) => ({ ...problem, remedy })),
  );
}
