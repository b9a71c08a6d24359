import type { AlertRule } from "../../formats/prometheus.ts";
import { hostsOf, type Topology } from "../../model/topology.ts";
import { alert, whileMeasuring } from "./rule.ts";

/** Whether what the web application firewall finds is read on every web host. */
export function wafMeasurements(topology: Topology): readonly AlertRule[] {
  if (topology.site.web.waf === "off") return [];
  const recent = 'time() - node_textfile_mtime_seconds{file=~".*/rampart-waf[.]prom"} < 300';
  const hosts = hostsOf(topology, "web").length;
  return [
    alert("WafFindingsUnread", "ticket", "1m", `(count(${recent}) or vector(0)) < ${hosts}${whileMeasuring}`, {
      summary: "What the web application firewall finds is not read on every web host",
      description: "It still looks at requests, but its findings are neither counted nor listed.",
    }),
  ];
}
