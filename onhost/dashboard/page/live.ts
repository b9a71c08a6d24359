import type { Overview } from "../../../src/model/overview.ts";
import { ask, type Mark } from "./api.ts";
import { marks } from "./marks.ts";
import { overview, tick } from "./state.ts";

/** Every target is asked every two seconds: more often there is nothing new. */
const everyMs = 2000;
const patienceMs = 5000;

/** Asks for the overview as long as the page is seen. */
export function keepLooking(): void {
  void look();
  setInterval(() => {
    tick.value = Math.floor(Date.now() / 1000);
  }, 1000);
  void lookForMarks();
  setInterval(() => void lookForMarks(), 15_000);
}

async function look(): Promise<void> {
  const began = performance.now();
  if (!document.hidden) {
    try {
      overview.value = await ask<Overview>("/api/overview", patienceMs);
    } catch (error) {
      const why = error instanceof Error ? error.message : "";
      if (overview.value !== undefined) overview.value = withoutData(overview.value, why);
      else document.querySelector(".waiting")?.replaceChildren(`${why} Asking again …`);
    }
  }
  setTimeout(() => void look(), Math.max(250, everyMs - (performance.now() - began)));
}

async function lookForMarks(): Promise<void> {
  if (document.hidden) return;
  const answer = await ask<{ readonly marks: readonly Mark[] }>("/api/marks", 10_000).catch(() => undefined);
  if (answer !== undefined) marks.value = answer.marks;
}

/** What was known is not known any more: nothing old is shown as if it were so now. */
export function withoutData(before: Overview, why: string): Overview {
  const at = before.data.at;
  const since = at === null ? "Nothing is known." : `No data since ${at.slice(11, 19)} UTC.`;
  return {
    ...before,
    data: { fresh: false, at, why },
    verdict: { health: "unknown", headline: since, reasons: [why] },
    traffic: {
      ...{ errorShare: null, p50: null, p95: null, p99: null },
      rows: before.traffic.rows.map((row) => ({ ...row, now: null, minute: null, classes: {}, history: [] })),
    },
    hosts: before.hosts.map((host) => ({
      ...host,
      ...{ state: "unknown" as const, cpu: null, memory: null, disk: null, network: null, rate: null, notes: [] },
    })),
    edges: before.edges.map((edge) => ({ ...edge, rate: null, up: null })),
    address: { ...before.address, holders: null },
    answersVisitors: null,
    database: before.database && {
      ...before.database,
      ...{ primary: null, promiseHolds: null, reason: why, term: null, paused: null },
      members: before.database.members.map((member) => ({
        ...{
          host: member.host,
          standing: "unknown",
          voter: null,
          lagSeconds: null,
          position: null,
          doing: "",
          detail: "",
        },
      })),
    },
    certificates: before.certificates.map((one) => ({ ...one, expires: null, daysLeft: null })),
    alerts: [],
    alertsKnown: false,
    bans: null,
    backup: before.backup && { base: null, logs: null, proven: null, drillFailed: null },
  };
}
