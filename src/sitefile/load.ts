import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fail } from "../base/problem.ts";
import { findSiteFile } from "./find.ts";

export interface LoadedSiteFile {
  /** Absolute path. */
  readonly file: string;
  /** Absolute path of the folder that holds it; folders in the site file are relative to it. */
  readonly folder: string;
  /** What the file says, unchecked. */
  readonly raw: unknown;
  /**
   * Source line, from 1, of a path such as `app.shop.routes[1]`; of its nearest parent when the file does not have it;
   * undefined when the file builds the site in a way that cannot be followed.
   */
  readonly line: (path: string) => number | undefined;
}

/**
 * Reads the site file of a folder, or the file that is named. The parsers are loaded only here: they would cost every
 * other verb some ten milliseconds.
 * @throws RampartError for a missing, unreadable, malformed or failing file
 */
export async function loadSiteFile(folderOrFile: string): Promise<LoadedSiteFile> {
  const { file, folder } = findSiteFile(folderOrFile);
  const text = readText(file);
  if (/\.ya?ml$/.test(file)) {
    const { readYaml } = await import("./yaml.ts");
    return { file, folder, ...readYaml(file, text) };
  }
  return { file, folder, ...(await readTypescript(file, text)) };
}

async function readTypescript(file: string, text: string): Promise<Pick<LoadedSiteFile, "raw" | "line">> {
  const [{ statedSite }, { typescriptLine }, { syntaxTree }] = await Promise.all([
    import("./typescript-literal.ts"),
    import("./typescript-lines.ts"),
    import("./typescript-syntax.ts"),
  ]);
  const tree = syntaxTree(text);
  const line = (path: string) => (tree === undefined ? undefined : typescriptLine(tree, path));
  const stated = tree === undefined ? undefined : statedSite(tree);
  if (stated !== undefined) return { raw: stated, line };
  const { runSiteFile } = await import("./typescript-run.ts");
  return { raw: await runSiteFile(file), line };
}

function readText(file: string): string {
  try {
    // Without the byte order mark that some editors put first.
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    return fail("the site file cannot be read", {
      path: basename(file),
      reason: `cannot be read${code}.`,
      remedy: "Give yourself the right to read it.",
    });
  }
}
