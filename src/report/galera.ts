import type { DatabaseStanding, GaleraStanding } from "../model/status.ts";
import { hanging, harmless, shortened, table, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** What mode galera can keep, and whether it keeps that now. */
export function galeraLines(database: DatabaseStanding, width: number, style: Style): readonly string[] {
  const paint = colors(style);
  const whole = database.galera?.whole ?? false;
  const lines = wrapped(harmless(`${whole ? "whole." : "NOT whole."} ${database.reason}`), width);
  return whole ? lines : lines.map(paint.bad);
}

/** What every reader of `db status` should know of this mode. */
const limits =
  "lost is an acknowledged write when all members lose power at once and the disk of the one that took it is gone too; and MariaDB knows of losses by a crash during a split (MDEV-38976) and of updates lost without any fault (MDEV-38977). Two transactions that change the same rows through two members: one gets a deadlock at COMMIT, and must be tried again.";

/** `rampart db status` in mode galera. */
export function galeraText(database: DatabaseStanding, style: Style): string {
  const { galera } = database;
  if (galera === undefined) return "";
  const paint = colors(style);
  const troubles = galera.members
    .filter((member) => (member.detail ?? "") !== "")
    .map((member) => {
      const lines = wrapped(harmless(member.detail ?? "").replaceAll("\n", " "), style.width - column);
      return hanging(`  ${member.host}`, lines.map(paint.bad), column);
    });
  const next = nextOf(galera, style);
  return [
    [memberTable(galera, database.primary, style), ...(troubles.length === 0 ? [] : ["", ...troubles])].join("\n"),
    [
      hanging("  cluster", galeraLines(database, style.width - column, style), column),
      hanging("  limits", wrapped(limits, style.width - column), column),
      hanging("  backups", wrapped("none: this mode has no backups of the site.", style.width - column), column),
    ].join("\n"),
    ...(next === "" ? [] : [next]),
  ].join("\n\n");
}

const column = 11;

function memberTable({ members, votes }: GaleraStanding, primary: string | null, style: Style): string {
  const paint = colors(style);
  const head = ["host", "standing", "votes", "committed", "held up", "queue", "conflicts", "doing"].map(paint.dim);
  const rows = members.map((member) => [
    paint.bold(member.host) + (member.host === primary ? "★" : ""),
    member.standing === "synced" ? member.standing : paint.bad(member.standing),
    member.size === null ? "-" : `${member.size} of ${votes}`,
    member.seqno === null ? "-" : `${member.history?.slice(0, 8) ?? ""}:${member.seqno}`,
    member.paused === null ? "-" : `${(100 * member.paused).toFixed(1)} %`,
    member.queue === null ? "-" : String(member.queue),
    member.conflicts === null ? "-" : String(member.conflicts),
    shortened(harmless(member.doing), 16),
  ]);
  return table([head, ...rows]);
}

function nextOf({ size, members }: GaleraStanding, style: Style): string {
  const paint = colors(style);
  if (size !== null) {
    const silent = members.find((member) => member.standing === "unknown");
    return silent ? `Bring back what is off or does not answer:  ${paint.command("rampart up")}` : "";
  }
  return `Bring all members back; if they do not find each other within a minute:  ${paint.command("rampart db bootstrap")}`;
}

/** How far the data of each member go, before a bootstrap. */
export function positionsText(
  positions: readonly {
    readonly host: string;
    readonly history: string | null;
    readonly seqno: number;
    readonly source: string;
  }[],
  chosen: string,
  style: Style,
): string {
  const paint = colors(style);
  const head = ["host", "position", "", ""].map(paint.dim);
  const rows = positions.map(({ host, history, seqno, source }) => [
    paint.bold(host),
    history === null ? "none" : `${history.slice(0, 8)}:${seqno}`,
    source,
    host === chosen ? "the cluster begins here" : "",
  ]);
  return table([head, ...rows]);
}
