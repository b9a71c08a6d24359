import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { globalOptions, pages } from "../pages.ts";
import { bashCompletion } from "./bash.ts";
import { completionFacts } from "./facts.ts";
import { fishCompletion } from "./fish.ts";
import { zshCompletion } from "./zsh.ts";

const facts = completionFacts(pages, globalOptions);
const folder = mkdtempSync(join(tmpdir(), "rampart-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a real bash offers for a line whose last word is being typed. */
function offered(line: string): readonly string[] {
  // Stands for rampart: `completion hosts` depends on the site.
  const program = join(folder, "rampart");
  writeFileSync(program, `#!/bin/sh\n[ "$1 $2" = "completion hosts" ] && echo lb1 && echo "\${4:-web1}"\n`);
  chmodSync(program, 0o755);
  const script = `${bashCompletion(facts)}
COMP_WORDS=(${line.endsWith(" ") ? `${line}''` : line})
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
compopt() { :; }
_rampart
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH ?? ""}` };
  const output = execFileSync("bash", ["--norc", "-c", script], { env, encoding: "utf8", cwd: folder });
  return output.split("\n").filter((word) => word !== "");
}

test("bash completes verbs, options, hosts and choices", () => {
  expect(offered("rampart pl")).toEqual(["plan"]);
  expect(offered("rampart --site x --env lab ")).toEqual(pages.map((page) => page.verb));
  expect(offered("rampart plan --e")).toEqual(["--exit-code", "--env"]);
  expect(offered("rampart logs ")).toEqual(["lb1", "web1"]);
  expect(offered("rampart logs -n 5 w")).toEqual(["web1"]);
  expect(offered("rampart --site there exec ")).toEqual(["lb1", "there"]);
  expect(offered("rampart lab cut l")).toEqual(["lb1"]);
  expect(offered("rampart lab f")).toEqual(["freeze"]);
  expect(offered("rampart docs st")).toEqual(["status"]);
  expect(offered("rampart completion ")).toEqual(["bash", "zsh", "fish", "hosts"]);
  expect(offered("rampart --env ")).toEqual(["lab"]);
  expect(offered("rampart exec lb1 -- l")).toEqual([]);
  expect(offered("rampart logs -n ")).toEqual([]);
});

test("every shell's script knows every verb", () => {
  for (const script of [bashCompletion(facts), zshCompletion(facts), fishCompletion(facts)]) {
    for (const { verb } of pages) expect(script).toContain(verb);
  }
});
