import { type AlertRule, selector } from "../../formats/prometheus.ts";
import { votesOf } from "../../model/galera.ts";
import type { SiteDatabase } from "../../model/site.ts";
import { alert, missing, whileMeasuring } from "./rule.ts";

const told = (metric: string) => selector(`rampart_galera_${metric}`, { job: "database.member" });

/** A Galera cluster: what its users would feel, and what is left of it. */
export function galeraAlerts(database: SiteDatabase): readonly AlertRule[] {
  const votes = votesOf(database);
  return [
    alert("NoWritableDatabase", "page", "10s", `(count(${told("writable")} == 1) or vector(0)) == 0${whileMeasuring}`, {
      summary: "No database host takes writes",
      description: "Orders, log-ins and everything else that asks the database waits or fails.",
    }),
    alert("GaleraMemberCutOff", "page", "10s", `${told("answers")} == 1 and ${told("primary")} == 0`, {
      summary: "{{ $labels.host }} does not belong to the part of the cluster that may write",
      description: "It sees too few others. It answers nothing, and services are sent to others, if there are any.",
    }),
    alert("GaleraMemberMissing", "page", "20s", `max(${told("size")} * ${told("primary")}) < ${votes}`, {
      summary: `{{ $value }} of ${votes} votes are in the database's cluster`,
      description: "Services go on. One loss more may stop all writes, and there is one copy of the data less.",
    }),
    alert("GaleraMemberBehind", "ticket", "2m", `${told("primary")} == 1 and ${told("synced")} == 0`, {
      summary: "{{ $labels.host }} belongs to the cluster, and does not have everything yet",
      description: "It gets what it missed, or gives a copy to another member: it serves nobody meanwhile.",
    }),
    alert("GaleraWritesHeldUp", "ticket", "2m", `rate(${told("paused_seconds_total")}[2m]) > 0.2`, {
      summary: "Writes are held up for a slow member more than a fifth of the time, sees {{ $labels.host }}",
      description: "All members wait until the slowest has applied what is in its queue.",
    }),
    alert("GaleraHeld", "ticket", "15m", `${told("held")} == 1`, {
      summary: "A bootstrap holds MariaDB on {{ $labels.host }} back",
      description: "It was broken off, or nobody has answered its question: this member does not join.",
    }),
  ];
}

/** What those alerts look at. */
export function galeraMeasurements(): readonly AlertRule[] {
  return [
    missing(told("writable"), "the database's members"),
    missing(told("size"), "the size of the database's cluster"),
  ];
}
