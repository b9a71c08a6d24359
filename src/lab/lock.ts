import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fail } from "../base/problem.ts";
import { duration } from "../base/text.ts";
import { isAlive, processOf } from "./proc.ts";
import { sleep } from "./process.ts";

interface Holder {
  readonly pid: number;
  readonly startTime: number;
  readonly verb: string;
  readonly since: number;
}

/** Does the work while no other process changes this lab. Throws a RampartError that names who does. */
export async function withLock<T>(name: string, verb: string, work: () => Promise<T>): Promise<T> {
  const file = `/run/rampart/${name}.lock`;
  mkdirSync("/run/rampart", { recursive: true });
  const release = await acquire(name, file);
  try {
    const self = processOf(process.pid);
    const holder: Holder = { pid: process.pid, startTime: self?.startTime ?? 0, verb, since: Date.now() };
    writeFileSync(file, JSON.stringify(holder));
    return await work();
  } finally {
    rmSync(file, { force: true });
    await release();
  }
}

async function acquire(name: string, file: string): Promise<() => Promise<void>> {
  for (let tries = 0; ; tries += 1) {
    const release = await tryLock(file);
    if (release !== undefined) return release;
    const holder = readHolder(file);
    const running =
      holder !== undefined && isAlive({ pid: holder.pid, parent: 0, startTime: holder.startTime, argv: [] });
    // A holder that has just died, or has just begun, lets go or signs within moments.
    if (tries < 40 && !running) {
      await sleep(50);
      continue;
    }
    const who = holder === undefined ? "another process" : `process ${holder.pid} (rampart ${holder.verb})`;
    const age = holder === undefined ? "" : `, for ${duration(Date.now() - holder.since)} now`;
    fail(`the lab ${name} is busy`, {
      path: "lab",
      reason: `${who} is changing it${age}.`,
      remedy: "Wait until it is done, or end it; then run the same command again.",
    });
  }
}

/** Node has no flock(2): a child holds the lock for as long as our end of its standard input is open, even if we are killed. */
function tryLock(file: string): Promise<(() => Promise<void>) | undefined> {
  const script = "echo locked; exec cat";
  const child = spawn("flock", ["--nonblock", file, "sh", "-c", script], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => resolve());
    child.on("error", () => resolve());
  });
  child.stdin.on("error", () => {});
  return new Promise((resolve) => {
    child.stdout.once("data", () =>
      resolve(() => {
        child.stdin.end();
        return ended;
      }),
    );
    void ended.then(() => resolve(undefined));
  });
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}
