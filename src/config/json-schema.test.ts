import { readFileSync } from "node:fs";
import { parse } from "@babel/parser";
import { expect, test } from "vitest";
import { siteJsonSchemaText } from "./json-schema.ts";
import { siteKeys } from "./keys.ts";
import { siteReferenceText } from "./reference.ts";

test("the generated pages of docs/reference are up to date", () => {
  expect(committed("site.schema.json")).toBe(siteJsonSchemaText());
  expect(committed("site-file.md")).toBe(siteReferenceText());
});

function committed(name: string): string {
  return readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), "utf8");
}

test("every key is described, and every leaf that takes free values has an example", () => {
  for (const key of siteKeys()) expect(key.description, key.path).not.toBe("");
  expect(siteKeys().map(({ path }) => path)).toContain("app.<name>.port");
});

// The comments of SiteInput are what editors show for a TypeScript site file, the schema's for YAML: one text.
test("the comments of SiteInput say what the schema says", () => {
  const comments = new Map(inputComments().map(({ key, text }) => [`${key} ${text}`, text]));
  for (const { path, description } of siteKeys()) {
    const key = path.split(".").at(-1);
    expect(comments.get(`${key} ${description}`), path).toBe(description);
  }
});

function inputComments(): { key: string; text: string }[] {
  const files = ["./input.ts", "./input-monitor.ts"].map((file) => new URL(file, import.meta.url));
  const { program } = parse(files.map((file) => readFileSync(file, "utf8")).join("\n"), {
    sourceType: "module",
    plugins: ["typescript"],
  });
  return program.body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.declaration?.type !== "TSInterfaceDeclaration")
      return [];
    return statement.declaration.body.body.flatMap((member) => {
      if (member.type !== "TSPropertySignature" || member.key.type !== "Identifier") return [];
      const text = (member.leadingComments?.at(-1)?.value ?? "").replace(/^\*\s*/, "").trim();
      return [{ key: member.key.name, text }];
    });
  });
}
