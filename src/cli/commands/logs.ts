import { RampartError } from "../../base/problem.ts";
import { parseDuration } from "../../base/rate.ts";
import { shellCommand } from "../../base/text.ts";
import { labHosts } from "../../lab/lab.ts";
import { logsHost, senderFiles } from "../../model/logs.ts";
import type { Host } from "../../model/topology.ts";
import { inOrder, type LogLine, lineKey, logFields, logJson, logLine, logText } from "../../report/log-lines.ts";
import { streamedLines } from "../../ssh/attached.ts";
import { type CommandLine, UsageError } from "../arguments.ts";
import { requireHosts, targetsOf } from "../hosts.ts";
import { nearest } from "../nearest.ts";
import { type OpenSite, openSite } from "../site.ts";

type Options = CommandLine["options"];

/** What is asked of a journal. */
interface Question {
  readonly unit: string | undefined;
  readonly lines: number;
  readonly follow: boolean;
  /** Words for journalctl: times and text. */
  readonly filter: readonly string[];
  readonly json: boolean;
}

/** `logs HOST [UNIT]`: asks the host itself, or the monitor's store when it is away. `logs --all [UNIT]`: the store, all hosts. */
export async function logsCommand(options: Options, words: readonly string[]): Promise<number> {
  const all = options.all === true;
  const [name, unit] = all ? [undefined, words[0]] : words;
  if (!all && name === undefined) throw misuse("HOST", "no host is named.");
  const question = questionOf(options, unit);
  const open = await openSite(options);
  requireHosts(open);
  if (name === undefined) return await askStore(open, open.topology.hosts, question);
  const host = open.topology.hosts.find((one) => one.name === name);
  if (host === undefined) throw unknownHost(open, name);
  if (isRunning(open, host)) return await askHost(open, host, question);
  process.stderr.write(`${name} is off: this is what the monitor has of it.\n`);
  return await askStore(open, [host], question);
}

async function askHost(open: OpenSite, host: Host, question: Question): Promise<number> {
  const script = shellCommand(["journalctl", ...journalWords(question)]);
  const print = printer(question);
  const code = await streamedLines(targetsOf(open)(host.name), ["sh", "-c", script], (json) => {
    const line = logLine(host.name, json);
    if (line) print(line);
  });
  return code;
}

/** Each host's files by themselves, so that a line is told by who sent it and not by what it says of itself. */
async function askStore(open: OpenSite, hosts: readonly Host[], question: Question): Promise<number> {
  const store = logsHost(open.topology);
  if (store === undefined || !isRunning(open, store)) throw storeAway(store?.name ?? "the monitor host");
  const look = hosts.map((host) => {
    return `look ${host.name} ${senderFiles(host).join(" ")}${question.follow ? " &" : ""}`;
  });
  const script = `look() {
  host=$1; shift
  files=
  for file; do [ ! -e "$file" ] || files="$files --file=$file"; done
  [ -z "$files" ] || journalctl $files ${shellCommand(journalWords(question))} | sed -u "s/^/$host /"
}
${look.join("\n")}
wait`;
  const found: LogLine[] = [];
  const print = printer(question);
  const recent = new Set<string>();
  const code = await streamedLines(targetsOf(open)(store.name), ["sh", "-c", script], (text) => {
    const at = text.indexOf(" ");
    const line = logLine(text.slice(0, at), text.slice(at + 1));
    if (line === undefined) return;
    if (!question.follow) found.push(line);
    else if (isNew(recent, line)) print(line);
  });
  for (const line of inOrder(found).slice(-question.lines)) print(line);
  return code;
}

/** How many lines are remembered while they are followed, to pass over those that come twice. */
const remembered = 10_000;

function isNew(recent: Set<string>, line: LogLine): boolean {
  const key = lineKey(line);
  if (recent.has(key)) return false;
  if (recent.size >= remembered) recent.clear();
  recent.add(key);
  return true;
}

function printer({ json }: Question): (line: LogLine) => void {
  return (line) => {
    process.stdout.write(`${json ? logJson(line) : logText(line)}\n`);
  };
}

function journalWords({ unit, lines, follow, filter, json }: Question): readonly string[] {
  return [
    // All of a field, however long or strange.
    ...["--no-pager", "--quiet", "--all", "-o", "json", "-n", String(lines)],
    ...(json ? [] : [`--output-fields=${logFields.join(",")}`]),
    ...(unit === undefined ? [] : ["-u", unit]),
    ...(follow ? ["-f"] : []),
    ...filter,
  ];
}

function questionOf(options: Options, unit: string | undefined): Question {
  const lines = String(options.lines ?? 100);
  if (!/^[1-9]\d{0,6}$/.test(lines)) throw misuse("--lines", `"${lines}" is no number of lines.`);
  const follow = options.follow === true;
  if (follow && options.until !== undefined) throw misuse("--until", "what is followed has no end.");
  const times = (["since", "until"] as const).flatMap((name) => {
    const value = options[name];
    return typeof value === "string" ? [`--${name}=@${moment(`--${name}`, value, Date.now())}`] : [];
  });
  const text = typeof options.grep === "string" ? options.grep : undefined;
  if (text === "") throw misuse("--grep", "the text is empty.");
  const search = text === undefined ? [] : [`--grep=${literal(text)}`, "--case-sensitive=no"];
  return { unit, lines: Number(lines), follow, filter: [...times, ...search], json: options.json };
}

/** Text as a pattern of PCRE that means just this text. */
function literal(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s_]/gu, "\\$&");
}

/** Seconds since 1970 of "30m" (ago), "2026-11-21", "2026-11-21 10:00" or "2026-11-21T10:00:00Z"; UTC when no zone is said. */
function moment(option: string, text: string, now: number): number {
  const ago = parseDuration(text);
  if (ago !== undefined) return Math.floor(now / 1000) - ago;
  const [, day, time = "00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  if (!Number.isNaN(at)) return at / 1000;
  throw misuse(option, `"${text}" is no time such as 30m, 7d, 2026-11-21 or "2026-11-21 10:00" (UTC).`);
}

function isRunning({ site }: OpenSite, host: Host): boolean {
  return labHosts(site.name).some((one) => one.name === host.name && one.state !== "off");
}

function unknownHost({ site, topology }: OpenSite, name: string): RampartError {
  const names = topology.hosts.map((one) => one.name);
  const guess = nearest(name, names);
  return new RampartError(`There is no host ${name}`, [
    {
      path: name,
      reason: `${site.name} has no such host.`,
      remedy: `${guess ? `Did you mean "${guess}"? ` : ""}The hosts are ${names.join(", ")}.`,
    },
  ]);
}

function storeAway(name: string): RampartError {
  return new RampartError("The logs of all hosts cannot be searched", [
    {
      path: name,
      reason: "it keeps them, and its power is off.",
      remedy: `Switch it on: rampart lab start ${name}. Or ask a host that runs: rampart logs HOST.`,
    },
  ]);
}

function misuse(path: string, reason: string): UsageError {
  const remedy = "Use rampart logs HOST [UNIT], or rampart logs --all [UNIT]; each with --since, --until, --grep, -f.";
  return new UsageError("rampart logs does not understand this", [{ path, reason, remedy }], "rampart docs logs");
}
