import { duration, plural } from "../base/text.ts";
import type { SampleRun, WafAction, WafFinding } from "../model/waf.ts";
import { hanging, harmless, shortened, table, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** A finding, and the host that had it. */
export type HostWafFinding = WafFinding & { readonly host: string };

const actions: Readonly<Record<WafAction, string>> = {
  blocked: "blocked",
  "would-block": "would block",
  noted: "let through",
};
/** Rows of the table; the newest are shown. */
const most = 40;

/** A row for each rule that matched, the newest last; below them the lines that would let each of them off. */
export function findingsText(findings: readonly HostWafFinding[], since: string, style: Style): string {
  const paint = colors(style);
  if (findings.length === 0) return `Nothing was found in the last ${since}.`;
  const rows = findings.flatMap((one) => one.rules.map((match) => ({ one, match })));
  const shown = rows.slice(-most).map(({ one, match }) => {
    const action = actions[one.action];
    return [
      one.time.replace("T", " ").slice(5, 19),
      String(match.rule),
      shortened(harmless(match.message), 40),
      shortened(harmless(one.path), 40),
      harmless(one.src),
      one.action === "noted" ? paint.dim(action) : paint.bad(action),
    ];
  });
  const head = ["TIME (UTC)", "RULE", "MESSAGE", "PATH", "VISITOR", "ACTION"].map((word) => paint.dim(word));
  const left = rows.length - shown.length;
  const count = `${plural(findings.length, "request")} in the last ${since}${left > 0 ? `; the last ${most} of ${rows.length} rows` : ""}`;
  const lines = exceptionLines(findings);
  return [
    table([head, ...shown]),
    "",
    `  ${count}`,
    "",
    `  ${paint.dim("If it was no attack: the line for web.wafExceptions of the site file, and why it is none.")}`,
    ...lines.slice(0, most).map((line) => `  ${paint.command(line)}`),
  ].join("\n");
}

/** The lines of the site file that would let off what was found, each once. */
export function exceptionLines(findings: readonly WafFinding[]): readonly string[] {
  const lines = findings.flatMap(({ path, rules }) =>
    rules.map(({ rule, at }) => {
      const name = parameterOf(at);
      const where = /^\/[A-Za-z0-9._~@+=,!&/-]*$/.test(path) ? `, path: ${JSON.stringify(path)}` : "";
      const what = name === undefined ? "" : `, parameter: ${JSON.stringify(name)}`;
      return `{ rule: ${rule}${where}${what}, why: "…" },`;
    }),
  );
  return [...new Set(lines)];
}

/** "ARGS:q" as the site file says it; undefined for what it has no word for: then the rule is let off as a whole. */
function parameterOf(at: string): string | undefined {
  const [, collection = "", name = ""] =
    /^(ARGS|REQUEST_COOKIES|REQUEST_HEADERS):([A-Za-z0-9_.[\]-]{1,80})$/.exec(at) ?? [];
  const kinds: Readonly<Record<string, string>> = {
    ARGS: "",
    REQUEST_COOKIES: "cookie:",
    REQUEST_HEADERS: "header:",
  };
  const kind = kinds[collection];
  return kind === undefined ? undefined : kind + name;
}

/** The count, then every test that failed, and why others were skipped. */
export function samplesText(run: SampleRun, style: Style): string {
  const paint = colors(style);
  const counts = [
    paint.good(`${run.passed} passed`),
    run.failed > 0 ? paint.bad(`${run.failed} failed`) : "0 failed",
    `${run.skipped} skipped`,
  ];
  const failed = run.results.filter((one) => one.outcome === "failed");
  const whys = new Map<string, number>();
  for (const { outcome, why } of run.results) {
    if (outcome === "skipped") whys.set(general(why), (whys.get(general(why)) ?? 0) + 1);
  }
  const skipped = [...whys].toSorted(([, one], [, other]) => other - one);
  return [
    ...failed.map(({ name, why }) =>
      hanging(`${paint.bad("✖")} ${harmless(name)}`, wrapped(harmless(why), style.width - 16), 16),
    ),
    ...(failed.length > 0 ? [""] : []),
    ...skipped.map(([why, count]) => paint.dim(`  ${plural(count, "test")} skipped: ${harmless(why)}`)),
    ...(skipped.length > 0 ? [""] : []),
    `${counts.join(", ")} on ${run.host} in ${duration(run.durationMs)}`,
  ].join("\n");
}

/** The reason without the number of its rule, so that alike ones are counted together. */
function general(why: string): string {
  return why.replace(/\brule \d+/, "its rule");
}
