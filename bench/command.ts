import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";

export interface Outcome {
  readonly stdout: string;
  readonly ms: number;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Given on standard input; nothing otherwise. */
  readonly input?: string;
  /** Exit codes that are no failure; 0 when left out. */
  readonly ok?: readonly number[];
}

/** Runs a program and times it, from before its start until it has ended. Throws with its last words when it fails. */
export async function command(argv: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const [program = "false", ...args] = argv;
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => (stdout += chunk));
  child.stderr?.on("data", (chunk) => (stderr += chunk));
  child.stdin?.on("error", () => {});
  child.stdin?.end(options.input);
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 255));
  });
  const ms = performance.now() - began;
  if (!(options.ok ?? [0]).includes(code)) {
    throw new Error(
      `${argv.join(" ").slice(0, 200)}: exit ${code}\n${(stderr || stdout).trim().split("\n").slice(-15).join("\n")}`,
    );
  }
  return { stdout, ms };
}

export async function times(count: number, once: (run: number) => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let run = 0; run < count; run += 1) values.push(await once(run));
  return values;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}
