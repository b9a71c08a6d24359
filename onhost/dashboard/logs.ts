import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { createInterface } from "node:readline";
import { shownText } from "../../src/base/shown.ts";
import type { DashboardHost, DashboardSettings } from "../../src/model/dashboard.ts";
import { Refusal } from "./chart.ts";
import type { LogAnswer, LogLine } from "./wire.ts";

// The journals of all hosts, searched by journalctl. What a line says is text, whatever it holds.

export interface LogQuestion {
  /** Undefined: all hosts. */
  readonly host: string | undefined;
  readonly unit: string | undefined;
  /** The program that says it. */
  readonly identifier?: string;
  readonly text: string | undefined;
  /** Seconds since 1970. */
  readonly since: number;
  readonly until: number;
  readonly lines: number;
}

const mostLines = 500;
const longestMessage = 4000;
/** A search through gigabytes ends at this, ms. */
const patienceMs = 8000;

export function logQuestion(words: URLSearchParams, settings: DashboardSettings, now: number): LogQuestion {
  const host = words.get("host") || undefined;
  if (host !== undefined && !settings.hosts.some(({ name }) => name === host))
    throw new Refusal(`There is no host "${host}".`);
  const unit = words.get("unit") || undefined;
  if (unit !== undefined && !/^[\w@:.\\-]{1,100}$/.test(unit)) throw new Refusal("That is no name of a unit.");
  const text = words.get("text") || undefined;
  if (text !== undefined && text.length > 300) throw new Refusal("The text to look for is longer than 300 characters.");
  const number = (name: string, otherwise: number) => {
    const value = Number(words.get(name) ?? otherwise);
    if (!Number.isFinite(value)) throw new Refusal(`"${name}" is no number.`);
    return value;
  };
  const until = number("to", now);
  const since = number("from", until - 3600);
  if (since >= until) throw new Refusal("The time begins after its end.");
  const lines = Math.min(mostLines, Math.max(1, Math.floor(number("lines", 200))));
  return { host, unit, text, since, until, lines };
}

/** Each host's files by themselves, so that a line is told by who sent it and not by what it says of itself. */
export async function searchLogs(settings: DashboardSettings, question: LogQuestion): Promise<LogAnswer> {
  if (settings.logs !== settings.me)
    return { lines: [], more: `Logs are kept on ${settings.logs}, and this is ${settings.me}: rampart logs --all` };
  const hosts = settings.hosts.filter(({ name }) => question.host === undefined || name === question.host);
  const limit = AbortSignal.timeout(patienceMs);
  const found = await inTurn(hosts, 4, async (host) => await searchHost(host, question, limit));
  const lines = found
    .flatMap((one) => one.lines)
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const kept = lines.slice(-question.lines);
  const silent = hosts.filter((_, index) => found[index]?.trouble !== "").map(({ name }) => name);
  const missing =
    silent.length === 0 ? "" : `Missing are ${silent.join(", ")}: ${found.find((one) => one.trouble)?.trouble}. `;
  const more = limit.aborted
    ? "The search took too long and was ended: choose a shorter time or one host."
    : lines.length > kept.length || found.some((one) => one.lines.length >= question.lines)
      ? `The newest ${kept.length} lines; there are older ones.`
      : "";
  return { lines: kept, more: `${missing}${more}`.trim() };
}

/** So many at once: each is a program that reads. */
async function inTurn<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

interface Searched {
  readonly lines: readonly LogLine[];
  /** Why nothing is known of the host; "" when its journal was read. */
  readonly trouble: string;
}

function searchHost(host: DashboardHost, question: LogQuestion, limit: AbortSignal): Promise<Searched> {
  const files = filesOf(host);
  if (files.length === 0) return Promise.resolve({ lines: [], trouble: "nothing was received" });
  const { unit, identifier, text, since, until, lines } = question;
  const words = [
    ...files.map((file) => `--file=${file}`),
    ...["--no-pager", "--quiet", "--all", "-o", "json", "-n", String(lines)],
    "--output-fields=MESSAGE,SYSLOG_IDENTIFIER,_COMM,_TRANSPORT,PRIORITY",
    ...[`--since=@${Math.floor(since)}`, `--until=@${Math.ceil(until)}`],
    ...(unit === undefined ? [] : ["-u", unit]),
    ...(identifier === undefined ? [] : ["-t", identifier]),
    ...(text === undefined ? [] : [`--grep=${literal(text)}`, "--case-sensitive=no"]),
  ];
  return new Promise((resolve) => {
    const found: LogLine[] = [];
    let said = "";
    const child = spawn("/usr/bin/journalctl", words, { stdio: ["ignore", "pipe", "pipe"], signal: limit });
    child.stderr.on("data", (chunk: Buffer) => (said = `${said}${chunk}`.slice(0, 200)));
    child.on("error", () => resolve({ lines: found, trouble: "the search was ended" }));
    createInterface({ input: child.stdout }).on("line", (json) => {
      const line = lineOf(host.name, json);
      if (line) found.push(line);
    });
    // It ends with 1 and without a word when no line fits.
    child.on("close", (code) =>
      resolve({ lines: found, trouble: code === 0 ? "" : (said.trim().split("\n")[0] ?? "") }),
    );
  });
}

/** Files that are there, of names such as `…/remote-127.77.1.1@*.journal`. */
function filesOf(host: DashboardHost): readonly string[] {
  return host.journal.flatMap((pattern) => {
    const [start = "", end = ""] = basename(pattern).split("*");
    const folder = dirname(pattern);
    try {
      const names = readdirSync(folder);
      const fits = (name: string) =>
        pattern.includes("*") ? name.startsWith(start) && name.endsWith(end) : name === start;
      return names.filter(fits).map((name) => `${folder}/${name}`);
    } catch {
      return [];
    }
  });
}

function lineOf(host: string, json: string): LogLine | undefined {
  try {
    const fields = JSON.parse(json) as Record<string, unknown>;
    const at = Number(fields.__REALTIME_TIMESTAMP);
    if (!Number.isFinite(at)) return undefined;
    const name = textOf(fields.SYSLOG_IDENTIFIER ?? fields._COMM ?? fields._TRANSPORT ?? "unknown");
    const priority = Number(fields.PRIORITY);
    return {
      host,
      at: new Date(at / 1000).toISOString(),
      name: shownText(name, 64, "cut"),
      priority: fields.PRIORITY === undefined || !Number.isInteger(priority) ? null : priority,
      message: shownText(textOf(fields.MESSAGE), longestMessage, "rampart logs --json has them"),
    };
  } catch {
    return undefined;
  }
}

/** journalctl gives bytes that are no printable text as numbers, and a field that comes twice as a list. */
function textOf(value: unknown): string {
  if (!Array.isArray(value)) return value === null || value === undefined ? "" : String(value);
  if (value.every((one) => typeof one === "number")) return Buffer.from(value as number[]).toString("utf8");
  return value.map(textOf).join("\n");
}

/** Text as a pattern of PCRE that means just this text. */
function literal(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s_]/gu, "\\$&");
}
