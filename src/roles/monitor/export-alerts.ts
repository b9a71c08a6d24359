import { type AlertRule, selector } from "../../formats/prometheus.ts";
import type { Site } from "../../model/site.ts";
import type { Topology } from "../../model/topology.ts";
import { jobs } from "./paths.ts";
import { unlessKeeperIsDown } from "./peers.ts";
import { alert, missing } from "./rule.ts";

const prometheus = { job: jobs.prometheus };
const measured = selector("prometheus_remote_storage_highest_timestamp_in_seconds", prometheus);
const sent = selector("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", prometheus);
// What the place refuses for good; what it does not take now is tried again.
const refused = `(increase(${selector("prometheus_remote_storage_samples_failed_total", prometheus)}[5m]) > 0)`;
const complete = "rampart_log_export_complete_timestamp_seconds";

/** Seconds for which what leaves the site may be late. A place that is started again is back sooner. */
const late = 120;

/** What should leave the site, and does not. */
export function exportAlerts({ monitor }: Site): readonly AlertRule[] {
  const behind = `(max by (host, tier) (${measured}) - max by (host, tier) (${sent}) > ${late})`;
  const metrics = alert("MetricsNotExported", "ticket", "1m", `max by (host, tier) (${behind} or ${refused})`, {
    summary: "Measurements do not get to the place that monitor.export.remoteWrite names",
    description: "It is more than two minutes behind, or refuses what it gets. The monitor has all of them.",
  });
  const logs = alert("LogsNotExported", "ticket", "1m", `max by (host, tier) (time() - ${complete}) > ${late}`, {
    summary: "Logs do not get to the place that monitor.export.syslog names",
    description: "It is more than two minutes behind. The monitor has all of them, and sends them when it can.",
  });
  return [...(monitor.export?.remoteWrite ? [metrics] : []), ...(monitor.export?.syslog ? [logs] : [])];
}

/** What those alerts look at. */
export function exportMeasurements(topology: Topology): readonly AlertRule[] {
  const { monitor } = topology.site;
  const logs = missing(complete, "what was sent by syslog");
  return [
    ...(monitor.export?.remoteWrite ? [missing(sent, "what was sent by remote write")] : []),
    ...(monitor.export?.syslog ? [{ ...logs, expr: unlessKeeperIsDown(logs.expr, topology) }] : []),
  ];
}
