import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newSiteFiles } from "./template.ts";
import { typesFile } from "./types.ts";

const root = join(import.meta.dirname, "../..");

test("editors know the keys of a site file that lies outside the checkout", () => {
  const folder = mkdtempSync(join(tmpdir(), "rampart-types-"));
  try {
    execFileSync(process.execPath, [join(root, "scripts/build.js"), join(folder, "dist")]);
    copyFileSync(join(folder, "dist", typesFile), join(folder, typesFile));
    const [{ text } = { text: "" }] = newSiteFiles({ name: "hello", domain: "www.hello.example" });
    expect(compiled(folder, text)).toBe("");
    expect(compiled(folder, text.replace("port: 3000", "prt: 3000"))).toMatch(/'prt' does not exist.*'port'\?/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** What the TypeScript compiler says of a site file. */
function compiled(folder: string, text: string): string {
  const file = join(folder, "rampart.config.ts");
  writeFileSync(file, text);
  const tsc = join(root, "node_modules/.bin/tsc");
  return spawnSync(tsc, ["--noEmit", "--strict", "--ignoreConfig", file], { encoding: "utf8" }).stdout;
}
