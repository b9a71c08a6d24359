import { formatIpv4, parseNetwork } from "../base/ip.ts";

/** One rule as nft writes it, without its comment: `ip saddr 10.0.0.1 tcp dport 22 counter accept`. */
export interface NftRule {
  readonly statement: string;
  /** Why the rule is there; shown by `nft list ruleset`. */
  readonly comment?: string;
}

/** A named set of IPv4 addresses. */
export interface NftSet {
  readonly name: string;
  readonly flags: readonly ("interval" | "timeout")[];
  readonly addresses: readonly string[];
}

/** A base chain of the filter type. */
export interface NftChain {
  readonly name: string;
  readonly hook: "input" | "output" | "forward";
  readonly policy: "accept" | "drop";
  /** "filter" if it is left out. */
  readonly priority?: string;
  /** A plain text is a note for the reader of the file; it does not reach the kernel. */
  readonly rules: readonly (NftRule | string)[];
}

/**
 * A rule set in nft(8)'s language that replaces its own table in one transaction and leaves all other tables alone: "add"
 * makes "delete" succeed also when there is no table yet. `header` becomes the comment at the top.
 */
export function nftFile(
  table: string,
  chains: readonly NftChain[],
  header: string,
  sets: readonly NftSet[] = [],
): string {
  const head = [`#!/usr/sbin/nft -f`, `# ${header}`, "", `add table ${table}`, `delete table ${table}`];
  const blocks = [...sets.map(setLines), ...chains.map(chainLines)];
  const body = blocks.flatMap((lines, index) => [...(index > 0 ? [""] : []), ...lines]);
  // Put together once: each further copy of a thousand hosts' rules is 30 MB.
  return [...head, `table ${table} {`, ...body, "}", ""].join("\n");
}

function setLines({ name, flags, addresses }: NftSet): readonly string[] {
  const elements = addresses.length === 0 ? [] : [`    elements = { ${addressWords(addresses).join(", ")} }`];
  return [`  set ${name} {`, "    type ipv4_addr", `    flags ${flags.join(", ")}`, ...elements, "  }"];
}

function chainLines({ name, hook, policy, priority = "filter", rules }: NftChain): readonly string[] {
  const lines = rules.map((rule) => (typeof rule === "string" ? `    # ${rule}` : indentedRule(rule)));
  const head = [`  chain ${name} {`, `    type filter hook ${hook} priority ${priority}; policy ${policy};`];
  return [...head, ...lines, "  }"];
}

const indentedRules = new WeakMap<NftRule, string>();

/** A rule that many hosts share is written once. */
function indentedRule(rule: NftRule): string {
  const text = indentedRules.get(rule) ?? `    ${nftRule(rule)}`;
  indentedRules.set(rule, text);
  return text;
}

/** One line of a chain. */
export function nftRule({ statement, comment }: NftRule): string {
  return comment === undefined ? statement : `${statement} comment "${nftComment(comment)}"`;
}

const longestComment = 128;

/** A text that nft takes for a comment: no double quotes, at most 128 bytes (NFTNL_UDATA_COMMENT_MAXLEN), cut at a word. */
export function nftComment(text: string): string {
  const plain = text.replaceAll('"', "'").replace(/\s+/g, " ").trim();
  if (bytes(plain) <= longestComment) return plain;
  const words = plain.split(" ");
  while (words.length > 1 && bytes(`${words.join(" ")} …`) > longestComment) words.pop();
  const kept = `${words.join(" ")} …`;
  return bytes(kept) <= longestComment ? kept : [...plain].slice(0, longestComment / 4).join("");
}

/** Length in UTF-8. */
function bytes(text: string): number {
  let count = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return count;
}

/**
 * The addresses of a match: `10.0.0.1`, or `{ 10.0.0.1, 10.0.1.0/24, 10.0.2.1-10.0.2.9 }`, sorted. Overlaps are merged (nft
 * refuses them in a set) and three or more neighbours become an interval, so that a thousand hosts stay one short rule.
 * Takes IPv4 addresses and networks.
 */
export function nftAddresses(addresses: readonly string[]): string {
  const before = addressTexts.get(addresses);
  if (before !== undefined) return before;
  const items = addressWords(addresses);
  const text = items.length === 1 ? (items[0] ?? "") : `{ ${items.join(", ")} }`;
  addressTexts.set(addresses, text);
  return text;
}

function addressWords(addresses: readonly string[]): readonly string[] {
  return intervals(addresses).flatMap(intervalText);
}

/** The flows to all hosts of a service come from the same list. */
const addressTexts = new WeakMap<readonly string[], string>();

interface Interval {
  readonly first: number;
  readonly last: number;
}

function intervals(addresses: readonly string[]): readonly Interval[] {
  const sorted = addresses.map(interval).toSorted((a, b) => a.first - b.first || b.last - a.last);
  const merged: Interval[] = [];
  for (const next of sorted) {
    const previous = merged.at(-1);
    if (previous && next.first <= previous.last + 1) {
      merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, next.last) };
    } else {
      merged.push(next);
    }
  }
  return merged;
}

function interval(text: string): Interval {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`not an IPv4 address or network: ${text}`);
  return { first: network.base, last: network.base + 2 ** (32 - network.prefix) - 1 };
}

function intervalText({ first, last }: Interval): readonly string[] {
  const size = last - first + 1;
  if (size <= 2) return size === 1 ? [formatIpv4(first)] : [formatIpv4(first), formatIpv4(last)];
  const prefix = 32 - Math.log2(size);
  if (Number.isInteger(prefix) && first % size === 0) return [`${formatIpv4(first)}/${prefix}`];
  return [`${formatIpv4(first)}-${formatIpv4(last)}`];
}
