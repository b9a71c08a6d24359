import { UsageError } from "../arguments.ts";

/**
 * The second that an operator names, as ISO 8601 in UTC: "2026-11-20T14:03:22Z", "2026-11-20 14:03:22" (UTC), with an offset
 * "+02:00", or "14:03:22" for the last time it was that late. @throws UsageError
 */
export function restoreTime(text: string, now: Date): string {
  const given = text.trim();
  const today = now.toISOString().slice(0, 10);
  const clock = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(given);
  const [, day, time = "", zone = "Z"] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.exec(given) ?? [];
  const at = clock
    ? new Date(`${today}T${given}Z`)
    : new Date(day === undefined ? Number.NaN : `${day}T${time}${zone}`);
  if (Number.isNaN(at.getTime())) throw noTime(given);
  if (clock && at > now) at.setUTCDate(at.getUTCDate() - 1);
  return `${at.toISOString().slice(0, 19)}Z`;
}

function noTime(text: string): UsageError {
  return new UsageError(
    "rampart db restore needs a time",
    [
      {
        path: "--to",
        reason: text === "" ? "it is not said to which second." : `"${text}" is no time.`,
        remedy:
          "Write it in UTC, to the second: --to 2026-11-20T14:03:22Z, or with an offset: 16:03:22+02:00 of that day",
      },
    ],
    "rampart db backups",
  );
}
