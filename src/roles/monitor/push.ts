import { type AlertRule, type ScrapeConfig, selector } from "../../formats/prometheus.ts";
import type { Site } from "../../model/site.ts";
import type { DeclaredFlow, Topology } from "../../model/topology.ts";
import { jobs } from "./paths.ts";
import { alert } from "./rule.ts";

// An application's own measurements: it offers or pushes them, and no mistake of it costs more than its own figures.

/** The Service at which pushed measurements are fetched. */
export const pushed = "app.pushed";

/** Of one host of a service: twice what a program may push. */
const sampleLimit = 10_000;

export const appLimits = {
  ...{ sample_limit: sampleLimit, label_limit: 30 },
  ...{ label_name_length_limit: 200, label_value_length_limit: 500 },
} satisfies Partial<ScrapeConfig>;

export function pushFlows(site: Site): readonly DeclaredFlow[] {
  return site.app
    .filter((service) => service.push)
    .slice(0, 1)
    .map(({ name }) => ({
      ...{ role: "monitor", from: { kind: "tier", tier: "monitor" }, to: pushed, path: `app.${name}.push` },
      why: "The monitor fetches what applications pushed.",
    }));
}

/** A label whose values never end: a user's name, an address, a time. */
export function pushAlerts({ site }: Topology): readonly AlertRule[] {
  const cut = "rampart_push_cut_total";
  const rising = `increase(${cut}[2m]) > 0 or (${cut} unless ${cut} offset 2m)`;
  const many = `${selector("scrape_samples_scraped", { job: jobs.app })} > ${sampleLimit}`;
  const tooMany = (way: string, expr: string, description: string, summary: string) =>
    alert("AppMetricsTooMany", "ticket", "10s", expr, { summary, description }, { way });
  return [
    ...(site.app.some((service) => service.push)
      ? [
          tooMany(
            "pushed",
            `sum by (host, metric) (${rising})`,
            'Its further label sets count as "other" (gauges: not at all). Totals are right, other metrics are whole.',
            "{{ $labels.metric }} of {{ $labels.host }} has too many label values",
          ),
        ]
      : []),
    ...(site.app.some((service) => service.metrics !== undefined)
      ? [
          tooMany(
            "offered",
            many,
            `More than ${sampleLimit} samples at its metrics path: none of them is taken, until they are fewer.`,
            "{{ $labels.host }} offers {{ $value }} samples, which is too many",
          ),
        ]
      : []),
  ];
}
