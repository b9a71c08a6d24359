import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { statedSite } from "./typescript-literal.ts";
import { runSiteFile } from "./typescript-run.ts";
import { syntaxTree } from "./typescript-syntax.ts";

const head = 'import { defineSite, type SiteInput } from "rampart";\n';
const stated = [
  `${head}export default defineSite({ name: "a", web: { hosts: 2, "files": \`./p\` }, aliases: ["x", 'y'], database: null });`,
  `${head}const api = { port: 0x10, database: true } as const;\nconst site: SiteInput = { name: "a", domain: undefined, app: { api } };\nexport default site satisfies SiteInput;`,
  "export default { a: 1, a: 2, };",
];

test.each(stated)("a file that only states values gives what running it gives: %s", async (text) => {
  const folder = mkdtempSync(join(tmpdir(), "rampart-literal-"));
  const file = join(folder, "rampart.config.ts");
  writeFileSync(file, text);
  const tree = syntaxTree(text);
  expect(tree && statedSite(tree)).toStrictEqual({ ...Object(await runSiteFile(file)) });
  rmSync(folder, { recursive: true });
});

const computing = [
  "export default { name: process.env.NAME };",
  'export default { name: "a" + "b" };',
  `export default { name: \`a\${1}\` };`,
  'import { x } from "./x.ts"; export default { name: "a" };',
  'console.log("hello"); export default { name: "a" };',
  'const data = { log: console.log("x") }; export default { name: "a" };',
  'const log = console.log("x"); export default { name: "a" };',
  "const more = { a: 1 }; export default { ...more };",
  'let name = "a"; export default { name };',
  'export default make({ name: "a" });',
  'export default { __proto__: { name: "a" } };',
  "const a = { b: a }; export default { a };",
  "export default 5;",
  "export default {",
];

test.each(computing)("a file that computes anything is left to be run: %s", (text) => {
  const tree = syntaxTree(text);
  expect(tree && statedSite(tree)).toBeUndefined();
});
