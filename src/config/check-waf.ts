import type { Problem } from "../base/problem.ts";
import type { Fault } from "./names.ts";
import type { SiteDraft } from "./shape.ts";

/** Rules of our own about requests that cannot be read, and those of the rule set about requests. */
const known = [
  { first: 200_000, last: 200_099 },
  { first: 910_000, last: 948_999 },
];
/** Adds up what the others found and refuses the request (REQUEST-949-BLOCKING-EVALUATION.conf). */
const sum = 949_110;

/** The ids that an exception names, both ends included. */
export function ruleRange(rule: number | string): { readonly first: number; readonly last: number } {
  const [first = 0, last = first] = String(rule).split("-").map(Number);
  return { first, last };
}

/** Problems with the exceptions of the web application firewall. */
export function wafProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  return (draft.web?.wafExceptions ?? []).flatMap((exception, index) => {
    const path = `web.wafExceptions[${index}]`;
    const { rule, parameter } = exception ?? {};
    if (rule === undefined || isBroken(`${path}.rule`)) return [];
    const fault = ruleFault(rule);
    const { first, last } = ruleRange(rule);
    if (fault !== undefined) return [{ path: `${path}.rule`, ...fault }];
    if (parameter === undefined || first === last) return [];
    const reason = "a parameter can be let off one rule at a time, not a range.";
    return [{ path: `${path}.parameter`, reason, remedy: "Write an entry for each rule, or leave the parameter out." }];
  });
}

function ruleFault(rule: number | string): Fault | undefined {
  const { first, last } = ruleRange(rule);
  if (last < first)
    return { reason: `${first} is larger than ${last}.`, remedy: `Write the smaller first: "${last}-${first}".` };
  if (first <= sum && sum <= last) {
    const reason = `without rule ${sum}, which adds up what the others found, nothing would be refused.`;
    return { reason, remedy: 'Name the rules that object; or write waf: "watch" to refuse nothing at all.' };
  }
  if (known.some((one) => one.first <= first && last <= one.last)) return undefined;
  const reason = `${first === last ? first : `${first}-${last}`} is no rule of the set that looks at requests.`;
  return { reason, remedy: "rampart waf findings prints the lines to copy. Rules are 910000 to 948999." };
}
