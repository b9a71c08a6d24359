import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { RampartError } from "../base/problem.ts";
import { age } from "./age.ts";
import { createExclusively, readIfThere } from "./files.ts";

/** The identity file: the one given, else `$RAMPART_KEY_FILE`, else `~/.config/rampart/key.txt`. */
export function keyFilePath(given?: string): string {
  return resolve(given ?? (process.env.RAMPART_KEY_FILE || join(homedir(), ".config", "rampart", "key.txt")));
}

/**
 * The age identities (`AGE-SECRET-KEY-1…`) of a key file, as `age-keygen` writes it: one a line, comments begin with "#".
 * Undefined when there is no such file; a RampartError when it holds no identity.
 */
export async function readIdentities(keyFile: string): Promise<readonly [string, ...string[]] | undefined> {
  const text = (await readKeyFile(keyFile))?.toString("utf8");
  if (text === undefined) return undefined;
  const lines = text.split("\n").map((line) => line.trim());
  const [first, ...others] = lines.filter((line) => /^AGE-SECRET-KEY-1[A-Z0-9]+$/.test(line));
  if (first === undefined) throw unusableKey(keyFile, "holds no line that begins with AGE-SECRET-KEY-1");
  return [first, ...others];
}

async function readKeyFile(keyFile: string): Promise<Buffer | undefined> {
  return readIfThere(keyFile).catch((error: NodeJS.ErrnoException) => {
    throw unusableKey(keyFile, `cannot be read (${error.code ?? error.message})`);
  });
}

/**
 * The identities to write a store with; the key file is made at its first use. It is not made in a site that has encrypted
 * stores already: their key is somewhere else, and a second one would only hide that.
 */
export async function ensureIdentities(keyFile: string, storeDir: string): Promise<readonly [string, ...string[]]> {
  // Looked at first: a store that another process makes meanwhile comes with its key.
  const hasStores = existsSync(storeDir) && readdirSync(storeDir).some((name) => name.endsWith(".age"));
  const there = await readIdentities(keyFile);
  if (there !== undefined) return there;
  if (hasStores) throw missingKey(keyFile, storeDir);
  const { generateX25519Identity } = await age();
  const identity = await generateX25519Identity();
  const text = await keyFileText([identity]);
  // Another process may have been quicker: then its key is the one.
  if (await createExclusively(keyFile, text, 0o600)) return [identity];
  return ensureIdentities(keyFile, storeDir);
}

/** What a key file holds: the first identity is the one that stores are written with, the others only read. */
export async function keyFileText(identities: readonly string[]): Promise<string> {
  const { identityToRecipient } = await age();
  const blocks = identities.map(
    async (identity) => `# public key: ${await identityToRecipient(identity)}\n${identity}\n`,
  );
  return `# Rampart's key to your encrypted secrets. Keep a copy in a safe place.\n${(await Promise.all(blocks)).join("")}`;
}

/** The stores of a site are there, but the key that opens them is not. */
export function missingKey(keyFile: string, store: string): RampartError {
  return new RampartError("The secrets cannot be read", [
    {
      path: store,
      reason: `it is encrypted, and its key is not on this machine: there is no ${keyFile}`,
      remedy: `Copy the key file from where the secrets were made to ${keyFile}, or set RAMPART_KEY_FILE to its place.`,
    },
  ]);
}

function unusableKey(keyFile: string, reason: string): RampartError {
  return new RampartError("The key to the secrets cannot be used", [
    {
      path: keyFile,
      reason,
      remedy: "Restore the key file from your copy, or set RAMPART_KEY_FILE to the right one.",
    },
  ]);
}
