import { createHash } from "node:crypto";
import { type Dirent, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type Problem, RampartError } from "../base/problem.ts";
import { type Ignored, ignoreRules } from "./ignore.ts";

/** One entry of a source folder that belongs to a release. */
export interface SourceEntry {
  /** Relative to the source folder, with "/". */
  readonly path: string;
  readonly executable: boolean;
  /** What a symbolic link points to, as written; undefined for a file. */
  readonly target: string | undefined;
}

/**
 * Names a release: 16 hexadecimal digits of a SHA-256 over names, executable bits and contents of a source folder, so
 * that the same source is the same release on every machine. Times and owners do not count.
 * @param build the build command: the same source built otherwise is another release
 * @throws RampartError as sourceEntries
 */
export function sourceDigest(folder: string, build = ""): string {
  const hash = createHash("sha256");
  for (const { path, executable, target } of sourceEntries(folder)) {
    const content = target === undefined ? readFileSync(join(folder, path)) : Buffer.from(target);
    // Lengths keep the end of one entry from passing for the beginning of the next.
    hash.update(`${target === undefined ? "file" : "link"} ${executable ? "x" : "-"} ${content.length} ${path}\0`);
    hash.update(content);
  }
  hash.update(`build ${build}`);
  return hash.digest("hex").slice(0, 16);
}

/**
 * Files and links of a source folder, sorted by name, without node_modules, .git, .rampart and what .rampartignore says.
 * Empty folders are not part of a release.
 * @throws RampartError for links that leave the folder and for entries that are neither files, folders nor links
 */
export function sourceEntries(folder: string): readonly SourceEntry[] {
  const problems: Problem[] = [];
  const entries = entriesBelow("", { root: resolve(folder), ignored: ignoreRules(ignoreText(folder)), problems });
  if (problems.length > 0) throw new RampartError(`${folder} cannot be released`, problems);
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface Walk {
  readonly root: string;
  readonly ignored: Ignored;
  readonly problems: Problem[];
}

function entriesBelow(prefix: string, walk: Walk): SourceEntry[] {
  return listed(prefix, walk).flatMap((entry) => {
    const path = prefix + entry.name;
    const full = join(walk.root, path);
    if (walk.ignored(path, entry.isDirectory())) return [];
    if (entry.isDirectory()) return entriesBelow(`${path}/`, walk);
    if (entry.isSymbolicLink()) return linkEntry(path, readlinkSync(full), walk);
    if (entry.isFile()) return [{ path, executable: (lstatSync(full).mode & 0o111) !== 0, target: undefined }];
    const remedy = "Take it out of the folder, or name it in .rampartignore.";
    walk.problems.push({ path: full, reason: "is neither a file, a folder nor a link: it cannot be copied.", remedy });
    return [];
  });
}

function listed(prefix: string, walk: Walk): readonly Dirent[] {
  try {
    return readdirSync(join(walk.root, prefix), { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    const remedy = "Give yourself the right to read it, or name it in .rampartignore.";
    walk.problems.push({ path: join(walk.root, prefix), reason: `cannot be read${code}.`, remedy });
    return [];
  }
}

function linkEntry(path: string, target: string, walk: Walk): SourceEntry[] {
  const full = join(walk.root, path);
  const end = relative(walk.root, resolve(dirname(full), target));
  if (target.startsWith("/") || end === ".." || end.startsWith("../")) {
    walk.problems.push({
      path: full,
      reason: `is a link to ${target}, outside the folder: on a host it would point to nothing, or to something else.`,
      remedy: "Copy what it points to into the folder, or name the link in .rampartignore.",
    });
    return [];
  }
  return [{ path, executable: false, target }];
}

function ignoreText(folder: string): string {
  const file = join(folder, ".rampartignore");
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, "utf8") : "";
}
