import { byName, listed, plural } from "../../src/base/text.ts";
import type { DashboardSettings } from "../../src/model/dashboard.ts";
import { markIdentifier } from "../../src/model/marks.ts";
import type { Mark } from "../../src/model/overview.ts";
import { askAgents } from "./agents.ts";
import type { Told } from "./database.ts";
import { searchLogs } from "./logs.ts";
import type { LogLine } from "./wire.ts";

/** Marks are looked for no more often than this, ms. */
const youngMs = 15_000;

/** What happened to the site, newest last: deploys and drills by the journals, takeovers by the database's agents. */
export function marksOf(settings: DashboardSettings): () => Promise<readonly Mark[]> {
  let last: { readonly at: number; readonly answer: Promise<readonly Mark[]> } | undefined;
  return () => {
    const now = Date.now();
    if (last === undefined || now - last.at > youngMs) last = { at: now, answer: look(settings, now / 1000) };
    return last.answer;
  };
}

async function look(settings: DashboardSettings, now: number): Promise<readonly Mark[]> {
  const days = settings.retentionDays * 86_400;
  const question = { host: undefined, unit: undefined, text: undefined, since: now - days, until: now, lines: 200 };
  const [{ lines }, told] = await Promise.all([
    searchLogs(settings, { ...question, identifier: markIdentifier }),
    askAgents(settings, 2000),
  ]);
  return [...written(lines), ...takeovers(told)].toSorted((one, other) => (one.at < other.at ? -1 : 1));
}

/** Hosts that were deployed to within this of each other are one deploy, ms. */
const oneDeployMs = 120_000;

/** `deploy …` or `drill …`, as `rampart` tells the hosts' journals (src/model/marks.ts). Oldest first, as they come. */
export function written(lines: readonly LogLine[]): readonly Mark[] {
  const found = lines.flatMap(({ at, host, message }) => {
    const [, kind, text = ""] = /^(deploy|drill) (.{1,300})$/.exec(message) ?? [];
    return kind === "deploy" || kind === "drill" ? [{ at, host, kind, text }] : [];
  });
  const marks: Mark[] = [];
  let deploy: { readonly first: (typeof found)[number]; readonly hosts: Set<string>; last: number } | undefined;
  const close = () => {
    if (deploy === undefined) return;
    const { first, hosts } = deploy;
    const where = hosts.size > 3 ? plural(hosts.size, "host") : listed([...hosts].toSorted(byName));
    const by = / by (\S+)$/.exec(first.text)?.[1];
    marks.push({ at: first.at, kind: "deploy", text: `to ${where}${by === undefined ? "" : ` by ${by}`}` });
    deploy = undefined;
  };
  for (const one of found) {
    if (one.kind === "drill") {
      marks.push({ at: one.at, kind: "drill", text: one.text });
      continue;
    }
    if (deploy !== undefined && Date.parse(one.at) - deploy.last > oneDeployMs) close();
    deploy ??= { first: one, hosts: new Set(), last: 0 };
    deploy.hosts.add(one.host);
    deploy.last = Date.parse(one.at);
  }
  close();
  return marks;
}

/** All agents remember the same; who has seen most counts. */
export function takeovers(told: Told): readonly Mark[] {
  const histories = [...told.values()].map((status) => status?.cluster?.history ?? []);
  const longest = histories.toSorted((one, other) => other.length - one.length)[0] ?? [];
  return longest.flatMap(({ at, kind, primary, gapSeconds }) => {
    if (at === null || (kind !== "failover" && kind !== "switchover")) return [];
    const gap = gapSeconds === null ? "" : `, writes waited ${gapSeconds.toFixed(2)} s`;
    return [{ at, kind: "takeover" as const, text: `${primary} became primary (${kind}${gap})` }];
  });
}
