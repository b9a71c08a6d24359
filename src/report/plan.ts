import { byName, plural } from "../base/text.ts";
import type { Plan, Stage } from "../model/plan.ts";
import type { Host } from "../model/topology.ts";
import { type FileDifference, fileDiffText } from "./difference.ts";
import { columnWidths, hanging, harmless, padded, visibleWidth, wrapped } from "./layout.ts";
import { hostNames, subjectOf, tierOfName } from "./names.ts";
import { type PlanRow, planRows } from "./plan-rows.ts";
import { colors, type Style } from "./style.ts";

export interface PlanTextOptions {
  /** Also why each thing should be there, and the differences of files. */
  readonly verbose?: boolean;
  /** Hosts that leave the site. */
  readonly retiring?: readonly string[];
  /** Hosts that could not be looked at: nothing is known of them. */
  readonly unknown?: readonly string[];
  /** For `verbose`: shown below the change that they belong to. */
  readonly differences?: readonly FileDifference[];
  /** The plan was carried out: there is no order to tell any more. */
  readonly done?: boolean;
}

/** What tiers are known by; without it the names of hosts tell. */
export interface KnownHosts {
  readonly hosts: readonly Pick<Host, "name" | "tier">[];
}

/** A plan to read before it is done, or after. */
export function planText(plan: Plan, known: KnownHosts, options: PlanTextOptions & Style): string {
  const { retiring = [], unknown = [] } = options;
  const rows = planRows(plan, { hosts: known.hosts, retiring });
  if (rows.length === 0) return nothingText(unknown);
  const order = options.done || plan.stages.length === 0 ? [] : [orderLine(plan, options)];
  return [rowsText(rows, options, options), "", summary(plan, options, options), ...order].join("\n");
}

function nothingText(unknown: readonly string[]): string {
  if (unknown.length === 0) return "Nothing to change: the site is what the file says.";
  return `Nothing to change on the hosts that answered. Unknown: ${unknown.join(" ")}.`;
}

/** One line a change where everything fits beside each other, else its reason and effect under its subject. */
function rowsText(rows: readonly PlanRow[], options: PlanTextOptions, style: Style): string {
  const left = leftColumns(rows, options, style);
  const column = visibleWidth(left[0] ?? "");
  const room = style.width - column;
  const [subjectWidth = 0, reasonWidth = 0, effectWidth = 0] = columnWidths(
    rows.map((row) => [row.reason === "" ? "" : row.subject, row.reason, row.effect]),
  );
  const beside = subjectWidth + 2 + reasonWidth + 2 + effectWidth <= room;
  const lines = rows.flatMap((row, index) => {
    const head = left[index] ?? "";
    const cells = beside
      ? [besideLine(row, [subjectWidth, reasonWidth], style)]
      : [row.subject, ...belowLines(row, room, style)];
    const text = hanging(head.trimEnd(), cells, column);
    return options.verbose ? [text, ...explained(row, options, style)] : [text];
  });
  return lines.join("\n").trimEnd();
}

function leftColumns(rows: readonly PlanRow[], { verbose }: PlanTextOptions, style: Style): readonly string[] {
  const paint = colors(style);
  const room = verbose ? 60 : Math.max(16, Math.floor(style.width / 4));
  const names = rows.map((row) => hostNames(row.hosts, room));
  const [groupWidth = 0, nameWidth = 0] = columnWidths(rows.map((row, index) => [row.group, names[index] ?? ""]));
  const signs = { "+": paint.good, "~": paint.careful, "-": paint.bad };
  return rows.map((row, index) => {
    const again = rows[index - 1]?.group === row.group && rows[index - 1]?.sign === row.sign;
    const group = padded(again ? "" : row.group, groupWidth);
    return `  ${paint.bold(group)}  ${signs[row.sign](row.sign)} ${padded(names[index] ?? "", nameWidth)}  `;
  });
}

function besideLine(row: PlanRow, [subject, reason]: readonly [number, number], style: Style): string {
  if (row.reason === "") return row.subject;
  return `${padded(row.subject, subject)}  ${padded(harmless(row.reason), reason)}  ${effectText(row, style)}`;
}

function belowLines(row: PlanRow, room: number, style: Style): readonly string[] {
  if (row.reason === "") return [];
  const text = [harmless(row.reason), row.effect].filter((part) => part !== "").join(" · ");
  return wrapped(text, room - 2).map((line) => `  ${colors(style).dim(line)}`);
}

function effectText(row: PlanRow, style: Style): string {
  return /restart|stop/.test(row.effect) ? colors(style).careful(row.effect) : row.effect;
}

function explained(row: PlanRow, options: PlanTextOptions, style: Style): readonly string[] {
  const paint = colors(style);
  const from = row.path === "" ? "" : ` (${row.path})`;
  const why =
    row.why === "" ? [] : wrapped(`${harmless(row.why)}${from}`, style.width - 6).map((line) => `      ${line}`);
  const file = row.id.slice(row.id.indexOf(":") + 1);
  const found = options.differences?.find((one) => one.file === file && row.hosts.includes(one.host));
  const text = found ? fileDiffText(found, style) : "";
  if (text === "") return why.map(paint.dim);
  return [...why.map(paint.dim), ...text.split("\n").map((line) => `      ${line}`), ""];
}

function summary(plan: Plan, options: PlanTextOptions, style: Style): string {
  const { retiring = [], unknown = [] } = options;
  const changed = new Set(
    plan.stages.flatMap((stage) => stage.hosts.map(({ host }) => host)).filter((host) => !plan.added.includes(host)),
  );
  const counts = [
    `${plural(plan.added.length, "host")} added`,
    `${retiring.length} removed`,
    `${changed.size} changed`,
    `${plan.unchanged.length} unchanged`,
    ...(unknown.length > 0 ? [`${unknown.length} unknown (${unknown.join(" ")} did not answer)`] : []),
  ].join(", ");
  const line = `${counts}.  ${interruptions(plan)}`;
  if (visibleWidth(line) + 2 <= style.width) return `  ${line}`;
  return [`${counts}.`, interruptions(plan)]
    .flatMap((text) => wrapped(text, style.width - 2).map((one) => `  ${one}`))
    .join("\n");
}

/** Which programs that serve are stopped or restarted, and whether their users are sent elsewhere first. */
function interruptions(plan: Plan): string {
  const found = new Map<string, { readonly what: string; readonly drained: boolean; readonly hosts: string[] }>();
  for (const work of plan.stages.flatMap((stage) => stage.hosts)) {
    if (plan.added.includes(work.host)) continue;
    for (const { id, effect } of work.changes) {
      if (effect !== "restart" && effect !== "stop") continue;
      const what = `${subjectOf(id)} ${effect === "stop" ? "stops" : "restarts"}`;
      const key = `${what} ${work.drain}`;
      const entry = found.get(key) ?? { what, drained: work.drain, hosts: [] };
      found.set(key, { ...entry, hosts: [...new Set([...entry.hosts, work.host])] });
    }
  }
  if (found.size === 0) return "No restart, no dropped connection.";
  const parts = [...found.values()].map(
    ({ what, drained, hosts }) => `${what} on ${hostNames(hosts, 40)}${drained ? ", drained first" : ""}`,
  );
  return `${parts.join("; ")}.`;
}

function orderLine(plan: Plan, style: Style): string {
  const steps = inTurn(plan.stages).join(" → ");
  const lines = wrapped(steps.replaceAll(" → ", " →\u00a0"), style.width - 9).map((line) =>
    line.replaceAll("\u00a0", " "),
  );
  return hanging("  order:", lines, 9);
}

/** Many stages of one tier in a row are named by the first and the last of them. */
function inTurn(stages: readonly Stage[]): readonly string[] {
  const runs: { readonly tier: string; readonly names: string[] }[] = [];
  for (const stage of stages) {
    const tier = /doors$/.test(stage.title) ? stage.title : tierOfName(stage.hosts[0]?.host ?? "");
    const run = runs.at(-1);
    if (run?.tier === tier) run.names.push(stageName(stage));
    else runs.push({ tier, names: [stageName(stage)] });
  }
  return runs.flatMap(({ names }) => (names.length <= 6 ? names : [names[0] ?? "", "…", names.at(-1) ?? ""]));
}

/** A stage in few words: what its title says of doors, else its hosts. */
function stageName(stage: Stage): string {
  const hosts = stage.hosts.map((one) => one.host).toSorted(byName);
  if (/doors$/.test(stage.title)) {
    const name = stage.title.startsWith("open") ? "doors" : "close doors";
    return `${name} (${hostNames(hosts, 30).replaceAll(" ", ", ")})`;
  }
  return hostNames(hosts, 30);
}
