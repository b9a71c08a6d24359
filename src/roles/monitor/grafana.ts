import type { GrafanaDashboard, GrafanaPanel } from "../../formats/grafana.ts";
import { isGalera } from "../../model/galera.ts";
import type { Topology } from "../../model/topology.ts";
import { jobs } from "./paths.ts";

// Dashboards for those who have Grafana: rate, errors and duration of what serves, use and saturation of machines.

/** File names and dashboards of a site. What a site does not have, it has no dashboard of. */
export function grafanaDashboards(topology: Topology): Readonly<Record<string, GrafanaDashboard>> {
  const { site } = topology;
  return {
    "overview.json": overview(topology),
    "tiers.json": tiers(topology),
    "hosts.json": hosts(topology),
    ...(site.database === undefined ? {} : { "database.json": database(topology) }),
  };
}

const visitor = "rampart_visitor_request_seconds";
const server = "rampart_server_response_seconds";

const panel = (title: string, unit: string, ...queries: readonly (readonly [string, string])[]): GrafanaPanel => ({
  ...{ title, unit, min: 0 },
  queries: queries.map(([expr, legend]) => ({ expr, legend })),
});
const stat = (title: string, unit: string, expr: string, legend = ""): GrafanaPanel => ({
  ...{ title, unit, type: "stat", width: 6 },
  queries: [{ expr, legend }],
});

function quantile(share: number, metric: string, by: string, selector = ""): string {
  return `histogram_quantile(${share}, sum by (le${by}) (rate(${metric}_bucket${selector}[$__rate_interval])))`;
}

function errorShare(metric: string, by = ""): string {
  const sum = (selector: string) => `sum${by} (rate(${metric}_count${selector}[$__rate_interval]))`;
  // No failure at all is no series: it is 0 and not missing.
  return `(${sum('{class="5xx"}')} or 0 * ${sum("")}) / ${sum("")}`;
}

function overview({ site }: Topology): GrafanaDashboard {
  const rate = (by: string) => `sum by (${by}) (rate(${visitor}_count[$__rate_interval]))`;
  return {
    ...{ uid: `rampart-${site.name}-overview`, title: `${site.name}: overview`, variables: [] },
    rows: [
      {
        title: "Is it well?",
        panels: [
          stat("Site answers (1: yes)", "short", `min(probe_success{job="${jobs.site}"})`),
          stat("Alerts that fire", "short", 'count(ALERTS{alertstate="firing"}) or vector(0)'),
          stat("Targets without measurements", "short", "count(up == 0) or vector(0)"),
          stat("Shortest certificate", "s", `min(probe_ssl_earliest_cert_expiry{job="${jobs.certificates}"}) - time()`),
        ],
      },
      {
        title: "Visitors",
        panels: [
          panel("Requests", "reqps", [rate("class"), "{{class}}"]),
          panel("Share of failures (5xx)", "percentunit", [errorShare(visitor), "5xx"]),
          panel(
            "Duration",
            "s",
            ...([0.5, 0.95, 0.99] as const).map((share) => [quantile(share, visitor, ""), `p${share * 100}`] as const),
          ),
          panel("Requests by route", "reqps", [rate("route"), "{{route}}"]),
        ],
      },
      ...(site.web.beacon ? [pages] : []),
    ],
  };
}

const pages = {
  title: "Real visitors",
  panels: [
    panel(
      "Pages, 75 of 100 are faster",
      "s",
      ...(["lcp", "inp", "fcp", "ttfb"] as const).map(
        (name) => [quantile(0.75, `rampart_page_${name}_seconds`, ""), name.toUpperCase()] as const,
      ),
    ),
    panel("Share of pages with a failed script", "percentunit", [
      "sum by (route) (rate(rampart_page_failed_views_total[15m])) / sum by (route) (rate(rampart_page_views_total[15m]))",
      "{{route}}",
    ]),
  ],
};

function tiers({ site }: Topology): GrafanaDashboard {
  const proxied = (metric: string) => `sum by (tier, host) (rate(${metric}[$__rate_interval]))`;
  const service = '{service=~"$service"}';
  return {
    ...{ uid: `rampart-${site.name}-tiers`, title: `${site.name}: tiers and services` },
    variables: [{ name: "service", query: `label_values(${server}_count, service)` }],
    rows: [
      {
        title: "Balancers and web hosts",
        panels: [
          panel("Requests by host", "reqps", [proxied("haproxy_frontend_http_requests_total"), "{{tier}} {{host}}"]),
          panel("Connections by host", "short", [
            "sum by (tier, host) (haproxy_frontend_current_sessions)",
            "{{tier}} {{host}}",
          ]),
          panel("Servers in service", "short", [
            "min by (tier, proxy) (haproxy_backend_active_servers)",
            "{{tier}} {{proxy}}",
          ]),
          panel("Requests that wait", "short", [
            "sum by (tier, proxy) (haproxy_backend_current_queue)",
            "{{tier}} {{proxy}}",
          ]),
        ],
      },
      {
        title: "Services",
        panels: [
          panel("Answers by host", "reqps", [
            `sum by (service, server) (rate(${server}_count${service}[$__rate_interval]))`,
            "{{server}}",
          ]),
          panel("Share of failures (5xx)", "percentunit", [errorShare(server, " by (service)"), "{{service}}"]),
          panel("Time until the answer begins, p95", "s", [quantile(0.95, server, ", server", service), "{{server}}"]),
          panel("Own measurements: samples of a host", "short", [
            `sum by (host) (scrape_samples_scraped{job="${jobs.app}"})`,
            "{{host}}",
          ]),
        ],
      },
    ],
  };
}

function hosts({ site }: Topology): GrafanaDashboard {
  const on = '{host=~"$host"}';
  const disk = '{host=~"$host",mountpoint="/"}';
  const rate = (metric: string) => `sum by (host) (rate(${metric}${on}[$__rate_interval]))`;
  return {
    ...{ uid: `rampart-${site.name}-hosts`, title: `${site.name}: hosts` },
    variables: [{ name: "host", query: 'label_values(up{job="base.node-exporter"}, host)' }],
    rows: [
      {
        title: "Use",
        panels: [
          panel("Processor", "percentunit", [
            `1 - avg by (host) (rate(node_cpu_seconds_total{host=~"$host",mode="idle"}[$__rate_interval]))`,
            "{{host}}",
          ]),
          panel("Memory", "percentunit", [
            `1 - node_memory_MemAvailable_bytes${on} / node_memory_MemTotal_bytes${on}`,
            "{{host}}",
          ]),
          panel("Disk", "percentunit", [
            `1 - node_filesystem_avail_bytes${disk} / node_filesystem_size_bytes${disk}`,
            "{{host}}",
          ]),
          panel(
            "Network",
            "Bps",
            [rate("node_network_receive_bytes_total"), "{{host}} in"],
            [rate("node_network_transmit_bytes_total"), "{{host}} out"],
          ),
        ],
      },
      {
        title: "Saturation and faults",
        panels: [
          panel("Load in one minute", "short", [`node_load1${on}`, "{{host}}"]),
          panel("Disk busy", "percentunit", [rate("node_disk_io_time_seconds_total"), "{{host}}"]),
          panel("Measurements that come (1: yes)", "short", [`min by (host) (up${on})`, "{{host}}"]),
          panel("Units that failed", "short", [
            `sum by (host, name) (node_systemd_unit_state{host=~"$host",state="failed"})`,
            "{{host}} {{name}}",
          ]),
        ],
      },
    ],
  };
}

function database({ site }: Topology): GrafanaDashboard {
  const rate = (metric: string) => `sum by (host) (rate(${metric}[$__rate_interval]))`;
  const lag = panel("Replicas behind", "s", ["max by (host) (mysql_slave_status_seconds_behind_master)", "{{host}}"]);
  return {
    ...{ uid: `rampart-${site.name}-database`, title: `${site.name}: database`, variables: [] },
    rows: [
      {
        title: "Standing",
        panels: [
          panel("Takes writes (0: read-only)", "short", ["1 - mysql_global_variables_read_only", "{{host}}"]),
          panel("MariaDB answers its exporter", "short", ["mysql_up", "{{host}}"]),
          ...(isGalera(site) ? [] : [lag]),
        ],
      },
      {
        title: "Load",
        panels: [
          panel("Statements", "ops", [rate("mysql_global_status_questions"), "{{host}}"]),
          panel(
            "Threads",
            "short",
            ["mysql_global_status_threads_running", "{{host}} running"],
            ["mysql_global_status_threads_connected", "{{host}} connected"],
          ),
          panel("Slow statements", "ops", [rate("mysql_global_status_slow_queries"), "{{host}}"]),
          panel("Waits for row locks", "ops", [rate("mysql_global_status_innodb_row_lock_waits"), "{{host}}"]),
        ],
      },
    ],
  };
}
