import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type ProcessResult, run } from "../../../src/lab/process.ts";
import { root, scratch, shop } from "./site.ts";

/** The command line as it is built for this run of the scenarios: nobody replaces it while they run. Set by setup.ts. */
export function distFolder(): string {
  return process.env.RAMPART_SCENARIOS_DIST ?? join(root, "test/dist");
}

export interface RampartOptions {
  /** Folder of the site; the shared shop if it is left out. */
  readonly site?: string;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Words before the command itself, for example to run it as somebody else. */
  readonly before?: readonly string[];
}

export function rampartArgv(words: readonly string[], site: string = shop.folder): readonly string[] {
  return [process.execPath, join(distFolder(), "main.js"), "--site", site, ...words];
}

/** The environment in which the scenarios run it: secrets are encrypted to a key of their own. */
export function rampartEnv(): Record<string, string | undefined> {
  return { ...process.env, RAMPART_KEY_FILE: join(scratch, "key.txt"), NO_COLOR: "1" };
}

/** Runs `rampart WORDS…` to its end, whatever that is. */
export async function rampart(words: readonly string[], options: RampartOptions = {}): Promise<ProcessResult> {
  const { site, timeoutMs = 300_000, env = {}, before = [], ...rest } = options;
  const argv = [...before, ...rampartArgv(words, site)];
  const result = await run(argv, { ...rest, timeoutMs, env: { ...rampartEnv(), ...env } });
  if (!passesOn.has(words[0] ?? "")) remember(`${words.join(" ")}\n${result.stdout}${result.stderr}`);
  return result;
}

/** What these verbs print is said by other programs, who were asked for it. */
const passesOn = new Set(["exec", "ssh", "lab"]);

/** All that Rampart and the scenarios said in this run: the last of them searches it for secrets. */
export const everythingSaid = join(scratch, "said.log");

export function remember(text: string): void {
  mkdirSync(scratch, { recursive: true });
  appendFileSync(everythingSaid, `${text}\n`);
}

/** The same, when it must end well. */
export async function rampartDone(words: readonly string[], options: RampartOptions = {}): Promise<ProcessResult> {
  const result = await rampart(words, options);
  if (result.exitCode === 0) return result;
  throw new Error(`rampart ${words.join(" ")} ended with ${result.exitCode}\n${said(result)}`);
}

/** What it said, at its end: plans are long. */
export function said({ stdout, stderr }: ProcessResult): string {
  return `${stdout.slice(-2000)}\n${stderr.slice(-4000)}`;
}

export async function rampartJson<T>(words: readonly string[], options: RampartOptions = {}): Promise<T> {
  return JSON.parse((await rampartDone([...words, "--json"], options)).stdout) as T;
}

/** What a shell script prints on a host; throws when it fails there. */
export async function onHost(host: string, script: string, options: RampartOptions = {}): Promise<string> {
  return (await rampartDone(["exec", host, "--", "sh", "-c", script], options)).stdout.trim();
}
