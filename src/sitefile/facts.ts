import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Problem } from "../base/problem.ts";
import type { Site } from "../model/site.ts";
import { certificateProblems } from "./certificate.ts";

/** What the checks of the site file ask about the folder that holds it. Paths are relative to that folder. */
export function folderFacts(folder: string): {
  readonly folderExists: (relative: string) => boolean;
  readonly fileExists: (relative: string) => boolean;
  readonly fileText: (relative: string) => string | undefined;
  readonly certificateProblems: (site: Site) => readonly Problem[];
} {
  return {
    folderExists: (relative) => kindOf(resolve(folder, relative))?.isDirectory() === true,
    fileExists: (relative) => kindOf(resolve(folder, relative))?.isFile() === true,
    fileText: (relative) => textOf(resolve(folder, relative)),
    certificateProblems: (site) => certificateProblems(site, folder),
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function kindOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A path through a file, or through a folder that is closed to us: not there, for all we can use it.
    return undefined;
  }
}
