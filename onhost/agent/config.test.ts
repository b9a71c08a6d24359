import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseConfig } from "./config.ts";

const written = readFileSync(
  join(import.meta.dirname, "../../examples/shop/expected/db2/etc/rampart/database/agent.json"),
  "utf8",
);

type Tree = { [key: string]: unknown };

/** The file without these keys. */
function without(...names: readonly string[]): string {
  const tree = JSON.parse(written) as Tree;
  for (const name of names) {
    const keys = name.split(".");
    const last = keys.pop() ?? "";
    delete keys.reduce((inner, key) => inner[key] as Tree, tree)[last];
  }
  return JSON.stringify(tree);
}

test("what the role writes is what the agent wants", () => {
  const { me, members, paths } = parseConfig(written, "agent.json");
  expect(me).toBe("db2");
  expect(members.map(({ name }) => name)).toEqual(["db1", "db2", "db3"]);
  expect(paths.state).toBe("/var/lib/rampart/database");
});

test("nothing that the role writes is more than the agent wants, and nothing may be missing", () => {
  const { "//": _, ...keys } = JSON.parse(written) as Tree;
  const names = Object.entries(keys).flatMap(([key, value]) =>
    typeof value === "object" && !Array.isArray(value)
      ? Object.keys(value ?? {}).map((inner) => `${key}.${inner}`)
      : [key],
  );
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(() => parseConfig(without(name), "agent.json")).toThrow(`agent.json lacks ${name}.`);
});

test("all that is missing is named at once", () => {
  const text = without("strict", "paths.ca", "listen");
  expect(() => parseConfig(text, "agent.json")).toThrow("agent.json lacks strict, listen, paths.ca.");
  expect(() => parseConfig("null", "agent.json")).toThrow("agent.json lacks me, members");
});

test("an agent must be one of the members", () => {
  const text = written.replace('"me": "db2"', '"me": "db9"');
  expect(() => parseConfig(text, "agent.json")).toThrow("agent.json: db9 is none of its members.");
});
