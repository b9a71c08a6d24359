import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { resolveSite } from "../src/config/site.ts";
import { renderedTree } from "../src/plan/render.ts";
import { roles } from "../src/roles/index.ts";
import { folderFacts } from "../src/sitefile/facts.ts";
import { loadSiteFile } from "../src/sitefile/load.ts";
import { siteTopology } from "../src/topology/topology.ts";

// examples/<site>/expected holds every file of every host, as `rampart render` writes them: a manual, and the proof that a
// change of a role changes what it means to change. UPDATE_GOLDEN=1 writes the trees anew; read the difference, then commit.
const examples = fileURLToPath(new URL("../examples", import.meta.url));
const sites = readdirSync(examples).filter((name) => existsSync(join(examples, name, "rampart.config.ts")));

test.each(sites)("examples/%s/expected is what the roles say", async (name) => {
  const expected = join(examples, name, "expected");
  const tree = await goldenTree(join(examples, name));
  if (process.env.UPDATE_GOLDEN === "1") writeTree(expected, tree);
  const committed = new Set(existsSync(expected) ? filesBelow(expected) : []);
  expect([...committed].toSorted(), "files").toEqual([...tree.keys()].toSorted());
  for (const [path, content] of tree) expect(readFileSync(join(expected, path), "utf8"), path).toBe(content);
});

/** Releases have a fixed name: the trees tell of the roles, not of the examples' sources. */
async function goldenTree(folder: string): Promise<ReadonlyMap<string, string>> {
  const { file, raw } = await loadSiteFile(folder);
  const facts = { environment: "lab", siteFile: file.slice(folder.length + 1), ...folderFacts(folder) };
  const resolved = resolveSite(raw, facts);
  if (!resolved.ok) return expect.fail(JSON.stringify(resolved.problems, undefined, 2));
  const names = ["public", ...resolved.site.app.map((service) => service.name)];
  const releases = Object.fromEntries(names.map((one) => [one, "golden"]));
  return renderedTree(siteTopology(resolved.site, roles, { releases }), roles);
}

function writeTree(folder: string, tree: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, content] of tree) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
