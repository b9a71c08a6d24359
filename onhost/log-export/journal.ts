import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Entry } from "./frame.ts";

/** The entries that a host said after a cursor, oldest first; without one all that the store has. Throws when journalctl fails. */
export async function* entriesAfter(files: readonly string[], cursor: string | undefined): AsyncGenerator<Entry> {
  yield* read(files, cursor === undefined ? [] : [`--after-cursor=${cursor}`]);
}

/** The newest entry that the store has of a host; undefined when it has none. */
export async function newestEntry(files: readonly string[]): Promise<Entry | undefined> {
  for await (const entry of read(files, ["--lines=1"])) return entry;
  return undefined;
}

/** journalctl fails for a file that is not there, and for a pattern that none fits. */
function existing(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => {
    const [start = "", end = ""] = basename(file).split("*");
    const fits = (name: string) => (file.includes("*") ? name.startsWith(start) && name.endsWith(end) : name === start);
    return readdirSync(dirname(file))
      .filter(fits)
      .map((name) => join(dirname(file), name));
  });
}

async function* read(files: readonly string[], args: readonly string[]): AsyncGenerator<Entry> {
  const found = existing(files).map((file) => `--file=${file}`);
  if (found.length === 0) return;
  const child = spawn("journalctl", ["--output=json", "--all", "--no-pager", "--quiet", ...found, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-500);
  });
  const ended = new Promise<number>((resolve) => {
    child.on("close", (code) => resolve(code ?? -1));
    child.on("error", () => resolve(-1));
  });
  try {
    // A line is taken when the one before was sent: journalctl waits meanwhile.
    for await (const line of linesOf(child.stdout)) yield entryOf(line);
    const code = await ended;
    // Some versions end with 1, and without a word, when there was nothing.
    if (code < 0 || (code !== 0 && said.trim() !== ""))
      throw new Error(`journalctl failed: ${said.trim() || "it said nothing"}`);
  } finally {
    child.kill();
  }
}

/** Node's readline takes U+2028 for the end of a line, too: what a program of the site says may hold it. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)]).toString("utf8");
      [rest, from] = [[], end + 1];
      if (line !== "") yield line;
    }
    rest.push(chunk.subarray(from));
  }
}

/** One that cannot be read must not hold up all that come after it: it is said that there was one. */
function entryOf(line: string): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return { MESSAGE: "an entry of the journal that could not be read; it is on the monitor", PRIORITY: "4" };
  }
}

/** When a host's newest file was written to, in nanoseconds; undefined: it has none. */
export function writtenAt([file = ""]: readonly string[]): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
}
