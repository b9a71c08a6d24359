import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { reaches, sequence } from "./gtid.ts";
import { type Reading, reader } from "./relay-text.ts";

/** The relay files of a replica that a restart has left, and what they hold beyond what is applied. */
export interface Left {
  /** The last whole transaction that the member holds, applied or not. */
  readonly received: string;
  /** Where the first one lies that is not applied yet; undefined when all are. */
  readonly next: { readonly file: string; readonly at: number } | undefined;
}

/**
 * Reads them by `mariadb-binlog` (rule 8). Undefined when they are missing or cannot be read: then nobody knows what was acknowledged here. A torn
 * tail of the last file is no failure.
 *
 * @param applied `@@gtid_slave_pos`
 */
export async function relayFiles(data: string, applied: string): Promise<Left | undefined> {
  const index = await readFile(join(data, "relay.index"), "utf8").catch(() => undefined);
  const files = (index ?? "").split("\n").filter((line) => line !== "");
  if (files.length === 0) return undefined;
  const lines = reader(sequence(applied));
  for (const [at, file] of files.entries()) {
    const whole = await readOne(join(data, file), lines.line);
    if (!whole && at < files.length - 1) return undefined;
    lines.end();
  }
  return leftOf(lines.reading(), files, applied);
}

function leftOf({ last, next }: Reading, files: readonly string[], applied: string): Left {
  if (reaches(applied, last)) return { received: applied, next: undefined };
  const file = next === undefined ? undefined : files[next.file];
  return {
    received: last,
    next: file === undefined || next === undefined ? undefined : { file: file.replace(/^.*\//, ""), at: next.at },
  };
}

/** False when the file could not be read to its end. */
function readOne(file: string, line: (text: string) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const options = ["--no-defaults", "--base64-output=decode-rows", "--verify-binlog-checksum", file];
    const child = spawn("mariadb-binlog", options, { stdio: ["ignore", "pipe", "ignore"] });
    const lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on("line", line);
    let over = false;
    lines.on("close", () => {
      over = true;
    });
    child.on("error", () => resolve(false));
    child.on("close", (code) => (over ? resolve(code === 0) : lines.on("close", () => resolve(code === 0))));
  });
}
