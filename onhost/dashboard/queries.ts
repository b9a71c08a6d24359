import type { DashboardSettings } from "../../src/model/dashboard.ts";

// What Prometheus is asked, from the topology. Requests are HAProxy's own counters: exact when they are fetched, and they count what
// is refused as well. Times to answer are histograms of the access logs.

/** Expressions by the figure that they give. */
export type Figures = Readonly<Record<string, string>>;

/** Seconds of the window of what is shown as "now": five fetches. */
export const nowSeconds = 10;
/** Seconds between two points of a short history, and how many there are. */
export const history = { step: 5, points: 60 } as const;

const byClass = (expression: string) => `label_replace(${expression}, "class", "$1", "code", "(.+)")`;

/** Answers to visitors, by balancer (or web host, where TLS is opened there) and class of their status. */
export function visitorRate({ opensTls }: Pick<DashboardSettings, "opensTls">, window: string): string {
  if (opensTls === "web")
    return `sum by (host, class) (rate(rampart_visitor_request_seconds_count{tier="web"}[${window}]))`;
  const counter = `haproxy_frontend_http_responses_total{job="balancer.metrics",proxy=~"https?"}`;
  return byClass(`sum by (host, code) (rate(${counter}[${window}]))`);
}

/** Answers of each web host to each balancer; with TLS opened at the web hosts nobody but they can tell. */
function webRate({ opensTls }: Pick<DashboardSettings, "opensTls">, window: string): string {
  if (opensTls === "web")
    return `label_replace(sum by (host, class) (rate(rampart_visitor_request_seconds_count{tier="web"}[${window}])), "server", "$1", "host", "(.+)")`;
  return byClass(serverRate("balancer.metrics", "web(_once)?", window));
}

/** Answers of each host of a service to each web host. */
function appRate(window: string): string {
  return byClass(serverRate("web.metrics", "app_.*", window));
}

/**
 * A host stands twice in a pool, and a pool twice in the configuration: as one they have the names that people know. The new labels
 * stand beside the old ones until all is added up: two series with the same labels would be an error.
 */
function serverRate(job: string, proxies: string, window: string): string {
  const counter = `rate(haproxy_server_http_responses_total{job="${job}",proxy=~"${proxies}"}[${window}])`;
  const named = label(label(counter, "pool", "proxy", "(.*?)(_once)?"), "name", "server", "(.*?)(-anyway)?");
  return label(label(`sum by (host, pool, name, code) (${named})`, "proxy", "pool", "(.+)"), "server", "name", "(.+)");
}

function label(expression: string, to: string, from: string, pattern: string): string {
  return `label_replace(${expression}, "${to}", "$1", "${from}", "${pattern}")`;
}

function databaseRate(window: string): string {
  return `sum by (host) (rate(mysql_global_status_questions[${window}]))`;
}

function quantile(share: number): string {
  return `histogram_quantile(${share}, sum by (le) (rate(rampart_visitor_request_seconds_bucket[1m])))`;
}

function trafficFigures(settings: DashboardSettings): Figures {
  const windows = { now: `${nowSeconds}s`, minute: "1m" } as const;
  const rates = Object.entries(windows).flatMap(([name, window]) => [
    [`visitors.${name}`, visitorRate(settings, window)],
    [`web.${name}`, webRate(settings, window)],
    ...(settings.services.length > 0 ? [[`app.${name}`, appRate(window)]] : []),
    ...(settings.database ? [[`database.${name}`, databaseRate(window)]] : []),
  ]);
  return {
    ...Object.fromEntries(rates),
    ...{ p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
  };
}

const hostFigures: Figures = {
  up: 'max by (host) (up{host!=""})',
  newest: "max(timestamp(up))",
  cpu: `1 - sum by (host) (rate(node_cpu_seconds_total{mode=~"idle|iowait"}[${nowSeconds}s])) / count by (host) (node_cpu_seconds_total{mode="idle"})`,
  memory: "1 - max by (host) (node_memory_MemAvailable_bytes) / max by (host) (node_memory_MemTotal_bytes)",
  disk: "max by (host) (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes)",
  network: `sum by (host) (rate(node_network_receive_bytes_total[${nowSeconds}s])) + sum by (host) (rate(node_network_transmit_bytes_total[${nowSeconds}s]))`,
};

function siteFigures({ address }: DashboardSettings): Figures {
  return {
    holders: `count by (host) (node_network_address_info{address=${JSON.stringify(address)}})`,
    balancers: 'max by (host) (up{job="base.node-exporter",tier="balancer"})',
    probe: 'min(probe_success{job="probe.https"})',
    bans: "max(rampart_bans)",
    certificate: 'min by (instance) (probe_ssl_earliest_cert_expiry{job="probe.tls"})',
    certificateServed: "min by (host) (rampart_certificate_served_not_after_seconds)",
    serverUp: `max by (host, proxy, server) (haproxy_server_status{state="UP",job=~"balancer.metrics|web.metrics",proxy=~"web|app_.*",proxy!~".*_once",server!~".*-anyway"})`,
  };
}

function databaseFigures({ database }: DashboardSettings): Figures {
  if (database === null) return {};
  const ways = 'job="app.metrics",proxy=~"database_(write|read)"';
  const modes: Readonly<Record<string, Figures>> = {
    replicated: {
      writable: "max by (host) (rampart_database_writable)",
      promise: "max by (host) (rampart_database_promise_holds)",
      behind: "max by (host) (mysql_slave_status_seconds_behind_master)",
    },
    galera: {
      writable: "max by (host) (rampart_galera_writable)",
      synced: "max by (host) (rampart_galera_synced)",
      size: "max by (host) (rampart_galera_size)",
      votes: "max by (host) (rampart_galera_votes)",
    },
  };
  return {
    ...modes[database.mode],
    databaseUp: "max by (host) (mysql_up)",
    databaseSessions: `sum by (host, server) (haproxy_server_current_sessions{${ways},server!="nobody"})`,
    databaseWay: `max by (host, server) (haproxy_server_status{state="UP",${ways},server!="nobody"})`,
    ...(database.backup ? backupFigures : {}),
  };
}

/** A host that knows of none says the time of its own beginning in its place. */
const backupTime = (what: string) =>
  `max(rampart_backup_${what}_timestamp_seconds != on (host) rampart_backup_since_timestamp_seconds)`;

const backupFigures: Figures = {
  backupBase: backupTime("base"),
  backupLogs: backupTime("logs"),
  backupProven: backupTime("proven"),
  backupDrillFailed: "max(rampart_backup_drill_failed)",
};

export function overviewFigures(settings: DashboardSettings): Figures {
  return {
    ...hostFigures,
    ...siteFigures(settings),
    ...trafficFigures(settings),
    ...databaseFigures(settings),
  };
}

/** Requests of each tier and service over time; a window of three points evens out what falls between two fetches. */
export function historyFigures(settings: DashboardSettings): Figures {
  const window = `${3 * history.step}s`;
  return {
    visitors: `sum(${visitorRate(settings, window)})`,
    web: `sum by (server) (${webRate(settings, window)})`,
    ...(settings.services.length > 0 ? { app: `sum by (proxy, server) (${appRate(window)})` } : {}),
    ...(settings.database ? { database: databaseRate(window) } : {}),
  };
}

/** All figures by one question: they are of the same moment, and Prometheus is asked once. The label `figure` tells them apart. */
export function oneQuestion(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, expression]) => `label_replace(${expression}, "figure", "${name}", "", "")`)
    .join("\nor ");
}
