/** What is known of one day (UTC), by the probe that asks as visitors do. */
export interface Day {
  /** Answers that were good, and all that were asked for. */
  readonly good: number;
  readonly asked: number;
  /** Share of the day so far in which anybody asked, 0 to 1. */
  readonly watched: number;
}

export interface Incident {
  /** "site", "web", or "service:<name>". */
  readonly what: string;
  /** Seconds since 1970. */
  readonly from: number;
  /** undefined: it goes on. */
  readonly to?: number | undefined;
}

/** What is kept between two looks. */
export interface Kept {
  /** By day, as 2026-11-30. */
  readonly days: Readonly<Record<string, Day>>;
  /** The oldest first. */
  readonly incidents: readonly Incident[];
}

/** What Prometheus says now. */
export interface Look {
  /** Seconds since 1970. */
  readonly now: number;
  readonly days: Readonly<Record<string, Day>>;
  /** What does not work now, and since when. */
  readonly faults: readonly { readonly what: string; readonly from: number }[];
  /** Seconds within which 95 % of requests were answered in five minutes; undefined: there were none. */
  readonly p95: number | undefined;
}

export const shownDays = 90;
const keptSeconds = 90 * 86_400;
/** Two faults of a kind with less between them are one incident. */
const samePause = 120;

export function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** The last days, the oldest first. */
export function lastDays(now: number): readonly string[] {
  return Array.from({ length: shownDays }, (_, index) => dayOf(now - (shownDays - 1 - index) * 86_400));
}

/** What is kept after a look. A day of which nothing is known any more keeps what was known. */
export function keptAfter(kept: Kept, look: Look): Kept {
  const shown = new Set(lastDays(look.now));
  const known = Object.entries({ ...kept.days, ...look.days }).filter(([day]) => shown.has(day));
  const days = known.map(([day, one]): [string, Day] => {
    const before = kept.days[day];
    return [day, before !== undefined && before.asked > one.asked ? before : one];
  });
  return { days: Object.fromEntries(days), incidents: incidentsAfter(kept.incidents, look) };
}

function incidentsAfter(before: readonly Incident[], { now, faults }: Look): readonly Incident[] {
  const recent = before.filter(({ to }) => to === undefined || now - to < keptSeconds);
  const told = new Set<string>();
  const going = recent.map((one): Incident => {
    const fault = faults.find(({ what }) => what === one.what);
    const resumes = fault !== undefined && (one.to === undefined || fault.from - one.to < samePause);
    if (resumes && !told.has(one.what) && isNewest(one, recent)) {
      told.add(one.what);
      return { what: one.what, from: one.from };
    }
    return one.to === undefined ? { ...one, to: now } : one;
  });
  const fresh = faults.filter(({ what }) => !told.has(what)).map(({ what, from }): Incident => ({ what, from }));
  return [...going, ...fresh].slice(-200);
}

function isNewest(one: Incident, all: readonly Incident[]): boolean {
  return all.every((other) => other.what !== one.what || other.from <= one.from);
}
