import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { StringDecoder } from "node:string_decoder";
import { shellCommand } from "../base/text.ts";
import { type SshTarget, sharedConnection, sshDestination, sshOptions } from "./target.ts";
import { asRoot } from "./wrapper.ts";

/** A terminal on the host: a command, or root's shell when `argv` is empty. Resolves to the exit code (255: ssh failed). */
export function interactive(target: SshTarget, argv: readonly string[]): Promise<number> {
  const command =
    argv.length > 0 ? asRoot(target.user) + shellCommand(argv) : `exec ${asRoot(target.user)}${loginShell(target)}`;
  return attached(target, ["-t"], command, "inherit");
}

/**
 * Runs a command as root with this process's stdin, stdout and stderr, without a terminal: for pipes and for output that is
 * followed. Its words are visible in the host's process list. Resolves to its exit code (255: ssh failed).
 */
export function streaming(
  target: SshTarget,
  argv: readonly string[],
  options: { stdin: "inherit" | "ignore" },
): Promise<number> {
  return attached(target, ["-T"], asRoot(target.user) + shellCommand(argv), options.stdin);
}

/**
 * The same for output that is read here, a line at a time as it comes, however long a line is; without the line ends. Errors go
 * to this process's stderr.
 */
export async function streamedLines(
  target: SshTarget,
  argv: readonly string[],
  onLine: (line: string) => void,
): Promise<number> {
  const command = asRoot(target.user) + shellCommand(argv);
  let parts: string[] = [];
  const decoder = new StringDecoder("utf8");
  const code = await attached(target, ["-T"], command, "ignore", (chunk) => {
    const [first = "", ...rest] = decoder.write(chunk).split("\n");
    parts.push(first);
    for (const next of rest) {
      onLine(parts.join(""));
      parts = [next];
    }
  });
  const last = parts.join("") + decoder.end();
  if (last !== "") onLine(last);
  return code;
}

function loginShell(target: SshTarget): string {
  return target.user === "root" ? '"$SHELL" -l' : "-i";
}

function attached(
  target: SshTarget,
  options: readonly string[],
  command: string,
  stdin: "inherit" | "ignore",
  onStdout?: (chunk: Buffer) => void,
): Promise<number> {
  const argv = [...sharedConnection(target), ...sshOptions(target), ...options, "--", sshDestination(target), command];
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn("ssh", argv, { stdio: [stdin, onStdout ? "pipe" : "inherit", "inherit"] });
    if (onStdout) child.stdout?.on("data", onStdout);
    // Ctrl-C is for the command: we stay until ssh has ended.
    const ignore = () => undefined;
    process.on("SIGINT", ignore);
    child.once("error", reject);
    // "close": all of its output was read. A connection that others share may hold a pipe open, so only where it is read.
    child.once(onStdout ? "close" : "exit", (code: number | null, signal: NodeJS.Signals | null) => {
      process.off("SIGINT", ignore);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
