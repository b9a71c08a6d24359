import { command } from "../command.ts";
import type { Row } from "../figures.ts";

interface Line {
  readonly name: string;
  readonly medianMs: number;
  readonly worstMs: number;
  readonly cpuMs: number;
  readonly runs: number;
  readonly rssMiB: number;
}

/** The plan of 1,000 hosts from given observations: bench/plan.ts, in a process of its own. */
export async function planRows(program: string): Promise<Row[]> {
  const { stdout } = await command([process.execPath, program]);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  const times = lines.map(
    (line): Row => ({
      ...{ what: line.name, unit: "s", better: "least", reach: 2, aim: 0.5 },
      values: [line.medianMs / 1000],
      runs: line.runs,
      notes: [
        `From the site to the ordered stages, from given observations; the median of ${line.runs} runs in one process, the worst ${line.worstMs} ms, ${line.cpuMs} ms of CPU each.`,
      ],
    }),
  );
  const most = Math.max(...lines.map((line) => line.rssMiB));
  const memory: Row = {
    ...{ what: "memory of that plan", unit: "MiB", values: [most], better: "least", reach: 512, aim: undefined },
    notes: ["The highest resident size of a process that makes one plan."],
  };
  return [...times, memory];
}
