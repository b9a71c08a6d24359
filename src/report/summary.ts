import { byName, shellQuote } from "../base/text.ts";
import type { SiteStatus } from "../model/status.ts";
import type { Host } from "../model/topology.ts";
import { hanging, visibleWidth, wrapped } from "./layout.ts";
import { hostNames } from "./names.ts";
import { colors, type Style } from "./style.ts";

export interface UpSummary {
  readonly site: { readonly name: string };
  /** For the stars: who holds the address, who is the database's primary. */
  readonly status: Pick<SiteStatus, "address" | "database">;
  readonly hosts: readonly Pick<Host, "name" | "tier" | "service">[];
  readonly url: string;
  /** The CA certificate on this machine; "" when there is none. */
  readonly caFile: string;
  /** The site file, as the user would type it. */
  readonly siteFile: string;
  /** How the user calls the program; "rampart" when it is on the PATH. */
  readonly program?: string;
  /** " --site DIR" when the commands need it. */
  readonly siteOption?: string;
}

/** What is up, how it hangs together, and what to do with it. */
export function upSummaryText(summary: UpSummary, style: Style): string {
  const { site, url, caFile, siteFile, program = "rampart", siteOption = "" } = summary;
  const holder = summary.status.address.holder;
  const primary = summary.status.database?.primary ?? null;
  const paint = colors(style);
  const say = (words: string) => paint.command(`${program} ${words}${siteOption}`);
  const broken = holder ?? summary.hosts.find((host) => host.tier === "balancer")?.name ?? "lb1";
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["look", [say("status"), ...trustLines(caFile, url, style)]],
    ["change", then(`edit ${siteFile}`, say("plan"), style)],
    ["break it", then(say(`lab cut ${broken}`), say("status"), style)],
  ];
  const actions = rows.map(([label, lines]) => hanging(`  ${paint.bold(label)}`, lines, 12)).join("\n");
  return `  ${paint.bold(`${site.name} is up:`)}  ${paint.command(url)}\n\n${pictureText({ ...summary, holder, primary }, style)}\n\n${actions}`;
}

function then(first: string, second: string, style: Style): readonly string[] {
  const line = `${first}, then ${second}`;
  return visibleWidth(line) <= style.width - 12 ? [line] : [`${first}, then`, second];
}

function trustLines(caFile: string, url: string, style: Style): readonly string[] {
  if (caFile === "") return [];
  const text = "A browser warns until it trusts that CA file: import it, or go on past the warning.";
  const { command, dim } = colors(style);
  return [command(`curl --cacert ${shellQuote(caFile)} ${url}`), ...wrapped(text, style.width - 12).map(dim)];
}

interface Picture {
  readonly hosts: UpSummary["hosts"];
  readonly holder?: string | null;
  readonly primary?: string | null;
}

const indentation = "       ";
const arrow = " ──▶ ";
const begin = "visitors";

/** The way of a request through the tiers, folded before an arrow where it would not fit. */
export function pictureText(summary: Picture, style: Style): string {
  const paint = colors(style);
  const lines: string[] = [begin];
  for (const tier of (["balancer", "web", "app", "database"] as const).flatMap((name) => tierText(name, summary))) {
    const last = lines.at(-1) ?? "";
    if (visibleWidth(indentation + last + arrow + tier) <= style.width) lines[lines.length - 1] = last + arrow + tier;
    else lines.push(...folded(tier, style.width));
  }
  const watchers = summary.hosts.filter((host) => host.tier === "monitor").map((host) => host.name);
  const watching = watchers.length === 1 ? "watches all of it" : "watch all of it";
  const below = " ".repeat(begin.length + arrow.length);
  const watch = watchers.length > 0 ? [paint.dim(`${below}${watchers.join(" ")} ${watching}`)] : [];
  return [...lines.map((line) => line.replaceAll("★", paint.good("★"))), ...watch]
    .map((line) => indentation + line)
    .join("\n");
}

/** A tier that takes a line of its own, and more where its services do not fit beside each other. */
function folded(tier: string, width: number): readonly string[] {
  const blanks = " ".repeat(begin.length);
  const room = width - indentation.length - blanks.length - arrow.length;
  const lines = wrapped(tier.replaceAll(" · ", "\u00a0· ").replaceAll(/ (?=\S)(?<!· )/g, "\u00a0"), room).map((line) =>
    line.replaceAll("\u00a0", " ").replace(/ ·$/, " ·"),
  );
  return lines.map((line, index) => blanks + (index === 0 ? arrow : " ".repeat(arrow.length)) + line);
}

function tierText(tier: Host["tier"], { hosts, holder, primary }: Picture) {
  const members = hosts.filter((host) => host.tier === tier);
  if (members.length === 0) return [];
  const services = [...new Set(members.map((host) => host.service))];
  const starred = (name: string) => (name === holder || name === primary ? `${name}★` : name);
  const groups = services.map((service) => {
    const names = members.filter((host) => host.service === service).map((host) => host.name);
    const all = names.toSorted(byName).map(starred).join(" ");
    return all.length <= 40 ? all : hostNames(names, 20);
  });
  return [groups.join(" · ")];
}
