import type { Sample, SampleOutput } from "./samples.ts";

/** Rules that a host has, each with its paranoia level. */
export type KnownRules = ReadonlyMap<number, number>;

/** What came back for one stage. */
export interface StageAnswer {
  /** undefined: no answer that is HTTP. */
  readonly status: number | undefined;
  readonly text: string;
  /** Lines of nginx's log between this request and the next. */
  readonly log: string;
}

/** Why a test is not run on a host with these rules at this paranoia level; empty when it is. */
export function skipReason(sample: Sample, rules: KnownRules, level: number): string {
  if (sample.why !== "") return sample.why;
  for (const { input, output } of sample.stages) {
    if (input.save_cookie === true) return "it keeps cookies from one request to the next";
    if (checksOf(output) === 0) return "it says nothing of what should come of it";
    for (const id of expectedIds(output)) {
      const needs = rules.get(id);
      if (id >= 950_000 && id < 999_999) return `rule ${id} is about answers, which are not looked at`;
      if (needs === undefined) return `the rule set on the host has no rule ${id}`;
      if (needs > level) return `rule ${id} belongs to paranoia level ${needs}; this run is at ${level}`;
    }
  }
  return "";
}

/** What is wrong with an answer; empty when it is as the test wants it. */
export function judged(output: SampleOutput, answer: StageAnswer): readonly string[] {
  if (output.expect_error != null) {
    const failed = answer.status === undefined || answer.status === 400;
    if (output.expect_error) return failed ? [] : [`an error was expected, ${answer.status} came`];
    if (answer.status === undefined) return ["no answer came"];
  }
  const { status, log } = output;
  const ids = idsIn(answer.log);
  const missing = expectedIds(output).filter((id) => !ids.has(id));
  const unwanted = (log?.no_expect_ids ?? []).filter((id) => ids.has(id));
  const others = [...ids].filter((id) => !expectedIds(output).includes(id) && !isSum(id));
  const found = (pattern: string | null | undefined, text: string) =>
    pattern != null && new RegExp(portable(pattern), "m").test(text);
  const wants = [output.log_contains, log?.match_regex].filter((one) => one != null);
  const forbids = [output.no_log_contains, log?.no_match_regex].filter((one) => one != null);
  const contents = [output.response_contains, output.html_contains].filter((one) => one != null);
  return [
    ...(status != null && !status.includes(answer.status ?? 0)
      ? [`status ${status.join(" or ")} was expected, ${answer.status ?? "no answer"} came`]
      : []),
    ...(missing.length > 0 ? [`rule ${missing.join(", ")} did not match`] : []),
    ...(unwanted.length > 0 ? [`rule ${unwanted.join(", ")} matched`] : []),
    ...(output.isolated === true && others.length > 0 ? [`other rules matched: ${others.join(", ")}`] : []),
    ...wants.filter((one) => !found(one, answer.log)).map((one) => `the log does not hold ${one}`),
    ...forbids.filter((one) => found(one, answer.log)).map((one) => `the log holds ${one}`),
    ...contents.filter((one) => !found(one, answer.text)).map((one) => `the answer does not hold ${one}`),
  ];
}

/** Ids that must match, also those of the older form: `log_contains: id "942100"`. */
function expectedIds({ log, log_contains }: SampleOutput): readonly number[] {
  const older = [...(log_contains ?? "").matchAll(/id \\?"(\d+)\\?"/g)].map(([, id]) => Number(id));
  return [...(log?.expect_ids ?? []), ...(log?.expect_id == null ? [] : [log.expect_id]), ...older];
}

function checksOf({ status, expect_error, response_contains, html_contains, ...output }: SampleOutput): number {
  const direct = [status, expect_error, response_contains, html_contains, output.log_contains, output.no_log_contains];
  return [...direct, ...Object.values(output.log ?? {})].filter((one) => one != null).length;
}

function idsIn(log: string): ReadonlySet<number> {
  return new Set([...log.matchAll(/\[id "(\d+)"\]/g)].map(([, id]) => Number(id)));
}

/** Rules that add up what others found. */
function isSum(id: number): boolean {
  return id === 949_110 || id >= 980_000;
}

/** Go's regular expressions put flags in front; JavaScript has none of them there. */
function portable(pattern: string): string {
  return pattern.replace(/^\(\?[a-z]+\)/, "");
}
