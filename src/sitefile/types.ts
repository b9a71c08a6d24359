import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Beside a site file in TypeScript: lets editors know what `import "rampart"` is, wherever the site's folder lies. */
export const typesFile = "rampart-env.d.ts";

const header = `// Written by rampart init, and renewed by each rampart command that reads the site file. It is for editors only.\n`;

/** The types of this version. Undefined where the command line was not built, as in unit tests. */
export function typesText(): string | undefined {
  const file = fileURLToPath(new URL(typesFile, import.meta.url));
  return existsSync(file) ? header + readFileSync(file, "utf8") : undefined;
}

/** Brings the file of a site's folder to this version; leaves it alone where there is none, or where it cannot be written. */
export function renewTypes(folder: string): void {
  const file = join(folder, typesFile);
  const text = typesText();
  if (text === undefined || !existsSync(file) || readFileSync(file, "utf8") === text) return;
  try {
    writeFileSync(file, text);
  } catch {
    // Nothing but an editor's hints depends on it.
  }
}
