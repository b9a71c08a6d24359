/** What nft lists, by table ("inet rampart") and then by chain or set ("chain input"): its lines. */
export type RuleSets = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Reads the text of `nft -s list ruleset`: tables at the margin, chains and sets one tab in, their lines two. */
export function parseRuleSets(listing: string): RuleSets {
  const tables = new Map<string, Map<string, string[]>>();
  let blocks = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of listing.split("\n")) {
    const [, table] = /^table (.+) \{/.exec(line) ?? [];
    const [, block] = /^\t(\w.+) \{$/.exec(line) ?? [];
    if (table !== undefined) {
      blocks = new Map();
      tables.set(table, blocks);
    } else if (block !== undefined) {
      lines = [];
      blocks.set(block, lines);
    } else if (/^\t\t/.test(line)) lines.push(line.trim());
  }
  return tables;
}

/** One difference between the rules that should be loaded and those that are. */
export interface RuleDifference {
  readonly kind: "table missing" | "table added" | "line missing" | "line added";
  readonly table: string;
  /** "chain input" */
  readonly block?: string;
  readonly line?: string;
}

export function ruleDifferences(wanted: RuleSets, loaded: RuleSets): readonly RuleDifference[] {
  const tables = [...new Set([...wanted.keys(), ...loaded.keys()])];
  return tables.flatMap((table): readonly RuleDifference[] => {
    const [then, now] = [wanted.get(table), loaded.get(table)];
    if (now === undefined || now.size === 0) return then ? [{ kind: "table missing", table }] : [];
    if (then === undefined) return [{ kind: "table added", table }];
    const blocks = [...new Set([...then.keys(), ...now.keys()])];
    return blocks.flatMap((block) => blockDifferences(table, block, then.get(block) ?? [], now.get(block) ?? []));
  });
}

function blockDifferences(
  table: string,
  block: string,
  then: readonly string[],
  now: readonly string[],
): readonly RuleDifference[] {
  // What a set holds for a time only is for its users to say.
  const passing = then.some((line) => /^flags .*timeout/.test(line));
  if (passing) return [];
  const added = without(now, then).map((line) => ({ kind: "line added", table, block, line }) as const);
  const missing = without(then, now).map((line) => ({ kind: "line missing", table, block, line }) as const);
  if (added.length + missing.length > 0 || then.join("\n") === now.join("\n")) return [...missing, ...added];
  return [{ kind: "line added", table, block, line: "the same rules in another order" }];
}

/** What is in one list more often than in the other. */
function without(list: readonly string[], other: readonly string[]): readonly string[] {
  const left = [...other];
  return list.filter((line) => {
    const place = left.indexOf(line);
    if (place < 0) return true;
    left.splice(place, 1);
    return false;
  });
}
