import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { RampartError } from "../base/problem.ts";
import { loadSiteFile } from "./load.ts";
import { newSiteFiles, serverProgram } from "./template.ts";

const root = mkdtempSync(join(tmpdir(), "rampart-sitefile-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

function folderWith(files: Record<string, string>): string {
  count += 1;
  const folder = join(root, `site${count}`);
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function problemOf(files: Record<string, string>) {
  try {
    await loadSiteFile(folderWith(files));
  } catch (error) {
    if (!(error instanceof RampartError)) throw error;
    return { title: error.message, next: error.next, all: error.problems, ...error.problems[0] };
  }
  throw new Error("no problem was found");
}

const typescript = `import { defineSite } from "rampart";
import { port } from "./ports.ts";

const api = { source: "./api", start: "node api.js",
  port };

export default defineSite({
  name: "shop" as string,
  domain: "www.shop.example",
  app: {
    "shop": {
      source: "./shop",
      routes: [
        "/",
        { path: "/b" },
      ],
    },
    api,
  },
  firewall: { admin: [] },
});
`;

test("a TypeScript site file is run, and its lines are found", async () => {
  const folder = folderWith({ "rampart.config.ts": typescript, "ports.ts": "export const port: number = 3000;" });
  const { raw, line, file } = await loadSiteFile(folder);
  expect(raw).toMatchObject({ name: "shop", app: { api: { port: 3000 } } });
  expect(file).toBe(join(folder, "rampart.config.ts"));
  const lines = [
    "name",
    "app.shop.source",
    "app.shop.routes[1].path",
    "app.shop.helth",
    "app.api.start",
    "app.api.port",
  ];
  expect(lines.map(line)).toEqual([8, 12, 15, 11, 4, 5]);
  expect(["firewall.admin", "firewall.admin[0]", "web.hosts", "app"].map(line)).toEqual([20, 20, 7, 10]);
});

test("the file may be named itself, be plain JavaScript and know its own place", async () => {
  const folder = folderWith({
    "other.mjs": 'import { basename } from "node:path"; export default { name: basename(import.meta.dirname) };',
  });
  const { raw, folder: found } = await loadSiteFile(join(folder, "other.mjs"));
  expect(raw).toEqual({ name: folder.split("/").at(-1) });
  expect(found).toBe(folder);
});

test("a file that changed is read anew", async () => {
  const folder = folderWith({ "rampart.config.ts": "export default { name: 'a' };" });
  await loadSiteFile(folder);
  writeFileSync(join(folder, "rampart.config.ts"), "export default { name: 'b' };");
  expect((await loadSiteFile(folder)).raw).toEqual({ name: "b" });
});

test("a YAML site file gives the same, with its lines", async () => {
  const text = `# a comment
name: shop
app:
  shop: &shop
    source: ./shop
    routes:
      - /
      - path: /b
  api:
    <<: *shop
    port: 3000
`;
  const { raw, line } = await loadSiteFile(folderWith({ "rampart.config.yaml": text }));
  expect(raw).toMatchObject({ name: "shop", app: { api: { source: "./shop", port: 3000 } } });
  expect(["name", "app.shop.routes[1].path", "app.shop.helth", "app.api.port", "web"].map(line)).toEqual([
    2,
    8,
    4,
    11,
    undefined,
  ]);
});

test("what a file may get wrong", async () => {
  expect(await problemOf({})).toMatchObject({ next: "rampart init", remedy: expect.stringContaining("rampart init") });
  expect(await problemOf({ "rampart.config.ts": "", "rampart.config.yml": "" })).toMatchObject({
    reason: expect.stringContaining("rampart.config.ts and rampart.config.yml"),
  });
  expect(await problemOf({ "rampart.config.ts": "export default {\n  name: 'a'\n  domain: 'b',\n};" })).toMatchObject({
    path: "rampart.config.ts:3:3",
    remedy: "Correct line 3:  domain: 'b',",
  });
  expect(await problemOf({ "rampart.config.ts": 'import "./nowhere.ts";\nexport default {};' })).toMatchObject({
    path: "rampart.config.ts:1:8",
    reason: expect.stringContaining("./nowhere.ts"),
  });
  expect(await problemOf({ "rampart.config.ts": "throw new Error('no vault\\n  at x.js:1')" })).toMatchObject({
    reason: "stopped while it was read: no vault",
  });
  expect(await problemOf({ "rampart.config.ts": "export const site = {};" })).toMatchObject({
    reason: expect.stringContaining("no default export"),
  });
  expect(await problemOf({ "rampart.config.ts": "export default () => ({});" })).toMatchObject({
    reason: expect.stringContaining("a function"),
  });
  expect(await problemOf({ "rampart.config.yaml": "name: a\nname: b\napp: [\n" })).toMatchObject({
    path: "rampart.config.yaml:2:1",
    all: { length: 2 },
  });
  await expect(loadSiteFile(join(root, "nowhere"))).rejects.toThrow("there is no such site");
});

test("a new site says what it was asked to, in TypeScript and in YAML", async () => {
  for (const yaml of [false, true]) {
    for (const name of ["hello", "my-shop", "web", "true"]) {
      const site = { name, domain: "www.hello.example", yaml, schema: "./site.schema.json" };
      const files = Object.fromEntries(newSiteFiles(site).map(({ path, text }) => [path, text]));
      const { raw, file } = await loadSiteFile(folderWith(files));
      expect(raw).toMatchObject({ name, domain: "www.hello.example" });
      const service = { source: "./app", start: "node server.js", port: 3000 };
      expect(raw).toHaveProperty("app", { [name === "web" ? "site" : name]: service });
      expect(file.endsWith(yaml ? ".yaml" : ".ts")).toBe(true);
      expect(files["app/server.js"]).toBe(serverProgram());
    }
  }
});
