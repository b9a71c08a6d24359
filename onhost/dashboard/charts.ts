import type { DashboardSettings } from "../../src/model/dashboard.ts";
import { visitorRate } from "./queries.ts";

/** A chart of the page: what is asked, and how it reads. */
export interface ChartPlan {
  readonly title: string;
  /** "requests/s", "s", "share", "bytes", "bytes/s", "count", "days". */
  readonly unit: string;
  /** What it means, as a sentence. */
  readonly about: string;
  readonly parts: readonly ChartPart[];
}

export interface ChartPart {
  /** Name of the only line, or the label that tells several apart. */
  readonly name?: string;
  readonly by?: string;
  readonly query: string;
}

/** @param window of rates, as Prometheus writes it: never shorter than the distance of two points */
type Plan = (of: string, window: string, settings: DashboardSettings) => ChartPlan | undefined;

const word = JSON.stringify;

/** Every chart by its name; `of` is a host, a tier or a service, and is taken only if the site has it. */
const plans: Readonly<Record<string, Plan>> = {
  requests: (_, window, settings) => ({
    ...{ title: "Requests of visitors", unit: "requests/s", about: "By class of the answer's status." },
    parts: [{ by: "class", query: `sum by (class) (${visitorRate(settings, window)})` }],
  }),
  errors: (_, window, settings) => ({
    ...{ title: "Failed requests", unit: "share", about: "Share of visitors' requests answered with status 5xx." },
    parts: [
      {
        name: "failed",
        query: `(sum(${classOnly(visitorRate(settings, window), "5xx")}) or 0 * sum(${visitorRate(settings, window)})) / (sum(${visitorRate(settings, window)}) > 0)`,
      },
    ],
  }),
  latency: (_, window) => ({
    ...{
      title: "Time to answer visitors",
      unit: "s",
      about: "Half, 95 and 99 of a hundred answers were whole within this time.",
    },
    parts: quantiles("rampart_visitor_request_seconds_bucket", window),
  }),
  "service-requests": (of, window, { services }) =>
    services.some(({ name }) => name === of)
      ? {
          ...{
            title: `Requests of ${of}`,
            unit: "requests/s",
            about: "As the web hosts ask, by class of the answer's status.",
          },
          parts: [
            {
              by: "code",
              query: `sum by (code) (rate(haproxy_server_http_responses_total{job="web.metrics",proxy=~${word(`app_${of}(_once)?`)}}[${window}]) > 0)`,
            },
          ],
        }
      : undefined,
  "service-latency": (of, window, { services }) =>
    services.some(({ name }) => name === of)
      ? {
          ...{
            title: `Time that ${of} takes`,
            unit: "s",
            about: "Half, 95 and 99 of a hundred answers were whole within this time.",
          },
          parts: quantiles(`rampart_service_request_seconds_bucket{service=${word(of)}}`, window),
        }
      : undefined,
  "service-hosts": (of, window, { services }) =>
    services.some(({ name }) => name === of)
      ? {
          ...{ title: `95 % of answers of each host of ${of}`, unit: "s", about: "Until the host began to answer." },
          parts: [
            {
              by: "server",
              query: `histogram_quantile(0.95, sum by (le, server) (rate(rampart_server_response_seconds_bucket{service=${word(of)}}[${window}])))`,
            },
          ],
        }
      : undefined,
  "web-requests": (_, window) => ({
    ...{ title: "Requests of each web host", unit: "requests/s", about: "As the balancers ask." },
    parts: [
      {
        by: "name",
        query: `sum by (name) (label_replace(rate(haproxy_server_http_responses_total{job="balancer.metrics",proxy=~"web(_once)?"}[${window}]), "name", "$1", "server", "(.*?)(-anyway)?"))`,
      },
    ],
  }),
  "balancer-requests": (_, window) => ({
    ...{
      title: "Requests of each balancer",
      unit: "requests/s",
      about: "Visitors reach the one that holds the address.",
    },
    parts: [
      {
        by: "host",
        query: `sum by (host) (rate(haproxy_frontend_http_responses_total{job="balancer.metrics",proxy=~"https?"}[${window}]))`,
      },
    ],
  }),
  "balancer-connections": () => ({
    ...{ title: "Connections of each balancer", unit: "connections", about: "Open now, of those that it can hold." },
    parts: [{ by: "host", query: 'haproxy_process_current_connections{job="balancer.metrics"}' }],
  }),
  statements: (_, window) => ({
    ...{
      title: "Statements of each database host",
      unit: "statements/s",
      about: "As clients, agents and exporters ask.",
    },
    parts: [{ by: "host", query: `sum by (host) (rate(mysql_global_status_questions[${window}]))` }],
  }),
  commands: (_, window) => ({
    ...{ title: "Reads and writes", unit: "statements/s", about: "Statements of all database hosts, by kind." },
    parts: [
      {
        by: "command",
        query: `sum by (command) (rate(mysql_global_status_commands_total{command=~"select|insert|update|delete|commit"}[${window}]))`,
      },
    ],
  }),
  lag: () => ({
    ...{
      title: "Replicas behind the primary",
      unit: "s",
      about: "A line that ends: replication of that host does not run.",
    },
    parts: [{ by: "host", query: "max by (host) (mysql_slave_status_seconds_behind_master)" }],
  }),
  sessions: () => ({
    ...{ title: "Sessions of each database host", unit: "connections", about: "Open now." },
    parts: [{ by: "host", query: "max by (host) (mysql_global_status_threads_connected)" }],
  }),
  cpu: (of, window, settings) => ({
    ...{ title: "Processor", unit: "share", about: "Share of the time in which it worked." },
    parts: [
      {
        by: "host",
        query: `1 - sum by (host) (rate(node_cpu_seconds_total{mode=~"idle|iowait",${only(of, settings)}}[${window}])) / count by (host) (node_cpu_seconds_total{mode="idle",${only(of, settings)}})`,
      },
    ],
  }),
  memory: (of, _, settings) => ({
    ...{ title: "Memory", unit: "share", about: "Share that is in use, caches left out." },
    parts: [
      {
        by: "host",
        query: `1 - max by (host) (node_memory_MemAvailable_bytes{${only(of, settings)}}) / max by (host) (node_memory_MemTotal_bytes{${only(of, settings)}})`,
      },
    ],
  }),
  disk: (of, _, settings) => ({
    ...{ title: "Disk", unit: "share", about: "How full the fullest file system is." },
    parts: [
      {
        by: "host",
        query: `max by (host) (1 - node_filesystem_avail_bytes{${only(of, settings)}} / node_filesystem_size_bytes{${only(of, settings)}})`,
      },
    ],
  }),
  network: (of, window, settings) => ({
    ...{ title: "Network", unit: "bytes/s", about: "Received and sent." },
    parts: [
      {
        by: "host",
        query: `sum by (host) (rate(node_network_receive_bytes_total{${only(of, settings)}}[${window}])) + sum by (host) (rate(node_network_transmit_bytes_total{${only(of, settings)}}[${window}]))`,
      },
    ],
  }),
  load: (of, _, settings) => ({
    ...{ title: "Waiting for the processor", unit: "processes", about: "Load average of one minute." },
    parts: [{ by: "host", query: `max by (host) (node_load1{${only(of, settings)}})` }],
  }),
  "disk-busy": (of, window, settings) => ({
    ...{ title: "Disk busy", unit: "share", about: "Share of the time in which the busiest disk had something to do." },
    parts: [
      { by: "host", query: `max by (host) (rate(node_disk_io_time_seconds_total{${only(of, settings)}}[${window}]))` },
    ],
  }),
  probe: () => ({
    ...{ title: "The site, asked as a visitor", unit: "s", about: "Time of each phase; a gap: no answer." },
    parts: [{ by: "phase", query: 'sum by (phase) (probe_http_duration_seconds{job="probe.https"})' }],
  }),
  "probe-success": () => ({
    ...{ title: "Whether the site answered", unit: "share", about: "1: it did." },
    parts: [{ name: "answered", query: 'min(probe_success{job="probe.https"})' }],
  }),
  certificates: () => ({
    ...{ title: "Certificates: days left", unit: "days", about: "By name, as the monitor is shown them." },
    parts: [
      {
        by: "instance",
        query: '(min by (instance) (probe_ssl_earliest_cert_expiry{job="probe.tls"}) - time()) / 86400',
      },
    ],
  }),
  alerts: () => ({
    ...{ title: "Alerts that fired", unit: "alerts", about: "By name; silenced ones too." },
    parts: [{ by: "alertname", query: 'count by (alertname) (ALERTS{alertstate="firing"})' }],
  }),
  bans: () => ({
    ...{ title: "Banned addresses", unit: "addresses", about: "At each balancer." },
    parts: [{ by: "host", query: "max by (host) (rampart_bans)" }],
  }),
  denied: (_, window) => ({
    ...{ title: "Refused requests", unit: "requests/s", about: "Too many, or from a banned address." },
    parts: [
      {
        by: "host",
        query: `sum by (host) (rate(haproxy_frontend_http_responses_total{job="balancer.metrics",proxy=~"https?",code="4xx"}[${window}]))`,
      },
    ],
  }),
  "logs-heard": () => ({
    ...{
      title: "Since a host was last heard",
      unit: "s",
      about: "Every host says something at least every five minutes.",
    },
    parts: [{ by: "sender", query: "time() - max by (sender) (rampart_logs_newest_timestamp_seconds > 0)" }],
  }),
};

export function chartPlan(
  name: string,
  of: string,
  window: string,
  settings: DashboardSettings,
): ChartPlan | undefined {
  if (!Object.hasOwn(plans, name) || !isKnown(of, settings)) return undefined;
  return plans[name]?.(of, window, settings);
}

/** Whatever comes from the address of the page goes into a query only if it is a name of the site. */
function isKnown(of: string, { hosts, services }: DashboardSettings): boolean {
  return (
    of === "" || hosts.some(({ name, tier }) => name === of || tier === of) || services.some(({ name }) => name === of)
  );
}

/** The hosts that a name stands for: one, those of a tier or a service, or all. */
function only(of: string, { hosts }: DashboardSettings): string {
  const names = hosts.filter(({ name, tier, service }) => of === "" || [name, tier, service].includes(of));
  return `host=~${word(names.map(({ name }) => name).join("|"))}`;
}

function classOnly(expression: string, name: string): string {
  return `(${expression}) * on (class) group_left () label_replace(vector(1), "class", "${name}", "", "")`;
}

function quantiles(buckets: string, window: string): readonly ChartPart[] {
  return [0.5, 0.95, 0.99].map((share) => ({
    name: `p${Math.round(share * 100)}`,
    query: `histogram_quantile(${share}, sum by (le) (rate(${buckets}[${window}])))`,
  }));
}
