import { units } from "../../base/rate.ts";
import { UsageError } from "../arguments.ts";

/** The kernel's limit is far above it; a block of more than a year is one without end. */
const longest = 366 * 86_400;

/** Seconds of a length of time such as 90s, 30m, 1h, 2d or 1h30m. Throws a UsageError for anything else. */
export function secondsOf(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  const seconds = parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (units[unit] ?? 0), 0);
  if (/^(\d+[smhd])+$/.test(text) && seconds > 0 && seconds <= longest) return seconds;
  const remedy =
    "Write for example --for 30m, --for 1h or --for 7d; at most 366 days. Without it the block has no end.";
  throw new UsageError("rampart firewall block does not understand --for", [
    { path: "--for", reason: `"${text}" is no length of time.`, remedy },
  ]);
}
