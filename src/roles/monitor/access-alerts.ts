import type { AlertRule } from "../../formats/prometheus.ts";
import { hostsOf, type Topology } from "../../model/topology.ts";
import { alert, whileMeasuring } from "./rule.ts";

/** Whether requests are counted on every host that writes them down. */
export function accessMeasurements(topology: Topology): readonly AlertRule[] {
  const recent = 'time() - node_textfile_mtime_seconds{file=~".*/rampart-access[.]prom"} < 300';
  const hosts = hostsOf(topology, "balancer").length + hostsOf(topology, "web").length;
  return [
    alert("RequestsUnread", "ticket", "1m", `(count(${recent}) or vector(0)) < ${hosts}${whileMeasuring}`, {
      summary: "Requests are not counted on every balancer and web host",
      description: "The site serves them, but latency and failures of some hosts are not known.",
    }),
  ];
}
