import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { RampartError } from "../base/problem.ts";
import { listed, plural } from "../base/text.ts";
import { type Secret, secret } from "../model/secret.ts";
import { type Contents, emptyContents, readContents, type StoredCa, writeContents } from "./contents.ts";
import { writeAtomically } from "./files.ts";
import { keyFilePath } from "./key.ts";
import { withLock } from "./lock.ts";
import { type StorePaths, storePaths } from "./paths.ts";
import { type Move, movedRotation, phaseOf, type RotationState, trustedPem } from "./rotation.ts";

/** A CA as the store keeps it: certificate and PKCS#8 key, both PEM. */
export interface StoredAuthority {
  readonly certificatePem: string;
  readonly keyPem: Secret;
}

export interface StoreOptions {
  /** Makes the site's CA when the store has none yet: `createAuthority` of pki. */
  readonly createAuthority: (siteName: string, now: Date) => Promise<StoredAuthority>;
  /** The identity file to use; by default `$RAMPART_KEY_FILE`, else `~/.config/rampart/key.txt`. */
  readonly keyFile?: string;
}

/** The operator's secrets of one environment: encrypted on disk, in memory while a command runs. */
export interface Store {
  /**
   * The CA that issues. Created and saved at its first use, so that two commands side by side get the same one; while it is
   * rotated the one whose turn it is.
   */
  authority(siteName: string, now: Date): Promise<StoredAuthority>;
  /** PEM of all CAs that hosts trust, in the order in which they were made; "" before the first. */
  trusted(): string;
  /** How far a rotation of the CA is. */
  rotation(): RotationState;
  /** Takes the rotation one step on, on disk; refused when another rampart has done so meanwhile. */
  moveRotation(move: Move, siteName: string, now: Date): Promise<void>;
  /** The secret of this name: 32 random url-safe characters, made at its first use. Save before it leaves this machine. */
  secret(name: string): Secret;
  has(name: string): boolean;
  /** The names of all secrets, sorted. */
  names(): readonly string[];
  /** Writes new secrets to disk, merged with what others saved meanwhile. Does nothing when there are none. */
  save(): Promise<void>;
}

/**
 * Opens the store of an environment, or an empty one if it has none yet; nothing is written before `save` or `authority`.
 * Throws a RampartError, and changes nothing, when the store is there but cannot be read.
 */
export async function openStore(siteDir: string, env: string, options: StoreOptions): Promise<Store> {
  const paths = storePaths(siteDir, env);
  const keyFile = keyFilePath(options.keyFile);
  let known = (await readContents(paths, keyFile)) ?? emptyContents;
  const added = new Map<string, string>();

  const update = (change: (current: Contents) => Promise<Contents>) =>
    withLock(paths.lock, async (stillHeld) => {
      const found = (await readContents(paths, keyFile)) ?? emptyContents;
      const { ca, rotation } = found.ca ? found : known;
      const secrets = { ...known.secrets, ...found.secrets };
      const current: Contents = { ca, secrets, ...(rotation ? { rotation } : {}) };
      known = await change(current);
      if (known !== current || !existsSync(paths.store)) await writeContents(paths, keyFile, known, stillHeld);
      await publishCa(paths, known);
    });

  return {
    async authority(siteName, now) {
      if (known.ca === undefined) {
        await update(async (current) =>
          current.ca ? current : { ...current, ca: await newCa(options, siteName, now) },
        );
      } else {
        await publishCa(paths, known);
      }
      const ca = issuing(known);
      if (ca === undefined) throw new Error("the store has no CA after it was created");
      return { certificatePem: ca.cert, keyPem: secret(ca.key) };
    },
    trusted: () => trustedPem(known),
    rotation: () => phaseOf(known),
    async moveRotation(move, siteName, now) {
      const next = move.to === "trust" ? await newCa(options, siteName, now) : undefined;
      await update(async (current) => movedRotation(current, move, next, paths.store));
    },
    secret(name) {
      const saved = Object.hasOwn(known.secrets, name) ? known.secrets[name] : undefined;
      const value = saved ?? added.get(name) ?? newSecret();
      if (saved === undefined) added.set(name, value);
      return secret(value);
    },
    has: (name) => Object.hasOwn(known.secrets, name) || added.has(name),
    names: () => [...new Set([...Object.keys(known.secrets), ...added.keys()])].sort(),
    async save() {
      if (added.size === 0) return;
      const mine = Object.fromEntries(added);
      let taken: readonly string[] = [];
      await update(async (current) => {
        taken = Object.keys(mine).filter((name) => Object.hasOwn(current.secrets, name));
        if (taken.length === added.size) return current;
        return { ...current, secrets: { ...mine, ...current.secrets } };
      });
      added.clear();
      if (taken.length > 0) throw madeTwice(paths.store, taken);
    },
  };
}

/** Forgets all secrets of an environment and its CA: for a lab that is taken down, never for real servers. */
export async function removeStore(siteDir: string, env: string): Promise<void> {
  const paths = storePaths(siteDir, env);
  await Promise.all(
    [paths.store, paths.caCertificate, paths.visitorTrust, paths.lock].map((path) => rm(path, { force: true })),
  );
}

function issuing({ ca, rotation }: Contents): StoredCa | undefined {
  return rotation && rotation.phase !== "trust" ? rotation.next : ca;
}

/** 24 bytes are 192 bits, and exactly 32 characters of base64url. */
function newSecret(): string {
  return randomBytes(24).toString("base64url");
}

async function newCa(options: StoreOptions, siteName: string, now: Date): Promise<StoredCa> {
  const { certificatePem, keyPem } = await options.createAuthority(siteName, now);
  return { cert: certificatePem, key: keyPem.reveal() };
}

/** CA certificates are public: browsers and other programs of the operator take them from this file. */
async function publishCa(paths: StorePaths, contents: Contents): Promise<void> {
  if (contents.ca === undefined) return;
  await writeAtomically(paths.caCertificate, trustedPem(contents), { mode: 0o644, onlyIfChanged: true });
}

/** The first to save has the say. What this command rendered with its own values must not reach a host. */
function madeTwice(path: string, names: readonly string[]): RampartError {
  return new RampartError("Another rampart made the same secrets", [
    {
      path,
      reason: `another rampart saved ${plural(names.length, "secret")} that this one was about to save: ${listed(names)}`,
      remedy: "Run the same command again: it then uses the saved values.",
    },
  ]);
}
