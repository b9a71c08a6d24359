import { UsageError } from "../arguments.ts";
import { nearest } from "../nearest.ts";

/** The error of a name that no rule has. */
export function unknownAlert(name: string, rules: readonly { readonly name: string }[]): UsageError {
  const names = [...new Set(rules.map((rule) => rule.name))];
  const guess = nearest(name, names);
  const remedy = `${guess ? `Did you mean "${guess}"? ` : ""}rampart alerts --all lists them.`;
  return new UsageError("There is no such alert", [
    { path: name, reason: "no rule of this site has that name.", remedy },
  ]);
}
