/**
 * MariaDB's transaction identifiers as text: `1-2-367` is domain 1, written by server 2, number 367. A list of them, with commas between, is
 * a position (one a domain) or a binlog state (one a domain and server). The empty text is "nothing yet".
 */
export type Gtids = string;

/** One identifier, taken apart. */
export interface Gtid {
  readonly domain: number;
  readonly server: number;
  readonly sequence: number;
}

const one = /^(\d+)-(\d+)-(\d+)$/;

/** The identifiers of a text, or undefined when the text is none: an unknown position is never good enough for anything. */
export function gtids(text: Gtids): readonly Gtid[] | undefined {
  if (text === "") return [];
  if (known.has(text)) return known.get(text);
  if (known.size >= 32) known.clear();
  const found = parsed(text);
  known.set(text, found);
  return found;
}

// Each look compares the same few texts with each other again.
const known = new Map<Gtids, readonly Gtid[] | undefined>();

function parsed(text: Gtids): readonly Gtid[] | undefined {
  const found: Gtid[] = [];
  for (const part of text.split(",")) {
    const [, domain, server, sequence] = one.exec(part.trim()) ?? [];
    if (domain === undefined || server === undefined || sequence === undefined) return undefined;
    found.push({ domain: Number(domain), server: Number(server), sequence: Number(sequence) });
  }
  return found;
}

/**
 * Whether `position` has come as far as `goal` in every domain. Only for positions on the same line of history, such as those of the voters of
 * one term; whether two histories are one line is a question for `beyond`.
 */
export function reaches(position: Gtids | undefined, goal: Gtids): boolean {
  if (position === undefined) return false;
  if (goal === "" || position === goal) return true;
  const have = gtids(position);
  const want = gtids(goal);
  if (have === undefined || want === undefined) return false;
  return want.every((gtid) => furthest(have, gtid.domain) >= gtid.sequence);
}

/**
 * The transactions of binlog state `state` that binlog state `other` lacks, by the last of each server. Sound because every life as primary has
 * a server number of its own: two lives with one number could hide a lost transaction behind a later one.
 */
export function beyond(state: Gtids, other: Gtids): readonly string[] {
  if (state === other || state === "") return [];
  const mine = gtids(state);
  const theirs = gtids(other);
  if (mine === undefined) return [state];
  return mine.filter((gtid) => !theirs?.some((there) => covers(there, gtid))).map(gtidText);
}

/** The last sequence number of a position, whatever its domain; 0 when there is none. For people, and for distances. */
export function sequence(position: Gtids | undefined): number {
  return Math.max(0, ...(gtids(position ?? "") ?? []).map((gtid) => gtid.sequence));
}

/** Whether server number `server` has written anything that a binlog state shows. */
export function hasWritten(state: Gtids, server: number): boolean {
  return gtids(state)?.some((gtid) => gtid.server === server) ?? true;
}

function covers(there: Gtid, gtid: Gtid): boolean {
  return there.domain === gtid.domain && there.server === gtid.server && there.sequence >= gtid.sequence;
}

function furthest(have: readonly Gtid[], domain: number): number {
  let last = 0;
  for (const gtid of have) if (gtid.domain === domain && gtid.sequence > last) last = gtid.sequence;
  return last;
}

function gtidText({ domain, server, sequence: number }: Gtid): string {
  return `${domain}-${server}-${number}`;
}
