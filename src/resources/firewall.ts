import { parseNetwork } from "../base/ip.ts";
import { plural, shellQuote } from "../base/text.ts";
import { closedComment } from "../model/firewall.ts";
import type { Seen, Step } from "../model/plan.ts";
import { type FirewallResource, resourceId } from "../model/resource.ts";
import { type Kind, parsePaths } from "./kind.ts";

const recordFile = "/var/lib/rampart/firewall";
const savedTable = "/run/rampart/firewall.before";
/** As a file that replaces the table; without a table, one that leaves none. Its counters go on where they stood. */
const saveTable = `{ echo "add table inet rampart"; echo "delete table inet rampart"; nft list table inet rampart 2>/dev/null || true; } > ${savedTable}`;
const listing = "nft -s list table inet rampart 2>/dev/null | sha256sum";

/**
 * The nftables rule set: the file that a boot loads, and the table that the kernel has loaded. A rule added or flushed by
 * hand shows, because the listing made right after loading is remembered.
 */
export const firewallKind: Kind<FirewallResource> = {
  kind: "firewall",
  paths: (wanted) => wanted.map((one) => one.file),
  probe(wanted) {
    const rules = wanted.map(({ file }) => `sed -n 's/^[[:space:]]*/W /p' ${shellQuote(file)} 2>/dev/null`).join("; ");
    // Not in "$(…)", which would take a shell more.
    return `printf 'L '; ${listing}; printf 'R '; cat ${recordFile} 2>/dev/null || echo; ${rules}`;
  },
  parse(output, wanted) {
    const facts = parsePaths(output);
    const after = (prefix: string) => output.find((line) => line.startsWith(prefix))?.slice(prefix.length) ?? "";
    const seen = new Map<string, Seen>();
    for (const one of wanted) {
      const fact = facts.get(one.file);
      const rules = output.filter((line) => line.startsWith("W ")).map((line) => line.slice(2));
      if (fact) {
        seen.set(resourceId(one), {
          digest: fact.digest,
          loaded: String(after("L ") === after("R ")),
          rules: rules.join("\n"),
        });
      }
    }
    return seen;
  },
  diff(wanted, seen, world) {
    if (!seen) return { verb: "create", reason: "no rule set", effect: "none" };
    if (seen.digest !== world.digest(wanted.content)) {
      return { verb: "update", reason: ruleDifference(wanted, seen), effect: "none" };
    }
    return seen.loaded === "true"
      ? undefined
      : { verb: "update", reason: "the loaded rules are not those of the file", effect: "none" };
  },
  steps: firewallSteps,
  removal: () => [],
};

/** Checks and loads a rule set under guard: the host takes it back by itself unless it can be reached anew. */
export function firewallSteps({ file, content }: FirewallResource): readonly Step[] {
  const next = shellQuote(`${file}.rampart-next`);
  return [
    { kind: "run", script: "mkdir -p /run/rampart /var/lib/rampart" },
    { kind: "put", file: `${file}.rampart-next`, content, mode: "0644", owner: "root", group: "root" },
    // Checked by the program that will read it, loaded in one transaction, and made the file of the next boot only when the
    // host can still be reached: until then a reboot, too, is a way back.
    {
      kind: "guarded",
      go: `nft -c -f ${next} && ${saveTable} && nft -f ${next}`,
      back: `nft -f ${savedTable}; rm -f ${next}`,
      keep: `mv -f ${next} ${shellQuote(file)} && ${listing} > ${recordFile}; rm -f ${savedTable}`,
    },
  ];
}

/**
 * True when the wanted rules open nothing that is closed now, so that they may wait until traffic has moved away. A rule with
 * fewer addresses than before opens nothing either.
 */
export function onlyNarrows(wanted: FirewallResource, seen: Seen | undefined): boolean {
  return seen !== undefined && allowsAll(loadedLines(seen), ruleLines(wanted.content));
}

/**
 * For the time in which both the old and the new users come: the wanted rules with those that accept now before the last ones
 * of each chain. Undefined when the wanted rules close nothing, or nothing is loaded.
 */
export function withLoadedRules(wanted: FirewallResource, seen: Seen | undefined): FirewallResource | undefined {
  const loaded = seen ? loadedLines(seen) : [];
  // A set may be gone with the rules that name it.
  const accepting = loaded.filter(
    (line) => line.startsWith("chain ") || (/ accept( |$)/.test(line) && !/@/.test(line)),
  );
  const lines = ruleLines(wanted.content);
  if (allowsAll(lines, accepting)) return undefined;
  const kept = new Map<string, string[]>();
  let chain = "";
  for (const line of accepting) {
    if (line.startsWith("chain ")) chain = line;
    else if (!lines.includes(line)) kept.set(chain, [...(kept.get(chain) ?? []), line]);
  }
  const content = wanted.content.split("\n").flatMap((line) => {
    if (line.trimStart().startsWith("chain ")) chain = line.trimStart();
    if (!line.includes(closedComment)) return [line];
    const before = kept.get(chain) ?? [];
    kept.delete(chain);
    return [...before.map((one) => `    ${one}`), line];
  });
  return { ...wanted, content: content.join("\n") };
}

/** Whether every rule of `lines` stands among `rules`, if need be with more addresses. */
function allowsAll(rules: readonly string[], lines: readonly string[]): boolean {
  const same = new Set(rules);
  const open = new Map<string, Interval[]>();
  for (const { match, addresses } of rules.flatMap((line) => addressRule(line) ?? [])) {
    open.set(match, [...(open.get(match) ?? []), ...addresses]);
  }
  return lines.every((line) => {
    if (same.has(line)) return true;
    const rule = addressRule(line);
    const now = rule && open.get(rule.match);
    return rule?.addresses.every((one) => now?.some((all) => holds(all, one))) ?? false;
  });
}

function loadedLines(seen: Seen): readonly string[] {
  return (seen.rules ?? "").split("\n");
}

/** First and last address. */
type Interval = readonly [number, number];

/** Reads `ip saddr { 10.0.0.1, 10.0.0.4-10.0.0.9 } tcp dport 22 …`: the addresses, and all the rest. */
function addressRule(line: string): { readonly match: string; readonly addresses: readonly Interval[] } | undefined {
  const [, side, several, one, rest] = /^ip ([sd]addr) (?:\{ ([^}]*) \}|(\S+)) (.*)$/.exec(line) ?? [];
  const words = (several ?? one ?? "").split(", ");
  const addresses = words.flatMap((word): readonly Interval[] => {
    const [first, last = first] = word.split("-").map(parseNetwork);
    return first && last ? [[first.base, last.base + 2 ** (32 - last.prefix) - 1]] : [];
  });
  return addresses.length === words.length ? { match: `${side} ${rest}`, addresses } : undefined;
}

function holds(all: Interval, one: Interval): boolean {
  return all[0] <= one[0] && one[1] <= all[1];
}

function ruleDifference(wanted: FirewallResource, seen: Seen): string {
  const now = new Set((seen.rules ?? "").split("\n").filter(isRule));
  const then = new Set(ruleLines(wanted.content).filter(isRule));
  const opened = [...then].filter((line) => !now.has(line)).length;
  const closed = [...now].filter((line) => !then.has(line)).length;
  if (opened + closed === 0) return "content differs";
  return `${plural(opened, "rule")} to add, ${closed} to take away`;
}

function ruleLines(content: string): readonly string[] {
  return content.split("\n").map((line) => line.trimStart());
}

function isRule(line: string): boolean {
  return line !== "" && !line.startsWith("#");
}
