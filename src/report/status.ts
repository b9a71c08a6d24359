import { plural } from "../base/text.ts";
import { type AlertStatus, type DatabaseStanding, type HostStatus, isKept, type SiteStatus } from "../model/status.ts";
import { backupLines, isUnwell, lagText, primaryLines, promiseLines } from "./database.ts";
import { hanging, harmless, table, visibleWidth, wrapped } from "./layout.ts";
import { tiers } from "./names.ts";
import { isWell, regionsLine } from "./regions.ts";
import { colors, type Style } from "./style.ts";

/** How a site is: its hosts, its address, its database, its alerts, and what to type when something is wrong. */
export function statusText(status: SiteStatus, style: Style): string {
  const blocks = [
    headline(status, style),
    hostTable(status, style),
    [
      ...databaseLines(status, style),
      ...regionLines(status, style),
      ...alertLines(status, style),
      ...banLines(status, style),
    ].join("\n"),
    nextLine(status, style),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function headline(status: SiteStatus, style: Style): string {
  const paint = colors(style);
  const trouble = troubles(status);
  const column = visibleWidth(status.site) + 2;
  const verdict = wrapped(trouble.length === 0 ? "well" : trouble.join(", "), style.width - column);
  const lines = verdict.map(trouble.length === 0 ? paint.good : paint.bad);
  return `${hanging(paint.bold(status.site), lines, column)}\n${paint.command(status.url)}`;
}

/** All that is wrong or unknown, in few words; empty only when everything was seen to be well. */
function troubles(status: SiteStatus): readonly string[] {
  const unwell = status.hosts.filter((host) => host.state !== "well").length;
  const firing = status.alerts.filter((alert) => alert.state === "firing").length;
  return [
    ...(unwell > 0 ? [`${unwell} of ${plural(status.hosts.length, "host")} not well`] : []),
    ...(status.address.holder === null ? ["address unknown"] : []),
    ...(status.address.detail === undefined ? [] : ["address in doubt"]),
    ...(status.database && status.database.primary === null
      ? [status.database.galera ? "nobody takes writes" : "primary unknown"]
      : []),
    ...(status.database?.members.some(isUnwell) ? ["database degraded"] : []),
    ...(status.database && !isKept(status.database)
      ? [status.database.galera ? "the cluster is not whole" : "the database does not keep its promise now"]
      : []),
    ...(status.regions.every(isWell) ? [] : ["not well in every region"]),
    ...(firing > 0 ? [`${plural(firing, "alert")} firing`] : []),
    ...(status.alertsKnown ? [] : ["alerts unknown"]),
  ];
}

function hostTable(status: SiteStatus, style: Style): string {
  const paint = colors(style);
  const ordered = tiers.flatMap((tier) => status.hosts.filter((host) => host.role === tier));
  const rows = ordered.map((host, index) => [
    ordered[index - 1]?.role === host.role ? "" : paint.bold(host.role),
    host.name + (isSpecial(host, status) ? "★" : ""),
    host.address,
    stateText(host, style),
    noteOf(host, status),
  ]);
  const lines = table(rows).split("\n");
  const { ip, holder, detail } = status.address;
  const doubt = holder === null ? unknownAddress(ip, status) : detail === undefined ? "" : `${ip} is ${detail}`;
  const told = doubt === "" ? [] : wrapped(harmless(doubt), style.width - 2).map((line) => paint.bad(`  ${line}`));
  return [...lines, ...told].join("\n");
}

function isSpecial(host: HostStatus, status: SiteStatus): boolean {
  return host.name === status.address.holder || host.name === status.database?.primary;
}

function unknownAddress(ip: string, status: SiteStatus): string {
  const silent = status.hosts.filter((host) => host.role === "balancer" && !answers(host)).map((host) => host.name);
  return silent.length > 0
    ? `unknown who holds ${ip}: ${silent.join(" and ")} did not answer, and no other balancer says so`
    : `nobody holds ${ip}`;
}

function answers(host: HostStatus): boolean {
  return host.state === "well" || host.state === "degraded";
}

function stateText(host: HostStatus, style: Style): string {
  const paint = colors(style);
  if (host.state === "well") return paint.good(host.state);
  return host.state === "not applied" ? paint.careful(host.state) : paint.bad(host.state);
}

function noteOf(host: HostStatus, status: SiteStatus): string {
  const holds = host.name === status.address.holder ? `holds ${status.address.ip}` : "";
  return [holds, harmless(host.detail ?? "")].filter((part) => part !== "").join(" · ");
}

const labelColumn = 12;

function databaseLines({ database }: SiteStatus, style: Style): readonly string[] {
  if (database === null) return [];
  const paint = colors(style);
  const label = `  ${paint.bold("database")}`;
  const promise = promiseLines(database, style.width - labelColumn, style);
  const unknown = primaryLines(database, style).map((line) => " ".repeat(labelColumn) + line);
  const backups = backupLines(database, style, new Date()).map((text) =>
    hanging(`  ${paint.bold("backups")}`, wrapped(text, style.width - labelColumn), labelColumn),
  );
  return [hanging(label, promise, labelColumn), ...unknown, memberTable(database, style), ...backups];
}

function memberTable({ primary, members, galera }: DatabaseStanding, style: Style): string {
  const paint = colors(style);
  const rows = members.map((member) => [
    member.host + (member.host === primary ? "★" : ""),
    member.standing === "unknown" ? paint.bad("unknown") : member.standing,
    member.voter ? "voter" : "",
    member.host === primary || galera !== undefined ? "" : `lag ${lagText(member.lagSeconds, style)}`,
    paint.bad(harmless(member.detail ?? "")),
  ]);
  return table(rows, { indent: " ".repeat(labelColumn) });
}

function regionLines({ regions }: SiteStatus, style: Style): readonly string[] {
  if (regions.length === 0) return [];
  return [hanging(`  ${colors(style).bold("regions")}`, [regionsLine(regions, style)], labelColumn)];
}

function alertLines(status: SiteStatus, style: Style): readonly string[] {
  const paint = colors(style);
  const label = `  ${paint.bold("alerts")}`;
  if (!status.alertsKnown) return [hanging(label, [paint.bad(unknownAlerts(status))], labelColumn)];
  if (status.alerts.length === 0) return [hanging(label, ["none firing"], labelColumn)];
  return [
    hanging(
      label,
      status.alerts.flatMap((alert) => alertText(alert, style)),
      labelColumn,
    ),
  ];
}

/** Nothing is wrong when somebody is banned: it is told because whoever is asked about it should know. */
function banLines({ bans }: SiteStatus, style: Style): readonly string[] {
  if (bans === null || bans === 0) return [];
  const paint = colors(style);
  const text = `${plural(bans, "address is", "addresses are")} not answered: ${paint.command("rampart bans")}`;
  return [hanging(`  ${paint.bold("bans")}`, [text], labelColumn)];
}

function unknownAlerts({ hosts }: SiteStatus): string {
  const silent = hosts.filter((host) => host.role === "monitor" && !answers(host)).map((host) => host.name);
  return `unknown: ${silent.length > 0 ? silent.join(" and ") : "the monitor"} did not answer`;
}

function alertText({ name, state, severity, summary, since }: AlertStatus, style: Style): readonly string[] {
  const paint = state === "firing" ? colors(style).bad : colors(style).careful;
  const head = `${name} ${state} (${severity}) since ${since}: `;
  return wrapped(harmless(head + summary), style.width - labelColumn).map((line) => paint(line));
}

function nextLine(status: SiteStatus, style: Style): string {
  const paint = colors(style);
  const type = (why: string, command: string) => `${why}  ${paint.command(command)}`;
  const off = status.hosts.find((host) => host.state === "off" || host.state === "unreachable");
  const unwell = status.hosts.find((host) => host.state === "degraded");
  if (off) return type("Bring back what is off or does not answer:", "rampart up");
  if (status.hosts.some((host) => host.state === "not applied")) return type("Finish what was begun:", "rampart up");
  if (unwell) return type("Look at it:", `rampart logs ${unwell.name}`);
  return troubles(status).length > 0 ? type("See which promise does not hold:", "rampart verify") : "";
}
