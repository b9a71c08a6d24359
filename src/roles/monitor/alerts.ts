import { type AlertRule, type RuleGroup, selector, yamlFile } from "../../formats/prometheus.ts";
import { judgedEvery, urgentAlerts } from "../../model/alerts.ts";
import { watchEachOther } from "../../model/monitors.ts";
import { type Host, offersOf, type Topology } from "../../model/topology.ts";
import { accessMeasurements } from "./access-alerts.ts";
import { backupAlerts, backupMeasurements } from "./backup-alerts.ts";
import { certificateAlerts, certificateMeasurements } from "./certificate-alerts.ts";
import { databaseAlerts, databaseMeasurements } from "./database-alerts.ts";
import { deliveryAlerts, deliveryMeasurements } from "./delivery-alerts.ts";
import { exportAlerts, exportMeasurements } from "./export-alerts.ts";
import { header } from "./header.ts";
import { logAlerts, logMeasurements } from "./log-alerts.ts";
import { objectiveGroups, objectiveMeasurements } from "./objective-rules.ts";
import { pageAlerts } from "./page-alerts.ts";
import { jobs } from "./paths.ts";
import { peerAlerts, peerMeasurements } from "./peers.ts";
import { pushAlerts } from "./push.ts";
import { notProbes, regionAlerts, regionMeasurements } from "./region-alerts.ts";
import { notDetails } from "./rhythm.ts";
import { alert, missing, whileMeasuring } from "./rule.ts";
import { saturationAlerts, saturationMeasurements } from "./saturation-alerts.ts";
import { selfAlerts, selfMeasurements } from "./self-alerts.ts";
import { serviceAlerts, serviceMeasurements } from "./service-alerts.ts";
import { wafMeasurements } from "./waf-alerts.ts";

/** rules/rampart.yml: what users would feel, derived from the topology. */
export function alertRules(host: Host, topology: Topology, why: string): string {
  return yamlFile({ groups: [...alertGroups(host, topology), ...objectiveGroups(topology.site)] }, header(host, why));
}

/**
 * After the monitor's own start nothing is known yet, and the other hosts may be starting beside it: alerts wait until it
 * has run for this long. Should the monitor not know its own age, they do not wait.
 */
const settlingSeconds = 30;

function alertGroups(host: Host, topology: Topology): readonly RuleGroup[] {
  const age = `time() - ${selector("process_start_time_seconds", { job: jobs.prometheus, host: host.name })}`;
  const alerts = [
    ...siteAlerts(topology),
    ...certificateAlerts(topology),
    ...tierAlerts(topology),
    ...hostAlerts(host, topology),
    ...addressAlerts(topology),
    ...databaseAlerts(topology),
    ...backupAlerts(topology),
    ...logAlerts(),
    ...pushAlerts(topology),
    ...pageAlerts(topology),
    ...deliveryAlerts(topology),
    ...exportAlerts(topology.site),
    ...serviceAlerts(topology),
    ...saturationAlerts(topology),
    ...selfAlerts(),
    ...peerAlerts(topology),
    ...regionAlerts(topology),
    ...measurementAlerts(topology),
  ];
  const settled = alerts.map((rule) => ({ ...rule, expr: `(${rule.expr}) unless on () rampart:settling` }));
  const settling = { record: "rampart:settling", expr: `${age} < ${settlingSeconds}` };
  const isUrgent = (rule: AlertRule) => urgentAlerts.includes(rule.alert);
  return [
    { name: "urgent", interval: `${judgedEvery.urgent}s`, rules: [settling, ...settled.filter(isUrgent)] },
    { name: "rampart", rules: settled.filter((rule) => !isUrgent(rule)) },
  ];
}

function siteAlerts({ site }: Topology): readonly AlertRule[] {
  return [
    alert("SiteDown", "page", "4s", `${selector("probe_success", { job: jobs.site })} == 0`, {
      summary: `https://${site.domain}/ does not answer`,
      description: `Asked through the address that visitors use, the site gave no 2xx answer within 1.5 s, several times in a row.`,
    }),
  ];
}

function tierAlerts(topology: Topology): readonly AlertRule[] {
  const perService = topology.site.app.map((service) =>
    alert(
      "NoHealthyAppHost",
      "page",
      "3s",
      noServers("web.metrics", `app_${service.name}`),
      {
        summary: `No host of ${service.name} answers its health check`,
        description: `Every web host has taken all hosts of ${service.name} out of service: its pages answer 503.`,
      },
      { app: service.name },
    ),
  );
  const web = alert("NoHealthyWebHost", "page", "3s", noServers("balancer.metrics", "web"), {
    summary: "No web host answers its health check",
    description: "Every balancer has taken all web hosts out of service: visitors get 503.",
  });
  return [web, ...perService];
}

/** All hosts that ask agree that nobody answers. */
function noServers(job: string, proxy: string): string {
  return `max by (proxy) (${selector("haproxy_backend_active_servers", { job, proxy })}) == 0`;
}

function hostAlerts(host: Host, topology: Topology): readonly AlertRule[] {
  // Details are asked for less often, so they know of a death later.
  const fast = `host!="",${notDetails}`;
  const down = `max by (host, tier) (up{${fast}}) == 0`;
  return [
    // A probe that is lost wakes nobody: see RegionLost.
    alert("HostDown", "page", "3s", `max by (host, tier) (up{${fast},${notProbes}}) == 0`, {
      summary: "{{ $labels.host }} is down",
      description: "Nothing on {{ $labels.host }} ({{ $labels.tier }}) answers the monitor any more.",
    }),
    alert("TargetDown", "ticket", "15s", `up == 0 unless on (host) (${down})${unlessNew(host, topology)}`, {
      summary: "{{ $labels.service }} on {{ $labels.host }} gives no measurements",
      description: "The host answers, this service does not: what it measures is not known.",
    }),
    alert("UnitFailed", "ticket", "10s", 'node_systemd_unit_state{state="failed"} == 1', {
      summary: "{{ $labels.name }} has failed on {{ $labels.host }}",
      description: "systemd has given up starting it, or it ended with an error.",
    }),
  ];
}

/** A monitor that was just added knows the other one before that has heard of it. */
function unlessNew({ name }: Host, { site }: Topology): string {
  if (!watchEachOther(site)) return "";
  const age = `time() - ${selector("process_start_time_seconds", { job: jobs.prometheus, host: name })}`;
  const neverSeen = `max_over_time(up{job=~"monitor[.].*",host!="${name}"}[15m]) == 0`;
  return ` unless ((${neverSeen}) and on () (${age} < 900))`;
}

function addressAlerts({ networks }: Topology): readonly AlertRule[] {
  const held = selector("node_network_address_info", { address: networks.virtual });
  // Of a host that is off it is known that it holds nothing; where nothing is measured at all, nothing is known.
  const holders = `(count(count by (host) (${held})) or vector(0))`;
  return [
    alert("AddressHeldByNobody", "page", "4s", `${holders} == 0${whileMeasuring}`, {
      summary: `No balancer holds ${networks.virtual}`,
      description: "Visitors cannot reach the site: packets to its address have nowhere to go.",
    }),
    alert("AddressHeldByTwo", "page", "6s", `${holders} > 1`, {
      summary: `Two balancers hold ${networks.virtual}`,
      description: "They do not hear each other; connections break whenever the network changes its mind.",
    }),
  ];
}

/** Missing is not healthy: an alert over a measurement that is not there would stay silent for ever. */
function measurementAlerts(topology: Topology): readonly AlertRule[] {
  const servers = (job: string, proxy: string) =>
    missing(selector("haproxy_backend_active_servers", { job, proxy }), `backend ${proxy}, as ${job} sees it`);
  return [
    missing(selector("probe_success", { job: jobs.site }), "the site as visitors see it"),
    missing(selector("probe_ssl_earliest_cert_expiry", { job: jobs.certificates }), "the served certificates"),
    servers("balancer.metrics", "web"),
    ...topology.site.app.map((service) => servers("web.metrics", `app_${service.name}`)),
    ...certificateMeasurements(topology),
    ...wafMeasurements(topology),
    ...accessMeasurements(topology),
    ...databaseMeasurements(topology),
    ...backupMeasurements(topology),
    ...logMeasurements(topology),
    ...deliveryMeasurements(topology),
    ...exportMeasurements(topology),
    ...serviceMeasurements(),
    ...saturationMeasurements(),
    ...selfMeasurements(),
    ...peerMeasurements(topology),
    ...objectiveMeasurements(topology.site),
    ...regionMeasurements(topology),
    ...unwatched(topology),
  ];
}

/** Fewer targets than the topology has hosts: the monitor's own configuration is not what it should be. */
function unwatched(topology: Topology): readonly AlertRule[] {
  const name = "base.node-exporter";
  const expected = offersOf(topology, name).length;
  const count = `(count(${selector("up", { job: name })}) or vector(0))`;
  return [{ ...missing("", `all ${expected} hosts`), expr: `${count} < ${expected}` }];
}
