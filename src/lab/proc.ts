import { readlinkSync } from "node:fs";
import { entries, readText } from "./paths.ts";
import { sleep } from "./process.ts";

/** A process as /proc shows it. Pid and start time together are never used twice. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Clock ticks from the machine's start to the process's. */
  readonly startTime: number;
  readonly argv: readonly string[];
}

/** All processes of this machine that run a program (no kernel threads, no zombies). */
export function processTable(): readonly Process[] {
  return entries("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => processOf(Number(entry)) ?? []);
}

/** One process, or undefined when it is gone. */
export function processOf(pid: number): Process | undefined {
  const stat = statOf(pid);
  const cmdline = stat === undefined ? undefined : readText(`/proc/${pid}/cmdline`);
  if (stat === undefined || cmdline === undefined || cmdline === "") return undefined;
  return { pid, ...stat, argv: cmdline.replace(/\0$/, "").split("\0") };
}

/** Still the same process, and not a zombie. */
export function isAlive(process: Process): boolean {
  return statOf(process.pid)?.startTime === process.startTime;
}

/** Sends a signal if the process is still the one that was seen. */
export function send(signal: "SIGKILL" | "SIGTERM", target: Process): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}

/** Waits until all of them have ended; false when some have not after that time. */
export async function haveEnded(processes: readonly Process[], timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (processes.some(isAlive)) {
    if (performance.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}

/** True for the first process of a pid namespace one below ours: a host's power. */
export function isFirstProcess(pid: number): boolean {
  const line = /^NSpid:\s+(.*)$/m.exec(readText(`/proc/${pid}/status`) ?? "");
  const pids = (line?.[1] ?? "").split(/\s+/);
  return pids.length === 2 && pids[1] === "1";
}

/** The identity of a process's network namespace ("net:[4026532281]"), or undefined. */
export function netnsOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** Value of a variable in a process's environment at its start. */
export function environmentOf(pid: number, variable: string): string | undefined {
  const found = (readText(`/proc/${pid}/environ`) ?? "").split("\0").find((pair) => pair.startsWith(`${variable}=`));
  return found?.slice(variable.length + 1);
}

function statOf(pid: number): { readonly parent: number; readonly startTime: number } | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // Fields after the name, which is in parentheses and may hold anything: state, ppid, … starttime (proc(5) field 22).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  return { parent: Number(fields[1]), startTime: Number(fields[19]) };
}
