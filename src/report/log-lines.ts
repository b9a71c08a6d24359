import { shownText, unseen } from "../base/shown.ts";

/** A line of a host's journal. */
export interface LogLine {
  /** Whose journal it is; by its certificate when it comes from the monitor's store. */
  readonly host: string;
  /** What the line says of its host: another name only when somebody lies, or the host was renamed. */
  readonly claimed: string | undefined;
  /** Microseconds since 1970. */
  readonly at: number;
  /** Program, or "kernel". */
  readonly name: string;
  readonly pid: string | undefined;
  readonly message: string;
  /** All fields, as journalctl gives them. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Fields that `logText` needs; journalctl gives times besides. */
export const logFields: readonly string[] = [
  ...["MESSAGE", "SYSLOG_IDENTIFIER", "_COMM", "_PID", "SYSLOG_PID", "_TRANSPORT", "_HOSTNAME"],
];

/** What `journalctl -o json` prints for one line; undefined for something else, such as a line that was cut off. */
export function logLine(host: string, json: string): LogLine | undefined {
  const fields = parsed(json);
  const at = Number(fields?.__REALTIME_TIMESTAMP);
  if (fields === undefined || !Number.isFinite(at)) return undefined;
  const text = (name: string) => (fields[name] === undefined ? undefined : fieldText(fields[name]));
  return {
    ...{ host, claimed: text("_HOSTNAME"), at, fields, message: text("MESSAGE") ?? "" },
    name: text("SYSLOG_IDENTIFIER") ?? text("_COMM") ?? (text("_TRANSPORT") === "kernel" ? "kernel" : "unknown"),
    pid: text("_PID") ?? text("SYSLOG_PID"),
  };
}

function parsed(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** journalctl gives bytes that are no printable text as numbers, and a field that comes twice as a list. */
function fieldText(value: unknown): string {
  if (!Array.isArray(value)) return value === null || value === undefined ? "" : String(value);
  if (value.every((one) => typeof one === "number")) return Buffer.from(value as number[]).toString("utf8");
  return value.map(fieldText).join("\n");
}

/** Longer messages are cut; nobody reads a megabyte in a terminal. */
const longestMessage = 8192;

/** `2026-11-21T01:22:03.123Z web1 nginx[123]: message`; further lines of a message are indented, so that none can pass for another. */
export function logText(line: LogLine): string {
  const time = new Date(line.at / 1000).toISOString();
  const host = isOwn(line) ? line.host : `${line.host} (says it is ${shown(line.claimed ?? "", 64)})`;
  const from = `${shown(line.name, 64)}${line.pid === undefined ? "" : `[${shown(line.pid, 16)}]`}`;
  return `${time} ${host} ${from}: ${shown(line.message, longestMessage)}`;
}

function isOwn({ host, claimed }: LogLine): boolean {
  return claimed === undefined || claimed === host || claimed.startsWith(`${host}.`);
}

function shown(text: string, longest: number): string {
  return shownText(text, longest, "--json has them");
}

/** One line of JSON: every field of the journal, and RAMPART_HOST. No terminal acts on it. */
export function logJson({ host, fields }: LogLine): string {
  const escaped = (one: string) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  return JSON.stringify({ RAMPART_HOST: host, ...fields }).replace(unseen, escaped);
}

/**
 * Oldest first, each once: a sender that was cut off sends again what it does not know to have arrived.
 */
export function inOrder(lines: readonly LogLine[]): readonly LogLine[] {
  const known = new Set<string>();
  return lines
    .toSorted((one, other) => one.at - other.at)
    .filter((line) => {
      const key = lineKey(line);
      return known.has(key) ? false : known.add(key);
    });
}

/** The same for a line that was sent twice. */
export function lineKey({ host, at, fields, message }: LogLine): string {
  return [host, at, String(fields.__MONOTONIC_TIMESTAMP), message].join("\0");
}
