import type { AlertRule } from "../../formats/prometheus.ts";
import { hostsOf, type Topology } from "../../model/topology.ts";
import { alert, whileMeasuring } from "./rule.ts";

/** Share of pages with a failed script, and pages in a quarter of an hour below which a share says nothing. */
const [share, pages] = [0.05, 50];

/** What visitors' browsers tell of pages. That nobody tells anything is no fault: programs that ask for pages run no script. */
export function pageAlerts(topology: Topology): readonly AlertRule[] {
  if (!topology.site.web.beacon) return [];
  const of = (name: string) => `sum by (route) (increase(${name}[15m]))`;
  const failed = `${of("rampart_page_failed_views_total")} / ${of("rampart_page_views_total")} > ${share}`;
  const recent = "time() - rampart_beacons_read_timestamp_seconds < 300";
  return [
    alert("PageErrors", "ticket", "2m", `(${failed}) and ${of("rampart_page_views_total")} >= ${pages}`, {
      summary: "Scripts fail in {{ $value | humanizePercentage }} of the pages at {{ $labels.route }}",
      description: `More than ${share * 100} % of the pages that visitors had open in the last 15 minutes told of an error of a script.`,
    }),
    alert(
      "BeaconsUnread",
      "ticket",
      "1m",
      `(count(${recent}) or vector(0)) < ${hostsOf(topology, "web").length}${whileMeasuring}`,
      {
        summary: "What pages tell is not read on every web host",
        description: "The site serves its pages, but how fast they are for visitors is known in part only.",
      },
    ),
  ];
}
