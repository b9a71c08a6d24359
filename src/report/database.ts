import { duration, plural } from "../base/text.ts";
import type { DatabasePromise } from "../model/site.ts";
import type { DatabaseStanding, MemberStatus, PrimaryChange } from "../model/status.ts";
import { galeraLines, galeraText } from "./galera.ts";
import { hanging, harmless, shortened, table, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

const promises: Readonly<Record<DatabasePromise, string>> = {
  "no-loss": "no acknowledged write is lost",
  "no-loss-unless-all-lose-power": "no acknowledged write is lost, unless all hosts lose power at once",
};

/** Something about the member is wrong or unknown. */
export function isUnwell(member: MemberStatus): boolean {
  return (
    member.lagSeconds === null || (member.detail ?? "") !== "" || !/^(primary|replica|synced)$/.test(member.standing)
  );
}

/** What is promised, and whether it holds now: lines for a column of that width. */
export function promiseLines(database: DatabaseStanding, width: number, style: Style): readonly string[] {
  if (database.galera !== undefined || database.promise === null) return galeraLines(database, width, style);
  const paint = colors(style);
  const verdict = database.noLoss ? "holds now" : "does NOT hold now";
  const lines = wrapped(`${promises[database.promise]}: ${verdict}. ${harmless(database.reason)}`, width);
  return database.noLoss ? lines : lines.map(paint.bad);
}

export function primaryLines({ primary, members, galera }: DatabaseStanding, style: Style): readonly string[] {
  if (primary !== null || galera !== undefined) return [];
  const silent = members.filter((member) => member.standing === "unknown").map((member) => member.host);
  const why = silent.length > 0 ? `${silent.join(" ")} did not answer` : "no host says that it leads";
  return [colors(style).bad(`unknown who is primary: ${why}`)];
}

export function lagText(seconds: number | null, style: Style): string {
  if (seconds === null) return colors(style).bad("unknown");
  const text = `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return seconds < 10 ? text : colors(style).careful(text);
}

/** `rampart db status`: the members, what is wrong with them, whether the promise holds, and the last change. */
export function databaseText(database: DatabaseStanding, style: Style, now: Date): string {
  if (database.galera !== undefined) return galeraText(database, style);
  const told = (label: string, text: string) => hanging(`  ${label}`, wrapped(text, style.width - column), column);
  const last = database.changes.at(-1);
  const lines = [
    hanging("  promise", promiseLines(database, style.width - column, style), column),
    ...primaryLines(database, style).map((line) => " ".repeat(column) + line),
    ...backupLines(database, style, now).map((text) => told("backups", text)),
    ...(database.paused ? [colors(style).careful(told("paused", pausedText))] : []),
    ...(last === undefined ? [] : [told("last", `${changeText(last, now)} ${harmless(last.reason)}`)]),
  ];
  const next = nextOf(database, style);
  return [memberTable(database, style), lines.join("\n"), ...(next === "" ? [] : [next])].join("\n\n");
}

/** Up to when any second can be restored, and when that was last proved; nothing where it is not known. */
export function backupLines({ backup }: DatabaseStanding, style: Style, now: Date): readonly string[] {
  if (backup === undefined || backup === null) return [];
  const { logs, base, proven, drillFailed } = backup;
  const newest = base === null ? "no backup yet" : `the newest ${agoText(base, now)}`;
  const behind = logs === null ? "no logs yet" : `any second after it up to ${agoText(logs, now)}`;
  const last = proven === null ? "no restore proved yet" : `last proven restore ${agoText(proven, now)}`;
  const paint = colors(style);
  return [`${newest}, ${behind}; ${drillFailed ? paint.bad(`the last drill FAILED, ${last}`) : last}.`];
}

const column = 11;
const pausedText = "the agents only look. Nobody takes over when the primary is lost, until: rampart db resume";

function memberTable({ primary, members }: DatabaseStanding, style: Style): string {
  const paint = colors(style);
  const head = ["host", "standing", "term", "voter", "position", "lag", "doing"].map(paint.dim);
  const rows = members.map((member) => [
    paint.bold(member.host) + (member.host === primary ? "★" : ""),
    member.standing === "unknown" ? paint.bad("unknown") : member.standing,
    member.term === null ? "-" : String(member.term),
    member.voter ? "✔" : "",
    shortened(member.position ?? "-", 20),
    member.standing === "primary" ? "" : lagText(member.lagSeconds, style),
    shortened(harmless(member.doing), 16),
  ]);
  const troubles = members
    .filter((member) => (member.detail ?? "") !== "")
    .map((member) => {
      const lines = wrapped(harmless(member.detail ?? "").replaceAll("\n", " "), style.width - column);
      return hanging(`  ${member.host}`, lines.map(paint.bad), column);
    });
  return [table([head, ...rows]), ...(troubles.length === 0 ? [] : ["", ...troubles])].join("\n");
}

/** One change of primary as a sentence. */
function changeText({ kind, primary, at, gapSeconds, position, term }: PrimaryChange, now: Date): string {
  const gap = gapSeconds === null ? "" : `, ${gapText(gapSeconds)} without writes`;
  return `${kindText(kind)} to ${primary} ${agoText(at, now)}${gap}, term ${term} from ${position || "nothing"}.`;
}

function kindText(kind: string): string {
  return kind === "first" ? "founded: first primary" : kind === "called off" ? "switchover called off: back" : kind;
}

export function gapText(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(2)} s` : duration(seconds * 1000);
}

/** "3 hours ago"; "at an unknown time" when it is not known. */
export function agoText(at: string | null, now: Date): string {
  if (at === null) return "at an unknown time";
  const minutes = Math.max(0, (now.getTime() - Date.parse(at)) / 60_000);
  if (minutes < 1) return "less than a minute ago";
  if (minutes < 120) return `${plural(Math.floor(minutes), "minute")} ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} hours ago`;
  return `${Math.floor(minutes / 1440)} days ago`;
}

function nextOf(database: DatabaseStanding, style: Style): string {
  const paint = colors(style);
  const broken = database.members.find((member) => member.detail?.startsWith("must be built anew"));
  if (broken) return `Seed it from another member:  ${paint.command(`rampart db rebuild ${broken.host}`)}`;
  if (database.primary === null) return `What to do when nobody takes over:  ${paint.command("rampart docs db")}`;
  const silent = database.members.find((member) => member.standing === "unknown");
  return silent ? `Bring back what is off or does not answer:  ${paint.command("rampart up")}` : "";
}

/** `rampart db history`: newest first. */
export function historyText(changes: readonly PrimaryChange[], style: Style): string {
  if (changes.length === 0) return "No change of primary is known.";
  const paint = colors(style);
  const head = ["when (UTC)", "term", "primary", "how", "no writes", "from position"].map(paint.dim);
  const rows = changes
    .toReversed()
    .map(({ at, term, primary, kind, gapSeconds, position }) => [
      at === null ? "unknown" : at.slice(0, 19).replace("T", " "),
      String(term),
      paint.bold(primary),
      kind,
      gapSeconds === null ? "-" : gapText(gapSeconds),
      shortened(position || "-", 24),
    ]);
  const [top = "", ...lines] = table([head, ...rows]).split("\n");
  const why = changes
    .toReversed()
    .map(({ reason }) => wrapped(harmless(reason), style.width - 4).map((one) => paint.dim(`    ${one}`)));
  return [top, ...lines.flatMap((line, index) => [line, ...(why[index] ?? [])])].join("\n");
}
