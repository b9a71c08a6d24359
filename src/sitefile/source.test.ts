import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RampartError } from "../base/problem.ts";
import { sourceDigest, sourceEntries } from "./source.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rampart-source-"));
  mkdirSync(join(folder, "lib/deep"), { recursive: true });
  writeFileSync(join(folder, "server.js"), "1");
  writeFileSync(join(folder, "lib/deep/a.js"), "2");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a digest is 16 hexadecimal digits of what a release holds, and of nothing else", () => {
  const before = sourceDigest(folder);
  expect(before).toMatch(/^[0-9a-f]{16}$/);
  utimesSync(join(folder, "server.js"), 1, 1);
  for (const unseen of ["node_modules", "lib/node_modules", ".git", ".rampart", "empty"])
    mkdirSync(join(folder, unseen));
  writeFileSync(join(folder, "node_modules/x.js"), "3");
  expect(sourceDigest(folder)).toBe(before);
  expect(sourceDigest(folder, "npm ci")).not.toBe(before);

  const digests = new Set([before]);
  chmodSync(join(folder, "server.js"), 0o755);
  digests.add(sourceDigest(folder));
  writeFileSync(join(folder, "server.js"), "12");
  digests.add(sourceDigest(folder));
  symlinkSync("server.js", join(folder, "link.js"));
  digests.add(sourceDigest(folder));
  writeFileSync(join(folder, "empty/now-not"), "");
  digests.add(sourceDigest(folder));
  expect(digests.size).toBe(5);
});

test(".rampartignore reads like .gitignore", () => {
  const files = ["a.log", "lib/b.log", "lib/keep.log", "build/x", "lib/build/y", "docs/deep/z.md", "data"];
  for (const name of ["build", "lib/build", "docs/deep"]) mkdirSync(join(folder, name), { recursive: true });
  for (const name of files) writeFileSync(join(folder, name), "");
  writeFileSync(join(folder, ".rampartignore"), "# logs\n*.log\n!keep.log\n/build\ndocs/**/*.md\ndata/\n");
  expect(sourceEntries(folder).map(({ path }) => path)).toEqual([
    ".rampartignore",
    "data",
    "lib/build/y",
    "lib/deep/a.js",
    "lib/keep.log",
    "server.js",
  ]);
});

test("links that leave the folder are problems, all at once", () => {
  symlinkSync("/etc/passwd", join(folder, "absolute"));
  symlinkSync("../../outside", join(folder, "lib/up"));
  symlinkSync("../server.js", join(folder, "lib/inside"));
  try {
    sourceDigest(folder);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(RampartError);
    const problems = error instanceof RampartError ? error.problems : [];
    expect(problems.map(({ path }) => path)).toEqual([join(folder, "absolute"), join(folder, "lib/up")]);
  }
});
