import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { limit, measured, type Row, verdict } from "./figures.ts";

const head = ["what", "reach", "aim", "measured", "verdict"];

/** What the machine is and what else it did. */
export function machineText(loadBefore: readonly number[]): string {
  const system = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "";
  const load = (values: readonly number[]) => values.map((one) => one.toFixed(1)).join(", ");
  return `${cpus().length} cores (${cpus()[0]?.model.trim() ?? ""}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory, ${system}, kernel ${release()}, Node ${process.versions.node}. Load averages (1, 5, 15 min) before the bench ${load(loadBefore)}, after it ${load(loadavg())}.`;
}

export function tableText(rows: readonly Row[]): string {
  const cells = [head, ...rows.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? "")].length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** docs/benchmarks.md */
export function benchmarksPage(rows: readonly Row[], machine: string, date: string): string {
  const lines = [head, head.map(() => "---"), ...rows.map(cellsOf)].map((row) => `| ${row.join(" | ")} |`);
  const notes = rows.map((row) => `- **${row.what}.** ${row.notes.join(" ")}`);
  return `# Benchmarks

Written by \`make bench\` on ${date}. The medians of several runs, with the smallest and the largest; none of it is a timed test,
and none of it is told from memory. Times in seconds depend on the machine; ratios travel better.

Machine: ${machine}

${lines.join("\n")}

## How each was measured

${notes.join("\n")}

Run it again with \`make bench\` (it takes some minutes and needs the machine for itself); one part of it with
\`scripts/bench --only traffic\`. The parts: ${partNames.join(", ")}. \`--full\` repeats the slow ones. Only a run of all parts
writes this page.
`;
}

export const partNames = [
  "startup",
  "plan",
  "up",
  "apply",
  "memory",
  "promise",
  "traffic",
  "waf",
  "pass",
  "cost",
  "fresh",
] as const;

function cellsOf(row: Row): readonly string[] {
  const relation = row.better === "least" ? "≤ " : "≥ ";
  const bound = (value: number | undefined) => (value === undefined ? "" : `${relation}${limit(value, row)}`);
  return [row.what, bound(row.reach), bound(row.aim), measured(row), verdict(row)];
}
