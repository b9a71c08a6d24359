import { type AlertRule, selector } from "../../formats/prometheus.ts";
import { hostsOf, type Topology } from "../../model/topology.ts";
import { jobs } from "./paths.ts";
import { alert, missing } from "./rule.ts";

const count = "rampart_visitor_request_seconds_count";

/** Failures of each service as visitors see them, replicas that fall behind, and certificates inside. */
export function serviceAlerts(topology: Topology): readonly AlertRule[] {
  const rate = (filter: string) => `sum by (service) (rate(${count}{service!="none"${filter}}[2m]))`;
  const failed = rate(',class="5xx"');
  const errors = alert("ServiceErrors", "page", "10s", `(${failed} / ${rate("")} > 0.05) and (${failed} > 0.1)`, {
    summary: "{{ $value | humanizePercentage }} of the requests for {{ $labels.service }} fail",
    description:
      "More than 5 % of what visitors asked of it in the last two minutes was answered with a status of 500 to 599.",
  });
  const ends = `last_over_time(${selector("probe_ssl_earliest_cert_expiry", { job: jobs.inside })}[5m])`;
  const inside = alert(
    "InsideCertificateEndsSoon",
    "ticket",
    "1m",
    `label_replace(min by (on) (${ends}) - time() < 20 * 86400, "host", "$1", "on", "(.*)")`,
    {
      summary: "A certificate of {{ $labels.host }} for connections inside ends within 20 days",
      description: "Any `rampart apply` renews those that end within 30 days; there was none for long.",
    },
  );
  return [errors, inside, ...replicaAlerts(topology)];
}

function replicaAlerts(topology: Topology): readonly AlertRule[] {
  if (hostsOf(topology, "database").length === 0 || topology.site.database?.mode === "galera") return [];
  const lag = `max by (host, tier) (${selector("mysql_slave_status_seconds_behind_master", { job: "database.exporter" })})`;
  return [
    alert("ReplicaLagging", "ticket", "1m", `${lag} > 30`, {
      summary: "{{ $labels.host }} is {{ $value | humanizeDuration }} behind the primary",
      description: "Reads from it are that old, and a takeover by it would wait until it has applied everything.",
    }),
  ];
}

/** What those alerts look at. */
export function serviceMeasurements(): readonly AlertRule[] {
  const ends = `last_over_time(${selector("probe_ssl_earliest_cert_expiry", { job: jobs.inside })}[5m])`;
  return [missing(count, "what visitors ask"), { ...missing(ends, "certificates inside"), for: "5m" }];
}
