import { listed, plural } from "../base/text.ts";
import type { PrimaryChange } from "../model/status.ts";
import {
  candidateVersion,
  isBehind,
  type MemberPackages,
  serverVersion,
  type UpgradedMember,
} from "../model/upgrade.ts";
import { gapText } from "./database.ts";
import { shortened, table, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** Columns that a Debian version may take. */
const versionWidth = 26;

/** `rampart db upgrade --check`, and without it when there is nothing to do. */
export function packagesText(members: readonly MemberPackages[], style: Style): string {
  const paint = colors(style);
  const head = ["host", "installed", "newest", "runs", ""].map(paint.dim);
  const rows = members.map((member) => [
    member.host,
    shortened(serverVersion(member) || "-", versionWidth),
    shortened(candidateVersion(member) || "-", versionWidth),
    member.running?.split("-")[0] ?? "-",
    isBehind(member) ? paint.careful(taskOf(member)) : paint.good("up to date"),
  ]);
  const behind = members.filter(isBehind).map(({ host }) => host);
  const verdict =
    behind.length === 0
      ? "There is nothing to do: no newer packages of MariaDB are known."
      : `${plural(behind.length, "member")} to upgrade: ${paint.command("rampart db upgrade")}`;
  return [table([head, ...rows]), "", ...listsLines(members, style), verdict].join("\n");
}

function taskOf({ pending, unfinished }: MemberPackages): string {
  if (unfinished.length > 0) return "half-done";
  return pending.length > 0 ? plural(pending.length, "package") : "restart";
}

/** What was not fetched is not known: "nothing to do" is then worth less. */
function listsLines(members: readonly MemberPackages[], style: Style): readonly string[] {
  const unsure = members.filter(({ lists }) => lists !== "fetched");
  const [first] = unsure;
  if (first === undefined) return [];
  const none = unsure.filter(({ lists }) => lists === "none").map(({ host }) => host);
  const old = unsure.filter(({ lists }) => lists === "old").map(({ host }) => host);
  const what = [
    ...(none.length > 0 ? [`${listed(none)} ${none.length === 1 ? "has" : "have"} no package lists`] : []),
    ...(old.length > 0 ? [`${listed(old)} ${old.length === 1 ? "goes" : "go"} by older package lists`] : []),
  ];
  const why = first.listsTrouble === "" ? "" : ` (${first.listsTrouble.replace(/\.$/, "")})`;
  const text = `${what.join(", ")}, since newer ones could not all be fetched${why}. There may be newer packages than these.`;
  return [...wrapped(text, style.width - 2).map((line) => colors(style).careful(line)), ""];
}

/** `rampart db upgrade`: who came from where to where, and the change of primary. */
export function upgradedText(
  upgraded: readonly UpgradedMember[],
  changes: readonly PrimaryChange[],
  style: Style,
): string {
  const paint = colors(style);
  const head = ["host", "from", "to", "seconds"].map(paint.dim);
  const rows = upgraded.map(({ host, from, to, seconds }) => [
    paint.bold(host),
    shortened(from, versionWidth),
    from === to ? "restarted" : shortened(to, versionWidth),
    String(seconds),
  ]);
  return [table([head, ...rows]), "", changesLine(changes)].join("\n");
}

function changesLine(changes: readonly PrimaryChange[]): string {
  if (changes.length === 0) return "The primary stayed.";
  return changes
    .map(({ primary, term, gapSeconds }) => {
      const gap = gapSeconds === null ? "" : ` Writes waited ${gapText(gapSeconds)}.`;
      return `${primary} is primary, in term ${term}.${gap}`;
    })
    .join("\n");
}
