import type { Change, Seen, Step } from "../model/plan.ts";
import type { Resource } from "../model/resource.ts";

/** What a comparison needs of the world, handed in so that the same observation always gives the same plan. */
export interface DiffWorld {
  /** sha256 of a text, in hex. */
  readonly digest: (text: string) => string;
  /** The text with its references to secrets and to the CA replaced. */
  readonly resolve: (text: string) => string;
  /** Seconds since 1970. */
  readonly now: number;
  /** Ids of certificates that are issued anew, whatever is left of them. */
  readonly renew?: ReadonlySet<string> | undefined;
}

/** The difference between a wanted resource and what was seen. */
export type Difference = Pick<Change, "verb" | "reason" | "effect">;

/**
 * How one kind of resource is observed, compared and changed: the mirror of Role.
 * `probe` gives a read-only shell fragment that reports on all wanted resources at once, in lines that `parse` understands.
 */
export interface Kind<R extends Resource = Resource> {
  readonly kind: R["kind"];
  /** Paths whose mode, owner, group and digest it wants to see: asked for all kinds at once, by pathProbe. */
  paths?(wanted: readonly R[]): readonly string[];
  probe(wanted: readonly R[]): string;
  /** Seen by resource id; a resource that is not there is left out. `output`: the lines of pathProbe, then those of `probe`. */
  parse(output: readonly string[], wanted: readonly R[]): ReadonlyMap<string, Seen>;
  /** undefined: it is as it should be. */
  diff(wanted: R, seen: Seen | undefined, world: DiffWorld): Difference | undefined;
  steps(wanted: R, difference: Difference, world: DiffWorld): readonly Step[];
  /** Steps that take away what an earlier Generation owned; empty when the kind leaves it in place. */
  removal(key: string): readonly Step[];
}

/** File facts as `stat` and `sha256sum` print them; see pathProbe. */
export interface PathFacts {
  readonly digest: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

/** Reports mode, owner, group and sha256 of files; what does not exist is passed over. */
export function pathProbe(paths: readonly string[], quote: (word: string) => string): string {
  if (paths.length === 0) return "";
  const list = paths.map(quote).join(" ");
  return `stat -c 'S %a %U %G %n' -- ${list} 2>/dev/null; sha256sum -- ${list} 2>/dev/null`;
}

export function parsePaths(output: readonly string[]): ReadonlyMap<string, PathFacts> {
  const digests = new Map<string, string>();
  const stats: string[] = [];
  for (const line of output) {
    if (line.startsWith("S ")) stats.push(line);
    // Looked at closely only where a digest may end: most lines are none.
    if (line[64] !== " " && line[65] !== " ") continue;
    const [, escaped, digest, path] = /^(\\?)([0-9a-f]{64}) [ *](.*)$/.exec(line) ?? [];
    // sha256sum marks a line in whose name it doubled the backslashes.
    if (digest && path) digests.set(escaped ? path.replaceAll("\\\\", "\\") : path, digest);
  }
  const facts = new Map<string, PathFacts>();
  for (const line of stats) {
    const [, mode = "", owner = "", group = "", path = ""] = /^S (\S+) (\S+) (\S+) (.*)$/.exec(line) ?? [];
    if (path !== "") facts.set(path, { digest: digests.get(path) ?? "", mode: mode.padStart(4, "0"), owner, group });
  }
  return facts;
}

/** What differs of mode and ownership, as a phrase; undefined when nothing does. */
export function ownershipDifference(
  wanted: { readonly mode: string; readonly owner: string; readonly group: string },
  seen: Seen,
): string | undefined {
  if (seen.mode !== wanted.mode) return `mode is ${seen.mode}, not ${wanted.mode}`;
  if (seen.owner !== wanted.owner || seen.group !== wanted.group) {
    return `belongs to ${seen.owner}:${seen.group}, not ${wanted.owner}:${wanted.group}`;
  }
  return undefined;
}
