import { readdirSync, readFileSync } from "node:fs";
import { sleep } from "../command.ts";
import type { Row } from "../figures.ts";
import { labName } from "../site.ts";

/**
 * Memory of all processes of all hosts. PSS (proc(5), smaps_rollup) counts a page that several processes share once in all,
 * so the sum is what would be free without them, their page cache of files that nobody maps left out.
 */
export async function memoryRow(): Promise<Row> {
  await sleep(60_000);
  const byProgram = new Map<string, number>();
  for (const pid of hostProcesses()) {
    const program = read(`/proc/${pid}/comm`).trim();
    byProgram.set(program, (byProgram.get(program) ?? 0) + pssKib(pid) / 1024);
  }
  const sorted = [...byProgram].toSorted(([, one], [, other]) => other - one);
  const total = sorted.reduce((sum, [, mib]) => sum + mib, 0);
  const most = sorted.slice(0, 8).map(([program, mib]) => `${program} ${mib.toFixed(0)}`);
  return {
    ...{
      what: "memory of the whole idle lab",
      unit: "GiB",
      values: [total / 1024],
      better: "least",
      reach: 2.5,
      aim: 1.5,
    },
    notes: [
      `Twelve hosts, 60 s after \`up\`: the sum of PSS of all their processes (\`/proc/PID/smaps_rollup\`). Most of it, in MiB: ${most.join(", ")}.`,
    ],
  };
}

/** Processes in the cgroups of the lab's hosts. */
export function hostProcesses(host?: string): readonly string[] {
  const mark = `/rampart-${labName}.${host ?? ""}`;
  const end = host === undefined ? "" : "(/|$)";
  const pattern = new RegExp(`${mark.replaceAll(".", "\\.")}${end}`, "m");
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && pattern.test(read(`/proc/${name}/cgroup`)));
}

/** Its share of memory, KiB; 0 when it has ended. */
export function pssKib(pid: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** "" for a file of a process that has just ended. */
export function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // the process has just ended
  }
}
