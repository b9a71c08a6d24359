import { type Relabel, type ScrapeConfig, type ScrapeTargets, yamlFile } from "../../formats/prometheus.ts";
import type { Site } from "../../model/site.ts";
import { type Host, offersOf, type Service, type Topology, tierName } from "../../model/topology.ts";
import { remoteFigures, remoteWriteConfig } from "./export-metrics.ts";
import { header } from "./header.ts";
import { insideProbe } from "./inside-probe.ts";
import { jobs, local, paths } from "./paths.ts";
import { alertmanagers, peerJobs } from "./peers.ts";
import { appLimits, pushed } from "./push.ts";
import { type Rhythm, rhythmsOf } from "./rhythm.ts";

/** prometheus.yml: what is asked for measurements, how often, and where alerts go. */
export function prometheusConfig(host: Host, topology: Topology, why: string): string {
  const { site } = topology;
  return yamlFile(
    {
      // A fault is seen within seconds: the whole way to an alert's delivery is made of these intervals.
      global: {
        ...{ scrape_interval: "2s", scrape_timeout: "2s", evaluation_interval: "2s" },
        external_labels: { site: site.name, replica: host.name },
      },
      rule_files: [paths.rules],
      alerting: {
        // Who judged it is no part of an alert: two that see the same have one thing to tell.
        alert_relabel_configs: [{ regex: "replica", action: "labeldrop" }],
        alertmanagers: alertmanagers(host, topology),
      },
      scrape_configs: scrapes(host, topology),
      ...remoteWriteConfig(site),
    },
    header(host, why),
  );
}

/** How many targets Prometheus asks; each of them has its `up`. */
export function targetCount(host: Host, topology: Topology): number {
  return scrapes(host, topology).flatMap((job) => job.static_configs.flatMap(({ targets }) => targets)).length;
}

function scrapes(host: Host, topology: Topology): readonly ScrapeConfig[] {
  const programs = [...ownJobs(host), ...peerJobs(host, topology)];
  const figures = only(topology.site.monitor.export?.remoteWrite ? `${ownFigures}|${remoteFigures}` : ownFigures);
  return [
    ...serviceJobs(topology),
    ...programs.map((job) => ({ ...job, metric_relabel_configs: [figures] })),
    ...probes(topology),
  ];
}

/** One job for each Service that has measurements; more when its hosts answer to different TLS names. */
function serviceJobs(topology: Topology): readonly ScrapeConfig[] {
  const groups = new Map<string, Target[]>();
  for (const target of measured(topology)) {
    const key = `${target.job} ${target.sharedName ?? ""}`;
    const group = groups.get(key);
    if (group) group.push(target);
    else groups.set(key, [target]);
  }
  const names = [...groups.values()].map(([first]) => first?.job ?? "");
  return [...groups.values()].flatMap((targets) => {
    const [first] = targets;
    if (first === undefined) return [];
    const alone = names.filter((name) => name === first.job).length === 1;
    const name = alone ? first.job : `${first.job}/${first.sharedName ?? "hosts"}`;
    return rhythmsOf(first.job).map((rhythm) => serviceJob(`${name}${rhythm.suffix}`, first, targets, rhythm));
  });
}

interface Target {
  readonly job: string;
  readonly service: Service;
  readonly host: Host;
  /** The TLS name that several hosts answer to; undefined when a host answers to its own name. */
  readonly sharedName: string | undefined;
}

function measured(topology: Topology): readonly Target[] {
  const hosts = new Map(topology.hosts.map((host) => [host.name, host]));
  return topology.services.flatMap((service) => {
    const host = hosts.get(service.host);
    if (service.metrics === undefined || host === undefined) return [];
    const sharedName = service.tlsName === host.fqdn ? undefined : service.tlsName;
    return [{ job: jobOf(service, host), service, host, sharedName }];
  });
}

/** An application's own measurements are one job, whichever service they come from. */
function jobOf(service: Service, host: Host): string {
  return [`app.${host.service}`, pushed].includes(service.name) ? jobs.app : service.name;
}

function serviceJob(name: string, first: Target, targets: readonly Target[], rhythm: Rhythm): ScrapeConfig {
  const { service, sharedName, job } = first;
  const tls = {
    ...{ ca_file: paths.ca, cert_file: paths.certificate, key_file: paths.key },
    ...(sharedName === undefined ? {} : { server_name: sharedName }),
    min_version: "TLS13",
  };
  return {
    job_name: name,
    ...(service.tlsName === undefined ? {} : { scheme: "https", tls_config: tls }),
    metrics_path: service.metrics ?? "/metrics",
    ...rhythm.pace,
    ...(first.job === jobs.app ? appLimits : {}),
    ...(isHaproxy(service) ? { params: { metrics: haproxyMetrics } } : {}),
    ...(rhythm.collectors === undefined ? {} : { params: { "collect[]": rhythm.collectors } }),
    static_configs: targets.map((target) => targetOf(target, `${target.job}${rhythm.suffix}`)),
    metric_relabel_configs: [
      service.name === "database.exporter" ? only(databaseMetrics) : withoutInnards,
      // Only its `up` tells the rhythm; a figure is the same figure in any.
      ...(rhythm.suffix === "" ? [] : [{ target_label: "job", replacement: job }]),
      ...(service.name === "base.node-exporter" ? ownService : []),
    ],
  };
}

/** By name, so that the name is what the certificate is checked against; /etc/hosts knows it. */
function targetOf({ service, host }: Target, job: string): ScrapeTargets {
  const at = service.address === host.inside ? host.fqdn : service.address;
  return {
    targets: [`${at}:${service.port}`],
    labels: { job, host: host.name, tier: host.tier, service: service.name },
  };
}

function isHaproxy(service: Service): boolean {
  return ["balancer.metrics", "web.metrics", "app.metrics"].includes(service.name);
}

/** Named one by one: HAProxy's whole dump is twenty times larger, and most of it is asked for by nobody. */
const haproxyMetrics: readonly string[] = [
  ...["haproxy_process_start_time_seconds", "haproxy_process_current_connections", "haproxy_process_max_connections"],
  ...["haproxy_frontend_http_requests_total", "haproxy_frontend_http_responses_total"],
  ...["haproxy_frontend_current_sessions", "haproxy_frontend_bytes_in_total", "haproxy_frontend_bytes_out_total"],
  ...["haproxy_frontend_requests_denied_total"],
  ...["haproxy_backend_active_servers", "haproxy_backend_http_requests_total", "haproxy_backend_http_responses_total"],
  ...["haproxy_backend_current_queue", "haproxy_backend_response_time_average_seconds"],
  ...["haproxy_backend_total_time_average_seconds", "haproxy_backend_retry_warnings_total"],
  ...["haproxy_backend_redispatch_warnings_total", "haproxy_backend_connection_errors_total"],
  ...["haproxy_server_status", "haproxy_server_current_sessions", "haproxy_server_http_responses_total"],
  ...["haproxy_server_check_failures_total"],
];

/** Of about a thousand figures that MariaDB has. */
const databaseMetrics =
  "mysql_up|mysql_slave_status_.*|mysql_global_variables_(read_only|max_connections|server_id|innodb_buffer_pool_size|gtid_domain_id|rpl_semi_sync_.*)|mysql_global_status_(uptime|questions|queries|slow_queries|threads_(connected|running)|connections|aborted_(clients|connects)|commands_total|handlers_total|bytes_(received|sent)|rpl_semi_sync_.*|innodb_(row_lock_.*|buffer_pool_(reads|read_requests|wait_free)|os_log_.*|data_(reads|writes|fsyncs)|checkpoint_age|deadlocks)|binlog_.*|max_used_connections)";

function only(regex: string): Relabel {
  return { source_labels: ["__name__"], regex, action: "keep" };
}

/**
 * Figures that hosts write for their exporter tell of services of the site, and not of the exporter. The host they stand for stays
 * the one that was asked.
 */
const ownService: readonly Relabel[] = [
  { source_labels: ["exported_service"], regex: "(.+)", target_label: "service" },
  { regex: "exported_service", action: "labeldrop" },
];

/** The inside of an exporter's own runtime. */
const withoutInnards: Relabel = { source_labels: ["__name__"], regex: "(go|promhttp)_.*", action: "drop" };

/** Of what a monitor's programs tell of themselves. */
const ownFigures =
  "process_(start_time_seconds|resident_memory_bytes|cpu_seconds_total)|prometheus_(config_last_reload_successful|tsdb_head_series|tsdb_head_samples_appended_total|notifications_dropped_total|notifications_errors_total|rule_evaluation_failures_total)|alertmanager_(alerts|notifications_total|notifications_failed_total|notification_requests_total|notification_requests_failed_total|cluster_members|config_last_reload_successful)|blackbox_exporter_config_last_reload_successful";

function ownJobs(host: Host): readonly ScrapeConfig[] {
  const programs = ["prometheus", "alertmanager", "blackbox"] as const;
  return programs.map((name) => ({
    job_name: jobs[name],
    static_configs: [{ targets: [local[name]], labels: { host: host.name, tier: host.tier, service: jobs[name] } }],
  }));
}

/** What a visitor would find, asked from here through the address that visitors use. */
function probes(topology: Topology): readonly ScrapeConfig[] {
  const { site } = topology;
  const names = [site.domain, ...site.aliases];
  const service = offersOf(topology, "balancer.https")[0];
  const port = service?.port ?? 443;
  const at = port === 443 ? "" : `:${port}`;
  return [
    probe(jobs.site, "https_2xx", "2s", [`https://${site.domain}${at}/`]),
    probe(
      jobs.certificates,
      "tls",
      "15s",
      names.map((name) => `${name}:${port}`),
    ),
    insideProbe(topology),
  ];
}

function probe(job: string, module: string, interval: string, targets: readonly string[]): ScrapeConfig {
  return {
    job_name: job,
    metrics_path: "/probe",
    scrape_interval: interval,
    params: { module: [module] },
    static_configs: [{ targets, labels: { service: "balancer.https" } }],
    relabel_configs: [
      { source_labels: ["__address__"], target_label: "__param_target" },
      { source_labels: ["__param_target"], target_label: "instance" },
      { target_label: "__address__", replacement: local.blackbox },
    ],
  };
}

/** blackbox.yml: how the probes ask. */
export function blackboxConfig(host: Host, site: Site, why: string): string {
  // Without a file: the authorities that the program's environment names.
  const authority = site.tls.certificate === "own" ? { ca_file: paths.ca } : {};
  const http = {
    preferred_ip_protocol: "ip4",
    ip_protocol_fallback: false,
    fail_if_not_ssl: true,
    // No list: any 2xx.
    valid_status_codes: [],
    tls_config: authority,
  };
  const tcp = {
    preferred_ip_protocol: "ip4",
    ip_protocol_fallback: false,
    tls: true,
    tls_config: authority,
  };
  // Who is asked is verified whenever its measurements are fetched; here only the end of its certificate is looked at.
  const mutual = { cert_file: paths.certificate, key_file: paths.key, insecure_skip_verify: true };
  const inside = { ...tcp, tls_config: mutual };
  const modules = {
    https_2xx: { prober: "http", http },
    tls: { prober: "tcp", tcp },
    inside: { prober: "tcp", tcp: inside },
  };
  return yamlFile({ modules }, header(host, why));
}

/** The name in the monitor's client certificate: exporters admit nobody else. */
export function monitorName({ site }: Topology): string {
  return tierName(site, "monitor");
}
