import { settings } from "../../../onhost/agent/model.ts";
import { sleep } from "../../../src/lab/process.ts";
import {
  databaseIsWell,
  databaseStatus,
  type Load,
  loadInWords,
  nothingWrong,
  primary,
  startLoad,
  stopLoad,
  turns,
  verdictOn,
  writeGap,
} from "./database.ts";
import { say } from "./lab.ts";

/** A fault under load, what heals it, and how long writes may wait. */
export interface Drill {
  readonly name: string;
  /** Does the damage; what it resolves to heals it. `lead` is the primary. */
  readonly harm: (lead: string) => Promise<(() => Promise<void>) | undefined>;
  /** Seconds between the fault and its healing, with writers going on. */
  readonly lasts: number;
  /** Seconds for which writes should wait at most; undefined: until it is healed. Told in the table, with what was measured. */
  readonly gap: number | undefined;
  /** Seconds after the healing within which two voters acknowledge again and every member follows. */
  readonly whole: number;
}

export interface Outcome {
  readonly name: string;
  readonly reach: number | undefined;
  readonly gap: number;
  readonly whole: number;
}

/** Figures of all drills of this run, for the table at its end. */
const outcomes: Outcome[] = [];

/** Runs a drill under writers and readers, reads everything back, and throws when a write is lost, came twice, or two members led. */
async function runDrill(drill: Drill): Promise<Outcome> {
  await databaseIsWell(60);
  await holdOffIsOver();
  await startLoad();
  // A moment that differs from run to run.
  await sleep(1500 + Math.random() * 1500);
  const lead = await primary();
  const known = await termOf(lead);
  const heal = await drill.harm(lead);
  await sleep(drill.lasts * 1000);
  await heal?.();
  const whole = await databaseIsWell(drill.whole);
  await sleep(1000);
  const load = await stopLoad();
  const outcome = { name: drill.name, reach: drill.gap, gap: writeGap(load), whole };
  outcomes.push(outcome);
  say(`${drill.name}: ${loadInWords(load)}; whole again after ${whole.toFixed(1)} s`);
  await judge(load, (await termOf(await primary())) - known);
  return outcome;
}

/**
 * As `runDrill`, and writes waited no longer than the reach allows, in one of three runs: a machine that others use as well stands still
 * now and then. Nothing may be lost in any of them.
 */
export async function drillWithinReach(drill: Drill): Promise<void> {
  // A busy machine makes everything slower; what is far beyond is wrong on any.
  const most = (drill.gap ?? Number.POSITIVE_INFINITY) * slack;
  const gaps: number[] = [];
  do gaps.push((await runDrill(drill)).gap);
  while (gaps.length < 3 && Math.min(...gaps) > most);
  if (Math.min(...gaps) > most)
    throw new Error(`writes waited ${gaps.map((gap) => gap.toFixed(2)).join(", ")} s, more than ${most} s each time`);
}

async function judge(load: Load, terms: number): Promise<void> {
  const verdict = await eventuallySettled(load);
  if (JSON.stringify(verdict) !== JSON.stringify(nothingWrong)) throw new Error(JSON.stringify(verdict, undefined, 2));
  const led = turns(load);
  if (led.length > terms + 1) throw new Error(`${terms} new terms, but writes were acknowledged by ${led.join(", ")}`);
}

const slack = 4;

/** After a failover the next automatic one waits for half a minute (rule 15): a drill is to show a failover, not that. */
async function holdOffIsOver(): Promise<void> {
  const last = (await databaseStatus(await primary())).cluster?.history.at(-1);
  const ago = Date.now() - Date.parse(last?.at ?? "");
  if (last?.kind === "failover" && ago < settings.holdOff) await sleep(settings.holdOff - ago + 500);
}

/**
 * Replicas apply the last rows a moment after the writers have stopped, and a write whose writer gave up waiting may still be committed.
 * What differs for longer stays different.
 */
async function eventuallySettled(load: Load) {
  const until = performance.now() + 15_000;
  for (;;) {
    await databaseIsWell(20);
    const verdict = await verdictOn(load);
    if (verdict.different.length === 0 || performance.now() > until) return verdict;
    await sleep(1000);
  }
}

async function termOf(member: string): Promise<number> {
  return (await databaseStatus(member)).cluster?.term ?? 0;
}

/** Medians and worst of every drill, as a table of plain text. */
export function outcomesTable(): string {
  const names = [...new Set(outcomes.map((one) => one.name))];
  const rows = names.map((name) => {
    const mine = outcomes.filter((one) => one.name === name);
    const { reach } = mine[0] ?? {};
    const gaps = spread(mine.map((one) => one.gap));
    return [name, String(mine.length), ...gaps, reach?.toFixed(1) ?? "", ...spread(mine.map((one) => one.whole))];
  });
  const table = [["drill", "runs", "gap s", "worst", "reach", "whole s", "worst"], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")).join("\n");
}

function spread(values: readonly number[]): readonly [string, string] {
  const sorted = values.toSorted((one, other) => one - other);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return [median.toFixed(2), (sorted.at(-1) ?? Number.NaN).toFixed(2)];
}
