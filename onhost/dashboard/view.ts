import type { DashboardSettings } from "../../src/model/dashboard.ts";
import type { AlertNow, BackupNow, CertificateNow, Freshness, Mark, Overview } from "../../src/model/overview.ts";
import { type Answers, answersOf } from "./answers.ts";
import { databaseNow, type Told } from "./database.ts";
import { edgesOf, hostsNow } from "./hosts.ts";
import type { Line, Sample } from "./series.ts";
import { trafficOf } from "./traffic.ts";
import { verdictOf } from "./verdict.ts";

/** All that was asked for an overview, at one moment. */
export interface Material {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly data: Freshness;
  readonly samples: readonly Sample[];
  readonly lines: readonly Line[] | undefined;
  /** Seconds since 1970 of the last point of `lines`. */
  readonly linesEnd: number;
  readonly told: Told;
  /** undefined: nobody could say. */
  readonly alerts: readonly AlertNow[] | undefined;
  readonly marks: readonly Mark[];
}

/** The site at a glance. What old measurements say is not told as if it were so now: it is missing. */
export function overviewOf(settings: DashboardSettings, material: Material): Overview {
  const { now, data, told, alerts, marks } = material;
  const answers = answersOf(data.fresh ? material.samples : []);
  const traffic = trafficOf(settings, answers, material.lines, material.linesEnd);
  const edges = edgesOf(settings, answers);
  const seen = {
    ...{ site: settings.site, environment: settings.environment, domain: settings.domain, url: settings.url },
    now: new Date(now).toISOString(),
    data,
    traffic,
    hosts: hostsNow(settings, answers, edges, traffic.rows),
    edges,
    address: { ip: settings.address, holders: holdersOf(answers) },
    answersVisitors: yes(answers.one("probe")),
    database: databaseNow(settings, answers, told),
    certificates: certificatesNow(settings, answers, now),
    alerts: data.fresh ? (alerts ?? []) : [],
    alertsKnown: data.fresh && alerts !== undefined,
    bans: answers.one("bans"),
    backup: backupNow(settings, answers),
    lastDrill: marks.findLast(({ kind }) => kind === "drill") ?? null,
  };
  return { ...seen, verdict: verdictOf(seen) };
}

function yes(value: number | null): boolean | null {
  return value === null ? null : value === 1;
}

/** A balancer that is down holds nothing; when none of them answers nobody can tell. */
function holdersOf(answers: Answers): readonly string[] | null {
  if (!answers.all("balancers").some(({ value }) => value === 1)) return null;
  return answers.all("holders").map(({ labels }) => labels.host ?? "");
}

function certificatesNow(settings: DashboardSettings, answers: Answers, now: number): readonly CertificateNow[] {
  const one = (name: string, seenBy: string, seconds: number | null): CertificateNow => ({
    ...{ name, seenBy },
    expires: moment(seconds),
    daysLeft: seconds === null ? null : (seconds - now / 1000) / 86_400,
  });
  const names = settings.names.map((name) => {
    const found = answers.all("certificate").find(({ labels }) => labels.instance?.replace(/:\d+$/, "") === name);
    return one(name, settings.me, found?.value ?? null);
  });
  const served = answers
    .all("certificateServed")
    .map(({ labels, value }) => one(settings.domain, labels.host ?? "", value));
  return [...names, ...served];
}

function backupNow({ database }: DashboardSettings, answers: Answers): BackupNow | null {
  if (!database?.backup) return null;
  return {
    base: moment(answers.one("backupBase")),
    logs: moment(answers.one("backupLogs")),
    proven: moment(answers.one("backupProven")),
    drillFailed: yes(answers.one("backupDrillFailed")),
  };
}

/** 0 stands for "never". */
function moment(seconds: number | null): string | null {
  return seconds === null || seconds <= 0 ? null : new Date(seconds * 1000).toISOString();
}
