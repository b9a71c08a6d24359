import { type NginxDirective, nginxBlock, nginxClientIs } from "../../formats/nginx.ts";
import type { AlertRule, ScrapeConfig } from "../../formats/prometheus.ts";
import { selector, yamlFile } from "../../formats/prometheus.ts";
import { gossipPort, peerPort, peerSeconds, peersOf, watchEachOther } from "../../model/monitors.ts";
import type { Resource } from "../../model/resource.ts";
import type { Site } from "../../model/site.ts";
import { type DeclaredFlow, type Host, hostsOf, type Service, type Topology, tierName } from "../../model/topology.ts";
import { header } from "./header.ts";
import { insideServer } from "./nginx.ts";
import { jobs, local, paths } from "./paths.ts";
import { notDetails } from "./rhythm.ts";
import { alert, missing } from "./rule.ts";

// Two monitor hosts. Each asks every service and judges every rule by itself, hands its alerts to the Alertmanagers of both, and asks the
// other how it is. The Alertmanagers tell each other what they have told, so that it is told once.

const origin = {
  role: "monitor",
  path: "monitor.hosts",
  why: "Two monitor hosts watch each other, and tell what fires once.",
} as const;
const door = { certificate: "/etc/nginx/tls/peer.crt", key: "/etc/nginx/tls/peer.key" } as const;
const gossip = {
  config: "/etc/prometheus/gossip.yml",
  certificate: "/etc/prometheus/tls/gossip.crt",
  key: "/etc/prometheus/tls/gossip.key",
} as const;

export function peerServices(host: Host, site: Site): readonly Service[] {
  if (!watchEachOther(site)) return [];
  const at = { role: "monitor", host: host.name, address: host.inside, protocol: "tcp" } as const;
  return [
    {
      ...{ ...at, name: "monitor.peer", port: peerPort, tlsName: host.fqdn },
      summary: "Takes the other monitor's alerts, and shows it how this one is.",
    },
    {
      ...{ ...at, name: "monitor.gossip", port: gossipPort, tlsName: tierName(site, "monitor") },
      summary: "Alertmanager: which alerts were told, and which are silenced.",
    },
  ];
}

export function peerFlows(site: Site): readonly DeclaredFlow[] {
  if (!watchEachOther(site)) return [];
  const flow = (to: string, why: string): DeclaredFlow => ({
    ...{ role: "monitor", from: { kind: "tier", tier: "monitor" }, to, why, path: origin.path },
  });
  return [
    flow("monitor.peer", "Each monitor hands its alerts to both, and watches the other."),
    flow("monitor.gossip", "Monitors tell each other what they have told, so that it is told once."),
  ];
}

export function peerResources(host: Host, { site }: Topology): readonly Resource[] {
  if (!watchEachOther(site)) return [];
  const name = tierName(site, "monitor");
  return [
    {
      ...{ ...origin, kind: "certificate", commonName: host.fqdn, dnsNames: [host.fqdn], ipAddresses: [] },
      ...{ usages: ["server"], certificateFile: door.certificate, keyFile: door.key, group: "root" },
      why: "How a monitor knows the other one.",
    },
    {
      ...{ ...origin, kind: "certificate", commonName: name, dnsNames: [name], ipAddresses: [] },
      ...{ usages: ["server", "client"], certificateFile: gossip.certificate, keyFile: gossip.key },
      ...{ group: "prometheus", why: "The Alertmanagers of the monitors speak with each other and with nobody else." },
    },
    {
      ...{ ...origin, kind: "file", file: gossip.config, content: gossipConfig(host, site) },
      ...{ mode: "0644", owner: "root", group: "root" },
    },
  ];
}

/** What starts Alertmanager anew: it reads its certificate at each connection, these at its start. */
export function gossipFiles(site: Site): readonly string[] {
  return watchEachOther(site) ? [gossip.config, paths.ca] : [];
}

/** @see https://prometheus.io/docs/alerting/latest/https/#gossip-traffic */
function gossipConfig(host: Host, site: Site): string {
  const name = tierName(site, "monitor");
  const own = { cert_file: gossip.certificate, key_file: gossip.key };
  return yamlFile(
    {
      tls_server_config: {
        ...own,
        ...{ client_ca_file: paths.ca, client_auth_type: "RequireAndVerifyClientCert", client_allowed_sans: [name] },
        min_version: "TLS13",
      },
      tls_client_config: { ...own, ca_file: paths.ca, server_name: name, min_version: "TLS13" },
    },
    header(host, origin.why),
  );
}

/**
 * Alertmanager's words for its cluster. One of two tells at once; the other waits for as long as `peer-timeout` to hear that it did, and tells
 * it itself if not. Alone it has no cluster: its port would listen on all addresses.
 */
export function gossipArguments(host: Host, topology: Topology): readonly string[] {
  if (!watchEachOther(topology.site)) return ["--cluster.listen-address="];
  return [
    `--cluster.listen-address=${host.inside}:${gossipPort}`,
    ...peersOf(host, topology).map(({ inside }) => `--cluster.peer=${inside}:${gossipPort}`),
    `--cluster.tls-config=${gossip.config}`,
    `--cluster.peer-timeout=${peerSeconds}s`,
    // A peer that is gone keeps nothing waiting for longer than this.
    "--cluster.tcp-timeout=3s",
  ];
}

export const peerCertificates = ({ site }: Topology): readonly string[] =>
  watchEachOther(site) ? [door.certificate] : [];

const shown = {
  [jobs.prometheus]: { path: "/prometheus", at: local.prometheus },
  [jobs.alertmanager]: { path: "/alertmanager", at: local.alertmanager },
  [jobs.blackbox]: { path: "/blackbox", at: local.blackbox },
} as const;

/** For nginx: by mutual TLS, to the monitors alone. */
export function peerNginx(host: Host, { site }: Topology): readonly NginxDirective[] {
  if (!watchEachOther(site)) return [];
  return [
    nginxClientIs("$is_monitor", tierName(site, "monitor")),
    insideServer(
      host,
      peerPort,
      door,
      "client_max_body_size 4m",
      nginxBlock("if ($is_monitor = 0)", "return 403"),
      nginxBlock(
        "location = /api/v2/alerts",
        nginxBlock("limit_except POST", "deny all"),
        `proxy_pass http://${local.alertmanager}`,
      ),
      ...Object.values(shown).map(({ path, at }) =>
        nginxBlock(`location = ${path}`, `proxy_pass http://${at}/metrics`),
      ),
      nginxBlock("location /", "return 404"),
    ),
  ];
}

const tls = { ca_file: paths.ca, cert_file: paths.certificate, key_file: paths.key, min_version: "TLS13" };

/** Prometheus' `alertmanagers`: its own, and those of the other monitors. One that is lost holds the next alert up for this long. */
export function alertmanagers(host: Host, topology: Topology): readonly object[] {
  const others = peersOf(host, topology).map(({ fqdn }) => `${fqdn}:${peerPort}`);
  const far = { scheme: "https", tls_config: tls, timeout: "2s", static_configs: [{ targets: others }] };
  return [{ static_configs: [{ targets: [local.alertmanager] }] }, ...(others.length === 0 ? [] : [far])];
}

/** The programs of the other monitors, as they are asked from here. */
export function peerJobs(host: Host, topology: Topology): readonly ScrapeConfig[] {
  const peers = peersOf(host, topology);
  if (peers.length === 0) return [];
  return Object.entries(shown).map(([job, { path }]) => ({
    ...{ job_name: `${job}/peers`, scheme: "https", tls_config: tls, metrics_path: path },
    static_configs: peers.map(({ name, tier, fqdn }) => ({
      targets: [`${fqdn}:${peerPort}`],
      labels: { job, host: name, tier, service: job },
    })),
  }));
}

const members = selector("alertmanager_cluster_members", { job: jobs.alertmanager });

/** Alerts of monitors that do not hear each other are told twice. */
export function peerAlerts({ site }: Topology): readonly AlertRule[] {
  if (!watchEachOther(site)) return [];
  const fewer = `min by (host, tier) (${members}) < ${site.monitor.hosts}`;
  // That one is away is told by HostDown or TargetDown.
  const otherIsDown = `min(${selector("up", { job: jobs.alertmanager })}) == 0`;
  return [
    alert("MonitorsApart", "ticket", "1m", `${fewer} unless on () (${otherIsDown})`, {
      summary: "The Alertmanager of {{ $labels.host }} does not hear the other monitor's",
      description: "Until they do, each of them tells every alert, and a silence of one is not kept by the other.",
    }),
  ];
}

/**
 * A condition on what the first monitor host alone can measure, which does not hold while that host is down: HostDown says so.
 * Unchanged where there is one monitor.
 */
export function unlessKeeperIsDown(expr: string, topology: Topology): string {
  const [keeper] = hostsOf(topology, "monitor");
  if (!watchEachOther(topology.site) || keeper === undefined) return expr;
  return `(${expr}) unless on () (max(up{host="${keeper.name}",${notDetails}}) == 0)`;
}

/** What that alert looks at. */
export function peerMeasurements({ site }: Topology): readonly AlertRule[] {
  return watchEachOther(site) ? [missing(members, "the monitors' word to each other")] : [];
}
