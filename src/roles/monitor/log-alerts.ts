import type { AlertRule } from "../../formats/prometheus.ts";
import { signOfLifeSeconds } from "../../model/logs.ts";
import { insideHosts, type Topology } from "../../model/topology.ts";
import { unlessKeeperIsDown } from "./peers.ts";
import { alert } from "./rule.ts";

const series = "rampart_logs_newest_timestamp_seconds";

/** Every host says something every five minutes: two of them missed, and its logs do not arrive. */
export function logAlerts(): readonly AlertRule[] {
  // The figures come from the monitor; what they tell is of the host that was last heard of then.
  const newest = `label_replace(max by (sender) (${series}), "host", "$1", "sender", "(.*)")`;
  const silent = `time() - ${newest} > ${2 * signOfLifeSeconds + 60}`;
  const down = '(max by (host) (up{host!=""}) == 0)';
  return [
    alert("LogsNotReceived", "ticket", "1m", `${silent} unless on (host) ${down}`, {
      summary: "No logs come from {{ $labels.host }}",
      description: "The host runs, and what it says does not reach the monitor. It keeps it and sends it later.",
    }),
  ];
}

/** Whether it is known when hosts were last heard of. */
export function logMeasurements(topology: Topology): readonly AlertRule[] {
  const count = `(count(${series}) or vector(0))`;
  const text = {
    summary: "No measurement of when the logs of each host came",
    description: "Alerts that look at it are blind until it is back.",
  };
  const what = { what: "the logs of each host" };
  return [
    alert(
      "MeasurementMissing",
      "page",
      "20s",
      unlessKeeperIsDown(`${count} < ${insideHosts(topology).length}`, topology),
      text,
      what,
    ),
  ];
}
