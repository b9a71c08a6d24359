import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import type { RemoteResult } from "./result.ts";
import { type Ended, openSession, type Session, type SessionOptions } from "./session.ts";
import { controlPath, ownConnection, type SshTarget, sharedConnection } from "./target.ts";
import { brokenOff, unreachableText } from "./unreachable.ts";

export interface RunOptions {
  /** Follows the script on its stdin, for example a tar stream. Without it the script reads end-of-file. */
  readonly stdin?: Buffer | string | Readable;
  /** Of the whole call, with connecting. The script is ended on the host, too. */
  readonly timeoutMs?: number;
  /** A connection of its own instead of the shared one: shows that a new one is let in. */
  readonly ownConnection?: boolean;
  /** Gets stdout as it comes. */
  readonly onStdout?: (chunk: string) => void;
}

/**
 * Runs a POSIX shell script as root on a host. Never throws for what happens there: see the result. The script may hold secrets
 * and file contents; it is in no process list and in no file. The locale is C.UTF-8, the umask 022.
 */
export async function run(target: SshTarget, script: string, options: RunOptions = {}): Promise<RemoteResult> {
  const call = begin(target, options.timeoutMs, options.ownConnection ? ownConnection : undefined);
  const session = await call.open(script, {
    stdin: options.stdin,
    onStdout: options.onStdout,
    limitMs: options.timeoutMs,
  });
  return call.result(session);
}

export interface HoldOptions {
  /** The line by which the script says that it is ready. */
  readonly readyLine: string;
  /** Until the line comes; after it the session may last. */
  readonly timeoutMs?: number;
}

export type Held =
  | {
      readonly held: true;
      /** Stdout until the ready line, with it. */
      readonly output: string;
      /** Settles when the session ends: by `release`, or because script or connection broke off. */
      readonly ended: Promise<RemoteResult>;
      /** Closes the script's stdin and waits for its end. */
      release(): Promise<RemoteResult>;
    }
  | { readonly held: false; readonly result: RemoteResult };

/**
 * Runs a script that stays: resolves when it has printed the ready line, or has ended without. Its stdin stays open until
 * `release`, and is closed by the system if this process is killed: a script that ends with `cat >/dev/null` under flock gives
 * its lock back then.
 */
export async function hold(target: SshTarget, script: string, options: HoldOptions): Promise<Held> {
  return holdOn(target, script, options, undefined);
}

/** `hold` on a connection of its own, with further options of ssh, if they are given. */
export async function holdOn(
  target: SshTarget,
  script: string,
  options: HoldOptions,
  own: readonly string[] | undefined,
): Promise<Held> {
  const call = begin(target, options.timeoutMs, own && [...ownConnection, ...own]);
  let output = "";
  let isReady: (ready: true) => void = () => undefined;
  const ready = new Promise<true>((resolve) => {
    isReady = resolve;
  });
  const onStdout = (chunk: string) => {
    output += chunk;
    if (`\n${output}`.includes(`\n${options.readyLine}\n`)) isReady(true);
  };
  const session = await call.open(script, { keepOpen: true, onStdout });
  const ended = call.result(session);
  if ((await Promise.race([ready, ended])) !== true) return { held: false, result: await ended };
  call.noMoreLimit();
  const release = () => {
    session.closeStdin();
    return ended;
  };
  return { held: true, output, ended, release };
}

/** Through a connection that is open, the greeting takes one round trip; a busy host may need a while to start a shell. */
const sharedGreetingMs = 5000;
/** Key exchange is limited by ConnectTimeout; a hardware token may wait for its owner's finger. */
const freshGreetingMs = 30_000;

/** The common course of `run` and `hold`: one clock, and one second attempt if the first found a dead connection. */
function begin(target: SshTarget, timeoutMs: number | undefined, connection?: readonly string[]) {
  const started = performance.now();
  let current: Session | undefined;
  let timedOut = false;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          current?.end(`timed out after ${timeoutMs / 1000} s`);
        }, timeoutMs);

  async function open(script: string, options: Given<Omit<SessionOptions, "greetingMs">>): Promise<Session> {
    const wasOpen = connection === undefined && existsSync(controlPath(target));
    const attempt = (way: readonly string[], greetingMs: number) => {
      current = openSession(target, way, script, defined({ ...options, greetingMs }));
      return current;
    };
    const first = attempt(connection ?? sharedConnection(target), wasOpen ? sharedGreetingMs : freshGreetingMs);
    // The script is sent after the greeting only. So without one nothing was run, and a second attempt is safe; it is worth
    // while if the first went through a connection that may have died with the host's last boot.
    if ((await first.greeted) || !wasOpen || timedOut) return first;
    return attempt(ownConnection, freshGreetingMs);
  }

  async function result(session: Session): Promise<RemoteResult> {
    const ended = await session.ended.finally(() => clearTimeout(timer));
    const durationMs = Math.round(performance.now() - started);
    return { host: target.host, argv: session.argv, durationMs, timedOut, ...outcome(target, ended, timedOut) };
  }

  return { open, result, noMoreLimit: () => clearTimeout(timer) };
}

type Outcome = Pick<RemoteResult, "exitCode" | "stdout" | "stderr" | "unreachable">;

function outcome(target: SshTarget, { code, greeted, stdout, stderr }: Ended, timedOut: boolean): Outcome {
  if (!greeted) {
    const unreachable = unreachableText(stderr, target.proxyCommand !== undefined);
    return { exitCode: undefined, stdout, stderr, unreachable };
  }
  if (timedOut) return { exitCode: undefined, stdout, stderr };
  if (code === 255) return { exitCode: undefined, stdout, stderr, unreachable: brokenOff };
  return { exitCode: code, stdout, stderr };
}

type Given<T> = { [K in keyof T]: T[K] | undefined };

/** Without the keys whose value is undefined. */
function defined<T extends object>(value: Given<T>): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
