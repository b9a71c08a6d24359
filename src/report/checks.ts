import { plural } from "../base/text.ts";
import type { Check } from "../model/role.ts";
import { hanging, harmless, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** One thing that the site promises, and whether it was found to hold. */
export interface CheckOutcome {
  readonly check: Pick<Check, "id" | "host" | "role" | "promise">;
  readonly ok: boolean;
  /** What the check said. */
  readonly message: string;
}

/** What holds, in one line or (verbose) one each, and all that does not, with what was found instead. */
export function checksText(results: readonly CheckOutcome[], style: Style & { readonly verbose?: boolean }): string {
  const failed = results.filter((result) => !result.ok);
  const shown = style.verbose ? results : failed;
  const lines = shown.map((result) => checkLine(result, style));
  return `${[...lines, ...(lines.length > 0 ? [""] : []), ...totals(results, failed.length, style)].join("\n")}`;
}

function checkLine({ check, ok, message }: CheckOutcome, style: Style): string {
  const paint = colors(style);
  const sign = ok ? paint.good("✔") : paint.bad("✖");
  const column = 16;
  const promise = wrapped(`${harmless(check.promise)}${ok ? "" : `  [${check.id}]`}`, style.width - column);
  const said = ok || message === "" ? [] : wrapped(`found: ${harmless(message)}`, style.width - column).map(paint.bad);
  return hanging(`  ${sign} ${paint.bold(check.host)}`, [...promise, ...said], column);
}

function totals(results: readonly CheckOutcome[], failed: number, style: Style): readonly string[] {
  const paint = colors(style);
  if (results.length === 0) return [paint.careful("No check was made.")];
  if (failed === 0) return [`${paint.good("✔")} ${plural(results.length, "check")}, all hold.`];
  const [worst] = [...hostsOf(results)].toSorted((a, b) => b[1] - a[1]);
  return [
    `${paint.bad("✖")} ${plural(results.length, "check")}: ${failed} ${failed === 1 ? "does" : "do"} not hold, the others do.`,
    ...(worst ? ["", `Look at it:  ${paint.command(`rampart logs ${worst[0]}`)}`] : []),
  ];
}

function hostsOf(results: readonly CheckOutcome[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { check, ok } of results) if (!ok) counts.set(check.host, (counts.get(check.host) ?? 0) + 1);
  return counts;
}
