import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fail } from "../base/problem.ts";
import { listed } from "../base/text.ts";

/** Names that a site file may have, in the order in which messages list them. */
export const siteFileNames = [
  "rampart.config.ts",
  "rampart.config.js",
  "rampart.config.mjs",
  "rampart.config.yaml",
  "rampart.config.yml",
] as const;

/**
 * The site file of a folder, or the file itself when one is named.
 * @throws RampartError when there is none, or more than one
 */
export function findSiteFile(folderOrFile: string): { readonly file: string; readonly folder: string } {
  const path = resolve(folderOrFile);
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind === undefined) {
    return fail("there is no such site", {
      path: folderOrFile,
      reason: "there is no such folder or file.",
      remedy: "Correct the path, or leave --site out to use the folder you are in.",
    });
  }
  if (!kind.isDirectory()) return namedFile(path);
  const present = new Set(readdirSync(path));
  const [found, ...others] = siteFileNames.filter((name) => present.has(name));
  if (found === undefined) {
    return fail(
      "there is no site file",
      {
        path: folderOrFile,
        reason: "there is no rampart.config.ts or rampart.config.yaml in this folder.",
        remedy: "Make one with  rampart init  or name the folder of your site with  --site DIR",
      },
      "rampart init",
    );
  }
  if (others.length > 0) {
    return fail("there is more than one site file", {
      path: folderOrFile,
      reason: `holds ${listed([found, ...others])}: nothing says which of them is the site.`,
      remedy: "Keep one of them, or name the one you mean with  --site FILE",
    });
  }
  return { file: join(path, found), folder: path };
}

function namedFile(file: string): { readonly file: string; readonly folder: string } {
  if (/\.(ts|mts|js|mjs|yaml|yml)$/.test(file)) return { file, folder: dirname(file) };
  return fail("this is no site file", {
    path: basename(file),
    reason: "has a name that tells neither TypeScript, JavaScript nor YAML.",
    remedy: `Call it ${listed(siteFileNames).replace(" and ", " or ")}.`,
  });
}
