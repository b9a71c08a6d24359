import type { Page } from "../../report/page.ts";
import { json } from "./common.ts";

/** The site as it is seen from outside. */
export const regionPages: readonly Page[] = [
  {
    verb: "regions",
    summary: "show what every region outside sees of the site",
    synopsis: ["regions [--json]"],
    description: [
      "Asks every probe what it saw last: whether the front page came, how long each part of it took (the name, the connection, TLS, the first byte), and how the scripted visit went. The probes are asked themselves, so it works also when the monitor is gone.",
      "What is older than a minute, or not known, is shown as unknown, never as well.",
      "The JSON holds regions[] {region, host, checks {dns, tcp, tls, page}, seconds {resolve, connect, tls, firstByte, total}, certificateDays, visit {ok, at, seconds, steps[]}, monitorSilence, detail}; unknown values are null.",
    ],
    arguments: [],
    options: [json],
    examples: [{ term: "rampart regions", text: "Is it well in Asia, too?" }],
    exits: [
      { term: "0", text: "Every region sees the site well." },
      { term: "1", text: "One does not, or is not known." },
      { term: "2", text: "A wrong option." },
    ],
    files: [],
    related: ["status", "verify"],
  },
  {
    verb: "report",
    summary: "show a day: availability by region, slow hours, failed visits, alerts, requests",
    synopsis: ["report [--day DAY] [--json]"],
    description: [
      "Shows one day in UTC as the monitor measured it: for how many hours there are measurements, requests of visitors and how many of them failed, what share of the looks of every region found the page, the slowest hours, visits that failed and at which step, the days that certificates had left, and every alert with the time for which it fired.",
      "What was not measured is said to be not known. Days are kept for as long as monitor.retentionDays says.",
      "The JSON holds site, day, measuredHours, regions[] {region, availability, seconds, visits, failedVisits}, slowest[], failedSteps[], certificates[], alerts[] {name, severity, where, minutes}, requests and failedRequests.",
    ],
    arguments: [],
    options: [{ flags: "--day DAY", text: "Which day, such as 2026-12-31; yesterday if it is left out." }, json],
    examples: [
      { term: "rampart report", text: "Yesterday." },
      { term: "rampart report --day $(date -u +%F)", text: "Today, so far." },
    ],
    exits: [
      { term: "0", text: "The report." },
      { term: "1", text: "The monitor did not answer." },
      { term: "2", text: "A wrong option." },
    ],
    files: [],
    related: ["regions", "status"],
  },
];
