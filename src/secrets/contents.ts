import { RampartError } from "../base/problem.ts";
import { age } from "./age.ts";
import { readIfThere, writeAtomically } from "./files.ts";
import { ensureIdentities, missingKey, readIdentities } from "./key.ts";
import type { StorePaths } from "./paths.ts";

/** What an encrypted store holds, decrypted. Never leaves this folder as it is. */
export interface Contents {
  /** PEM of the CA's certificate and of its key. */
  readonly ca: StoredCa | undefined;
  /** Set while the CA is rotated; a run that was cut off goes on from here. */
  readonly rotation?: Rotation | undefined;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface StoredCa {
  readonly cert: string;
  readonly key: string;
}

/**
 * How far a rotation is, and the CA that comes:
 * - trust: hosts are told to trust both; the old one issues.
 * - issue: every host trusts both; the new one issues.
 * - drop: every certificate is of the new one; hosts forget the old one.
 */
export interface Rotation {
  readonly phase: RotationPhase;
  readonly next: StoredCa;
}

export const rotationPhases = ["trust", "issue", "drop"] as const;
export type RotationPhase = (typeof rotationPhases)[number];

export const emptyContents: Contents = { ca: undefined, secrets: {} };

const version = 1;
/** So that a Rampart that knows no rotation does not write the store without its next CA. */
const rotationVersion = 2;

/** Decrypts the store; undefined when there is none. Throws a RampartError when it cannot be read. */
export async function readContents(paths: StorePaths, keyFile: string): Promise<Contents | undefined> {
  const encrypted = await readIfThere(paths.store).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(
      paths.store,
      `it cannot be read (${error.code ?? error.message})`,
      "Check its owner and permissions.",
    );
  });
  if (encrypted === undefined) return undefined;
  const identities = await readIdentities(keyFile);
  if (identities === undefined) throw missingKey(keyFile, paths.store);
  return parsed(await decrypted(encrypted, identities, paths.store, keyFile), paths.store);
}

/** Encrypts and replaces the store, unless `confirm` says no in the end. */
export async function writeContents(
  paths: StorePaths,
  keyFile: string,
  contents: Contents,
  confirm: () => Promise<boolean>,
): Promise<void> {
  const [identity] = await ensureIdentities(keyFile, paths.dir);
  const { Encrypter, identityToRecipient } = await age();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  const encrypted = await encrypter.encrypt(
    JSON.stringify({ version: contents.rotation ? rotationVersion : version, ...contents }),
  );
  await writeAtomically(paths.store, encrypted, { mode: 0o600, confirm });
}

async function decrypted(
  encrypted: Buffer,
  identities: readonly string[],
  path: string,
  keyFile: string,
): Promise<string> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  try {
    for (const identity of identities) decrypter.addIdentity(identity);
  } catch {
    throw unreadable(
      path,
      `its key ${keyFile} is damaged`,
      `Restore ${keyFile} from your copy, or set RAMPART_KEY_FILE.`,
    );
  }
  try {
    // From a stream, for then it answers with one: the library's own way from there to a text loads all of fetch, 30 ms.
    const chunks: Uint8Array[] = [];
    for await (const chunk of await decrypter.decrypt(new Blob([new Uint8Array(encrypted)]).stream()))
      chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("no identity matched")) {
      throw unreadable(
        path,
        `it was encrypted for another key than the one in ${keyFile}`,
        `Put the key that it was made with into ${keyFile}, or set RAMPART_KEY_FILE to its file.`,
      );
    }
    throw damaged(path, "it is damaged: it does not decrypt as a whole", keyFile);
  }
}

function parsed(text: string, path: string): Contents {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(path, "it decrypts, but its content is not JSON");
  }
  if (!isRecord(value)) throw damaged(path, "it decrypts, but its content is not an object");
  if (value.version !== version && value.version !== rotationVersion) {
    const reason = `it has format version ${String(value.version)}, and this Rampart knows up to version ${rotationVersion}`;
    throw unreadable(path, reason, "Use the Rampart that wrote it, or a newer one.");
  }
  const { ca, secrets, rotation } = value;
  if (!isRecord(secrets) || !Object.values(secrets).every((each) => typeof each === "string")) {
    throw damaged(path, "it decrypts, but its secrets are not names with texts");
  }
  const entries = Object.entries(secrets) as [string, string][];
  if (ca === undefined || ca === null) return { ca: undefined, secrets: Object.fromEntries(entries) };
  const all = { ca: storedCa(ca, path), secrets: Object.fromEntries(entries) };
  if (rotation === undefined) return all;
  const phase = isRecord(rotation) ? rotationPhases.find((one) => one === rotation.phase) : undefined;
  if (!isRecord(rotation) || phase === undefined) throw damaged(path, "it decrypts, but its rotation has no phase");
  return { ...all, rotation: { phase, next: storedCa(rotation.next, path) } };
}

function storedCa(ca: unknown, path: string): StoredCa {
  if (!isRecord(ca) || typeof ca.cert !== "string" || typeof ca.key !== "string") {
    throw damaged(path, "it decrypts, but its CA is not a certificate with a key");
  }
  return { cert: ca.cert, key: ca.key };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(path: string, reason: string, keyFile?: string): RampartError {
  const key = keyFile ? ` It opens with the key in ${keyFile}.` : "";
  return unreadable(path, reason, `Restore this file from your backup.${key} Rampart never replaces it by itself.`);
}

function unreadable(path: string, reason: string, remedy: string): RampartError {
  return new RampartError("The secrets cannot be read", [{ path, reason, remedy }]);
}
