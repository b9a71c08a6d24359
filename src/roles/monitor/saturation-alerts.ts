import { type AlertRule, selector } from "../../formats/prometheus.ts";
import type { Topology } from "../../model/topology.ts";
import { alert } from "./rule.ts";

// What runs out: disk, memory, processor, connections; and clocks that run away.

const host = { job: "base.node-exporter" };
const of = (metric: string) => `min by (host, tier) (${selector(metric, host)})`;
const fullShare = 0.05;
const fullBytes = 200 * 1024 * 1024;

/** What runs out on hosts, before or when it does. */
export function saturationAlerts({ site }: Topology): readonly AlertRule[] {
  return [...diskAlerts(), ...machineAlerts(site.environment.kind === "lab"), ...queueAlerts()];
}

function diskAlerts(): readonly AlertRule[] {
  const least = (metric: string) => `min by (host, tier, mountpoint) (${selector(metric, host)})`;
  const free = least("node_filesystem_avail_bytes");
  const share = `${free} / ${least("node_filesystem_size_bytes")}`;
  const series = selector("node_filesystem_avail_bytes", host);
  const trend = `min by (host, tier, mountpoint) (predict_linear(${series}[30m], 4 * 3600)) < 0`;
  return [
    alert("DiskFull", "page", "10s", `${share} < ${fullShare} or ${free} < ${fullBytes}`, {
      summary: "The disk of {{ $labels.host }} is full ({{ $labels.mountpoint }})",
      description: `Less than ${fullShare * 100} % or 200 MiB are free: databases and logs stop soon, and nothing can be applied.`,
    }),
    alert("DiskFilling", "ticket", "10m", `${share} < 0.1 or ((${share} < 0.4) and (${trend}))`, {
      summary: "The disk of {{ $labels.host }} fills up ({{ $labels.mountpoint }})",
      description:
        "Less than 10 % are free, or it will be full within four hours if it goes on as in the last half hour.",
    }),
  ];
}

function machineAlerts(isLab: boolean): readonly AlertRule[] {
  const share = `${of("node_memory_MemAvailable_bytes")} / ${of("node_memory_MemTotal_bytes")}`;
  const idle = `avg by (host, tier) (rate(${selector("node_cpu_seconds_total", { ...host, mode: "idle" })}[5m]))`;
  const clock = selector("node_time_seconds", host);
  return [
    alert("MemoryShort", "ticket", "2m", `${share} < 0.05`, {
      summary: "{{ $labels.host }} has hardly any memory left",
      description: "Less than 5 % are available: soon the kernel ends programs.",
    }),
    // The hosts of a lab share one machine's processor, and its load is seldom theirs.
    alert("ProcessorBusy", "ticket", isLab ? "6h" : "15m", `${idle} < 0.05`, {
      summary: "{{ $labels.host }} has no processor time left",
      description: "More than 95 % are in use: answers become slow, and a lost neighbour's work has no room here.",
    }),
    // Not node_timex: a container answers for its machine there.
    alert("ClockWrong", "ticket", "30s", `abs(${clock} - timestamp(${clock})) > 5`, {
      summary: "The clock of {{ $labels.host }} differs from the monitor's by more than 5 s",
      description:
        "Certificates, log times and binary logs depend on it; this host or the monitor is not synchronised.",
    }),
  ];
}

function queueAlerts(): readonly AlertRule[] {
  const used = "haproxy_process_current_connections / haproxy_process_max_connections";
  const sessions = "mysql_global_status_threads_connected / mysql_global_variables_max_connections";
  const tracked = "node_nf_conntrack_entries / node_nf_conntrack_entries_limit";
  return [
    alert("RequestsQueue", "ticket", "1m", "sum by (host, tier, proxy) (haproxy_backend_current_queue) > 0", {
      summary: "Requests wait for {{ $labels.proxy }} at {{ $labels.host }}",
      description: "Its hosts have as many requests as they may: visitors wait, up to five seconds, and then get 503.",
    }),
    alert("ConnectionsNearLimit", "page", "30s", `max by (host, tier) (${used}) > 0.8`, {
      summary: "HAProxy on {{ $labels.host }} is near its limit of connections",
      description: "More than 80 % are in use. At the limit new visitors wait and then get no answer.",
    }),
    alert("DatabaseConnectionsNearLimit", "ticket", "1m", `max by (host, tier) (${sessions}) > 0.8`, {
      summary: "MariaDB on {{ $labels.host }} is near its limit of connections",
      description: "More than 80 % are in use. At the limit services get errors instead of connections.",
    }),
    alert("ConnectionTableNearLimit", "ticket", "1m", `max by (host, tier) (${tracked}) > 0.8`, {
      summary: "The firewall of {{ $labels.host }} follows nearly as many connections as it can",
      description: "At the limit new connections are dropped.",
    }),
  ];
}

/** What those alerts look at, on every host that answers. */
export function saturationMeasurements(): readonly AlertRule[] {
  const needed = [
    ["node_filesystem_avail_bytes", "disks"],
    ["node_memory_MemAvailable_bytes", "memory"],
    ["node_cpu_seconds_total", "processors"],
    ["node_time_seconds", "clocks"],
  ] as const;
  const blind = needed.map(([metric, what]) => {
    const expr = `${selector("up", host)} == 1 unless on (host) ${selector(metric, host)}`;
    const text = {
      summary: `No measurement of the ${what} of {{ $labels.host }}`,
      description: "Alerts that look at it are blind until it is back.",
    };
    return alert("MeasurementMissing", "page", "20s", expr, text, { what });
  });
  const haproxy = ["balancer.metrics", "web.metrics", "app.metrics"].map((job) => {
    const used = selector("haproxy_process_current_connections", { job });
    const text = {
      summary: "HAProxy on {{ $labels.host }} does not say how many connections it has",
      description: "Alerts that look at it are blind until it is back.",
    };
    return alert(
      "MeasurementMissing",
      "page",
      "20s",
      `${selector("up", { job })} == 1 unless on (host) ${used}`,
      text,
      {
        what: `connections, ${job}`,
      },
    );
  });
  return [...blind, ...haproxy];
}
