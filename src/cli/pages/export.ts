import type { Page } from "../../report/page.ts";
import { exits, json } from "./common.ts";

/** What others read. */
export const exportPages: readonly Page[] = [
  {
    verb: "export",
    summary: "dashboards for Grafana, and the site's rules for a Prometheus of yours",
    synopsis: ["export grafana DIR [--json]", "export rules DIR [--json]"],
    description: [
      "grafana writes dashboards as JSON: overview, tiers and services, hosts, and the database if the site has one. Import them in Grafana 10 or later; each asks which Prometheus to use: the site's own (by a tunnel to port 9090 of the monitor host), or the one that gets its measurements.",
      "rules writes the rules and alerts as the monitor host reads them. Expressions name jobs and hosts of the site, so they hold wherever its measurements are.",
      "No host is asked: everything follows from the site file. Files of the same names are written anew, others stay.",
    ],
    arguments: [
      { name: "KIND", text: "grafana or rules.", completes: ["grafana", "rules"] },
      { name: "DIR", text: "The folder to write into; it is made." },
    ],
    options: [json],
    examples: [
      { term: "rampart export grafana dashboards", text: "Dashboards of this site." },
      {
        term: "rampart export rules rules && promtool check rules rules/*.yml",
        text: "Its alerts, for another Prometheus.",
      },
    ],
    exits,
    files: [],
    related: ["render", "status"],
  },
];
