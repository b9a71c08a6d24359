import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { RampartError } from "../../base/problem.ts";
import { shellQuote } from "../../base/text.ts";
import { siteJsonSchemaText } from "../../config/json-schema.ts";
import { newSiteText } from "../../report/init.ts";
import { siteFileNames } from "../../sitefile/find.ts";
import { type NewFile, newSiteFiles } from "../../sitefile/template.ts";
import { typesFile, typesText } from "../../sitefile/types.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, writeText } from "../output.ts";

export interface InitOptions extends GlobalOptions {
  readonly yaml?: boolean;
  readonly domain?: string;
}

/**
 * Writes a new site: into `--site`, else into a new folder NAME, else into the working folder, whose name it then gets.
 * Asks nothing and overwrites nothing.
 */
export async function initCommand(options: InitOptions, given: string | undefined): Promise<number> {
  const folder = resolve(options.site ?? given ?? ".");
  const name = siteName(basename(given ?? folder));
  const files = filesOf(name, options);
  refuseToOverwrite(folder, [
    ...siteFileNames,
    ...files.map((file) => file.path).filter((path) => path !== ".gitignore"),
  ]);
  // A .gitignore that is there already says what its owner wants.
  const wanted = files.filter(({ path }) => path !== ".gitignore" || !existsSync(join(folder, path)));
  for (const { path, text } of wanted) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { flag: "wx" });
  }
  const here = relative(process.cwd(), folder);
  const siteOption = here === "" ? "" : ` --site ${shellQuote(here)}`;
  writeText(newSiteText({ name, folder: here, files: wanted.map((file) => file.path), siteOption }, reportStyle()));
  return exitCodes.done;
}

/** Beside the site file lies what editors need to complete and check its keys: types, or for YAML a schema. */
function filesOf(name: string, { domain = `www.${name}.example`, yaml = false }: InitOptions): readonly NewFile[] {
  const types = typesText();
  const typed = types === undefined ? [] : [{ path: typesFile, text: types }];
  if (!yaml) return [...newSiteFiles({ name, domain }), ...typed];
  const schema = { path: "rampart.schema.json", text: siteJsonSchemaText() };
  return [...newSiteFiles({ name, domain, yaml, schema: `./${schema.path}` }), schema];
}

/** A name made of what a folder is called: small letters, digits and dashes, a letter first, at most 20. */
function siteName(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return plain.slice(0, 20).replace(/-+$/, "") || "site";
}

function refuseToOverwrite(folder: string, paths: readonly string[]): void {
  const present = [...new Set(paths)].filter((path) => existsSync(join(folder, path)));
  if (present.length === 0) return;
  throw new RampartError(
    "Nothing was written: there is something already",
    present.map((path) => ({
      path,
      reason: `is in ${folder} already, and init overwrites nothing.`,
      remedy: "Go on with it as it is, or give a name for a new folder: rampart init NAME",
    })),
  );
}
