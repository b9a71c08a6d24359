import { spawn } from "node:child_process";

/** What became of one local command: the same shape for success and failure. */
export interface ProcessResult {
  readonly argv: readonly string[];
  /** The exit code; 128 + n after signal n; 127 when the program could not be started. */
  readonly exitCode: number;
  readonly durationMs: number;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Milliseconds until the process gets SIGKILL; default 60 000. */
  readonly timeoutMs?: number;
  /** Text for its standard input; without it, standard input is empty. */
  readonly input?: string;
  /** The whole environment; default is ours. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with every complete line of standard output. */
  readonly onLine?: (line: string) => void;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 };

/** Runs a program of this machine to its end. Never rejects: look at `exitCode`. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<ProcessResult> {
  const [program = "", ...args] = argv;
  const began = performance.now();
  return new Promise((resolve) => {
    // A process group of its own, so that a time-out ends its children too.
    const child = spawn(program, args, { stdio: "pipe", detached: true, env: { ...(options.env ?? process.env) } });
    let stdout = "";
    let stderr = "";
    let lineStart = 0;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, options.timeoutMs ?? 60_000);
    const finish = (exitCode: number, extra = "") => {
      clearTimeout(timer);
      resolve({
        argv,
        exitCode,
        durationMs: Math.round(performance.now() - began),
        timedOut,
        stdout,
        stderr: stderr + extra,
      });
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      for (let end = stdout.indexOf("\n", lineStart); end >= 0; end = stdout.indexOf("\n", lineStart)) {
        options.onLine?.(stdout.slice(lineStart, end));
        lineStart = end + 1;
      }
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.stdin.on("error", () => {}); // it may end before it has read all its input
    child.stdin.end(options.input ?? "");
    child.on("error", (error) => finish(127, error.message));
    child.on("close", (code, signal) => finish(code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 0)));
  });
}

/** Like `run`, for commands that only fail by a defect of ours or of the machine: throws with their output. */
export async function mustRun(argv: readonly string[], options: RunOptions = {}): Promise<ProcessResult> {
  const result = await run(argv, options);
  if (result.exitCode === 0) return result;
  throw new Error(
    `${argv.slice(0, 4).join(" ")} … ended with ${result.exitCode}${result.timedOut ? " (timed out)" : ""}: ${result.stderr.trim()}`,
  );
}

/** Resolves after that many milliseconds. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
