import { type ChildProcessByStdio, spawn } from "node:child_process";
import { Readable, type Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { type SshTarget, sshDestination, sshOptions } from "./target.ts";
import { greeting, wrapped } from "./wrapper.ts";

export interface SessionOptions {
  /** Follows the script on its stdin. Without it the script reads end-of-file, or waits in a session that stays open. */
  readonly stdin?: Buffer | string | Readable;
  /** Keeps stdin open after the script until `closeStdin`. */
  readonly keepOpen?: boolean;
  readonly onStdout?: (chunk: string) => void;
  /** Ends a session that has not greeted by then. */
  readonly greetingMs: number;
  /** Lets the host itself end the script some time later. */
  readonly limitMs?: number | undefined;
}

export interface Ended {
  /** Exit code of the ssh client; 255 when ssh itself failed or was ended. */
  readonly code: number;
  /** False: nothing was run, not even sent. */
  readonly greeted: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Session {
  readonly argv: readonly string[];
  /** True when the host is ready and the script is on its way; false when the session ended before. */
  readonly greeted: Promise<boolean>;
  /** Rejects only if reading the caller's stdin failed. */
  readonly ended: Promise<Ended>;
  closeStdin(): void;
  /** Ends the ssh client; `ended` follows. `reason` is added to stderr. */
  end(reason: string): void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts one ssh client that runs the script as root. `connection` chooses between the shared connection and one of its own. */
export function openSession(
  target: SshTarget,
  connection: readonly string[],
  script: string,
  options: SessionOptions,
): Session {
  const { command, bytes } = wrapped(script, target.user, options.limitMs);
  const argv = [...connection, ...sshOptions(target), "-T", "--", sshDestination(target), command];
  // A group of its own: Ctrl-C reaches us, who decide what is broken off, and not every ssh at once.
  const child: Child = spawn("ssh", argv, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  child.stdin.on("error", () => undefined); // the script ended before it read everything: its right
  let ending = "";
  const end = (reason: string) => {
    ending ||= reason;
    endChild(child);
  };

  let failure: Error | undefined;
  const output = collect(child, options.onStdout, () => {
    child.stdin.write(bytes);
    feed(child.stdin, options, (error) => {
      failure = error;
      end("the input could not be read");
    });
  });
  const patience = setTimeout(
    () => end(`no greeting within ${options.greetingMs / 1000} s: timed out`),
    options.greetingMs,
  );
  void output.greeted.then(() => clearTimeout(patience));

  const ended = exitOf(child).then(({ code, error }): Ended => {
    clearTimeout(patience);
    output.close();
    if (failure) throw failure;
    const { stdout, stderr, isGreeted } = output.read();
    return { code, greeted: isGreeted, stdout, stderr: [stderr, error, ending].filter(Boolean).join("\n") };
  });
  return { argv: ["ssh", ...argv], greeted: output.greeted, ended, closeStdin: () => child.stdin.end(), end };
}

function feed(stdin: Writable, { stdin: input, keepOpen }: SessionOptions, onError: (error: Error) => void): void {
  if (input instanceof Readable) {
    input.once("error", onError);
    input.pipe(stdin, { end: !keepOpen });
    return;
  }
  if (input !== undefined) stdin.write(input);
  if (!keepOpen) stdin.end();
}

/** Gathers both outputs; stdout begins behind the greeting. */
function collect(child: Child, onStdout: ((chunk: string) => void) | undefined, onGreeting: () => void) {
  const decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  const stdout: string[] = [];
  let stderr = "";
  let before: string | undefined = "";
  let settle: (greeted: boolean) => void = () => undefined;
  const greeted = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const take = (text: string) => {
    if (text === "") return;
    stdout.push(text);
    onStdout?.(text);
  };
  child.stdout.on("data", (chunk: Buffer) => {
    const text = decoders.stdout.write(chunk);
    if (before === undefined) return take(text);
    before += text;
    const at = before.indexOf(greeting);
    if (at === -1) return;
    const first = before.slice(at + greeting.length);
    before = undefined;
    onGreeting();
    settle(true);
    take(first);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += decoders.stderr.write(chunk);
  });
  return {
    greeted,
    close() {
      if (before === undefined) take(decoders.stdout.end());
      settle(false);
    },
    read: () => ({ stdout: stdout.join(""), stderr: stderr + decoders.stderr.end(), isGreeted: before === undefined }),
  };
}

/**
 * Resolves when the client has ended and its output was read. The pipes may stay open longer, for a shared connection that this
 * client opened can inherit them: so they are waited for only a moment.
 */
function exitOf(child: Child): Promise<{ code: number; error: string }> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: 255, error: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 255, error: "" }));
    child.once("exit", (code) => {
      const drained = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ code: code ?? 255, error: "" });
      }, 500);
      child.once("close", () => clearTimeout(drained));
    });
  });
}

function endChild(child: Child): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const last = setTimeout(() => child.kill("SIGKILL"), 1000);
  child.once("exit", () => clearTimeout(last));
}
