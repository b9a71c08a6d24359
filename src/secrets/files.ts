import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** The content of a file, or undefined when there is none. Other errors are thrown. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

export interface WriteOptions {
  readonly mode: number;
  readonly onlyIfChanged?: boolean;
  /** Asked last of all, when the new content is already safe on disk: if false, nothing is changed. */
  readonly confirm?: () => Promise<boolean>;
}

/** Replaces a file as a whole: after a power cut there is either the old content or the new one. Its folder is made if needed. */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions,
): Promise<void> {
  if (options.onlyIfChanged && (await readIfThere(path))?.equals(Buffer.from(content))) return;
  const temporary = await writeTemporary(path, content, options.mode);
  try {
    if (options.confirm && !(await options.confirm()))
      throw new Error(`${path} was not written: the lock was taken over`);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Writes a file that must not be there yet, complete from the first moment that it can be seen. False when it was there. */
export async function createExclusively(path: string, content: string, mode: number): Promise<boolean> {
  const temporary = await writeTemporary(path, content, mode);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeTemporary(path: string, content: string | Uint8Array, mode: number): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
  const file = await open(temporary, "wx", mode);
  try {
    await file.chmod(mode); // the umask must not decide
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

/** A rename is durable only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().catch(() => undefined); // some file systems cannot
  await folder.close();
}
