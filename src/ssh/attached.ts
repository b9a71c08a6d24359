import { spawn } from "node:child_process";
import { constants } from "node:os";
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

function loginShell(target: SshTarget): string {
  return target.user === "root" ? '"$SHELL" -l' : "-i";
}

function attached(
  target: SshTarget,
  options: readonly string[],
  command: string,
  stdin: "inherit" | "ignore",
): Promise<number> {
  const argv = [...sharedConnection(target), ...sshOptions(target), ...options, "--", sshDestination(target), command];
  return new Promise((resolve, reject) => {
    const child = spawn("ssh", argv, { stdio: [stdin, "inherit", "inherit"] });
    // Ctrl-C is for the command: we stay until ssh has ended.
    const ignore = () => undefined;
    process.on("SIGINT", ignore);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.off("SIGINT", ignore);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
