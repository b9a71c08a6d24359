import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import type { Row } from "./figures.ts";
import { benchmarksPage, machineText, partNames, tableText } from "./report.ts";
import { costRows } from "./rows/cost.ts";
import { freshRow } from "./rows/fresh.ts";
import { memoryRow } from "./rows/memory.ts";
import { planRows } from "./rows/plan.ts";
import { promiseRows } from "./rows/promise.ts";
import { startupRow } from "./rows/startup.ts";
import { passRows, trafficRows } from "./rows/traffic.ts";
import { applyRow, upRow } from "./rows/up.ts";
import { wafRows } from "./rows/waf.ts";
import { type BenchSite, benchSite } from "./site.ts";

type Part = (typeof partNames)[number];

export interface BenchInput {
  /** The checkout. */
  readonly root: string;
  /** The bundled bench/plan.ts. */
  readonly plan: string;
  /** Words of the command line. */
  readonly words: readonly string[];
}

/** Measures, prints the table and, when everything was measured, writes docs/benchmarks.md. Resolves to the exit code. */
export async function bench(input: BenchInput): Promise<number> {
  const wanted = wantedParts(input.words);
  const before = loadavg();
  const rows: Row[] = [];
  const add = (part: Part, made: readonly Row[]) => {
    rows.push(...made);
    process.stderr.write(`${tableText(made)}\n(${part} done)\n`);
  };
  if (wanted.has("startup")) add("startup", [await startupRow(input.root)]);
  if (wanted.has("plan")) add("plan", await planRows(input.plan));
  await withSite(input.root, wanted, async (site) => {
    if (wanted.has("up")) add("up", [await upRow(site)]);
    else await site.rampart(["up"]);
    if (wanted.has("memory")) add("memory", [await memoryRow()]);
    if (wanted.has("apply")) add("apply", [await applyRow(site)]);
    if (wanted.has("promise")) add("promise", await promiseRows(site));
    if (wanted.has("traffic")) add("traffic", await trafficRows(site, input.root));
    if (wanted.has("waf")) add("waf", await wafRows(site));
    if (wanted.has("pass")) add("pass", await passRows(site, input.root));
    if (wanted.has("cost")) add("cost", await costRows(site));
  });
  if (wanted.has("fresh")) add("fresh", [await freshRow(input.root, input.words.includes("--full") ? 3 : 1)]);
  const machine = machineText(before);
  process.stdout.write(`\n${tableText(rows)}\n\n${machine}\n`);
  const complete = partNames.every((part) => wanted.has(part));
  const page = join(input.root, "docs/benchmarks.md");
  if (complete) writeFileSync(page, benchmarksPage(rows, machine, new Date().toISOString().slice(0, 10)));
  return 0;
}

function wantedParts(words: readonly string[]): ReadonlySet<Part> {
  const at = words.indexOf("--only");
  const names = at === -1 ? [...partNames] : (words[at + 1] ?? "").split(",");
  const parts = partNames.filter((part) => names.includes(part));
  if (parts.length !== names.length) throw new Error(`the parts are ${partNames.join(", ")}`);
  return new Set(parts);
}

/** Gives the work a site to measure on, and leaves nothing of it behind. */
async function withSite(
  root: string,
  wanted: ReadonlySet<Part>,
  work: (site: BenchSite) => Promise<void>,
): Promise<void> {
  if (
    !(["up", "memory", "apply", "promise", "traffic", "waf", "pass", "cost"] as const).some((part) => wanted.has(part))
  )
    return;
  const site = benchSite(root);
  try {
    await site.rampart(["down"]); // what a bench left that was cut off
    await work(site);
  } finally {
    await site.rampart(["down"]);
    site.remove();
  }
}
