import { command } from "../command.ts";
import type { Row } from "../figures.ts";

interface Line {
  readonly name: string;
  readonly medianMs: number;
  readonly worstMs: number;
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
      notes: [
        `From the site to the ordered stages, from given observations; median of ${line.runs} runs in one process, worst ${line.worstMs} ms.`,
      ],
    }),
  );
  const most = Math.max(...lines.map((line) => line.rssMiB));
  const memory: Row = {
    ...{ what: "memory of that plan", unit: "MiB", values: [most], better: "least", reach: 512, aim: undefined },
    notes: ["Resident size of the process at its end."],
  };
  return [...times, memory];
}
