import { randomBytes } from "node:crypto";
import { link, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { RampartError } from "../base/problem.ts";
import { createExclusively, readIfThere } from "./files.ts";

/** A save takes some 20 ms, so this is many of them; then the holder hangs. */
const patienceMs = 15_000;

/**
 * Does the work while holding the lock file, which names its holder ("<pid> <machine> <token>"). A holder that died is replaced.
 * `stillHeld` tells, before a last irrevocable step, whether the lock is still ours.
 */
export async function withLock<T>(path: string, work: (stillHeld: () => Promise<boolean>) => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${hostname()} ${randomBytes(8).toString("hex")}\n`;
  const stillHeld = async () => (await holder(path)) === mine;
  await acquire(path, mine);
  try {
    return await work(stillHeld);
  } finally {
    if (await stillHeld()) await rm(path, { force: true });
  }
}

async function acquire(path: string, mine: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await createExclusively(path, mine, 0o600))) {
    const other = await holder(path);
    if (other !== undefined && !isAlive(other)) await removeStale(path, other);
    else if (Date.now() > deadline) throw held(path, other ?? "");
    else await sleep(10 + Math.random() * 30);
  }
}

async function holder(path: string): Promise<string | undefined> {
  return (await readIfThere(path))?.toString("utf8");
}

/** A holder on another machine (a shared folder) cannot be asked: it counts as alive. */
function isAlive(content: string): boolean {
  const [pid = "", machine] = content.trim().split(" ");
  if (machine !== hostname()) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Moved aside before it is removed, and put back if a third process was quicker and the lock is no longer the stale one. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await holder(aside)) !== stale) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function held(path: string, content: string): RampartError {
  const [pid, machine] = content.trim().split(" ");
  return new RampartError("The secrets are in use", [
    {
      path,
      reason: `process ${pid ?? "?"} on ${machine ?? "?"} has been saving secrets for more than ${patienceMs / 1000} s`,
      remedy: "Wait until it has ended. If there is no such process, remove this file and run the command again.",
    },
  ]);
}
