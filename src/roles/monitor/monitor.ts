import { acmeOf } from "../../model/certificate.ts";
import { isGalera } from "../../model/galera.ts";
import { keepsForAll } from "../../model/monitors.ts";
import type { CertificateResource, FileResource, Resource, UnitResource } from "../../model/resource.ts";
import type { Role } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import type { DeclaredFlow, Host, Topology } from "../../model/topology.ts";
import { alertmanagerConfig } from "./alertmanager.ts";
import { alertRules } from "./alerts.ts";
import { arbiterChecks, arbiterFlows, arbiterResources, arbiterServices } from "./arbiter.ts";
import { monitorChecks } from "./checks.ts";
import { dailyReportResources } from "./daily-report.ts";
import { dashboardCheck, dashboardResources } from "./dashboard.ts";
import {
  dashboardDoorCertificate,
  dashboardDoorChecks,
  dashboardDoorNginx,
  dashboardDoorResources,
  dashboardDoorServices,
} from "./dashboard-door.ts";
import { logExportFlows, logExportResources } from "./export-logs.ts";
import { remoteWriteFlows, remoteWriteResources } from "./export-metrics.ts";
import { heartbeatFlows, heartbeatResources } from "./heartbeat.ts";
import { issuerChecks, issuerFlows, issuerPort, issuerResources, issuerServices, trustResources } from "./issuer.ts";
import { issuerNginx, issuerTls } from "./issuer-nginx.ts";
import { logsCertificate, logsCheck, logsNginx, logsResources, logsServices } from "./logs.ts";
import { deliveryFlows, deliveryResources } from "./mail.ts";
import { nginxResources } from "./nginx.ts";
import { paths } from "./paths.ts";
import { gossipFiles, peerCertificates, peerFlows, peerNginx, peerResources, peerServices } from "./peers.ts";
import { pushFlows } from "./push.ts";
import { blackboxConfig, monitorName, prometheusConfig } from "./scrape.ts";
import {
  statusPageCertificate,
  statusPageChecks,
  statusPageNginx,
  statusPageResources,
  statusPageServices,
} from "./status-page.ts";
import { storeResources, storeServices } from "./store.ts";
import { type Program, programArguments, programDropIn, programs, routeUnit } from "./units.ts";

/** Watches every host and service, asks for the site as a visitor does, and tells the operators. */
export const monitor: Role = {
  name: "monitor",
  summary: "Prometheus, Alertmanager and a prober that asks for the site as visitors do",
  rollout: { after: ["balancer", "web", "app", "database", "probe"], atOnce: 1, knowsBy: `file:${paths.prometheus}` },
  services: (host, site) => [
    ...(keepsForAll(host)
      ? [
          ...logsServices(host),
          ...issuerServices(host, site),
          ...storeServices(host, site),
          ...arbiterServices(host, site),
        ]
      : []),
    ...statusPageServices(host, site),
    ...dashboardDoorServices(host, site),
    ...peerServices(host, site),
  ],
  flows,
  resources,
  checks: (host, topology) => [
    ...monitorChecks(host, topology),
    dashboardCheck(host),
    ...dashboardDoorChecks(host, topology),
    ...statusPageChecks(host, topology),
    ...(keepsForAll(host)
      ? [logsCheck(host, topology), ...issuerChecks(host, topology), ...arbiterChecks(host, topology)]
      : []),
  ],
};

/** Everything that any role offers as measurements; what a site does not have is dropped with its flow. */
function flows(site: Site): readonly DeclaredFlow[] {
  const measured = ["base.node-exporter", "balancer.metrics", "web.metrics", "web.nginx-exporter", "app.metrics"];
  const apps = site.app.filter((service) => service.metrics !== undefined).map((service) => `app.${service.name}`);
  const flow = (to: string, path: string, why: string): DeclaredFlow => ({
    ...{ role: "monitor", from: { kind: "tier", tier: "monitor" }, to, why, path },
  });
  return [
    ...[...measured, isGalera(site) ? "database.member" : "database.agent", "database.exporter"].map((name) =>
      flow(name, "monitor", "The monitor fetches measurements."),
    ),
    ...apps.map((name) => flow(name, `${name}.metrics`, "The monitor fetches the application's own measurements.")),
    ...pushFlows(site),
    flow("balancer.https", "domain", "The monitor asks for the site as visitors do."),
    ...deliveryFlows(site),
    ...heartbeatFlows(site),
    ...remoteWriteFlows(site),
    ...logExportFlows(site),
    ...issuerFlows(site),
    ...arbiterFlows(site),
    ...peerFlows(site),
  ];
}

function resources(host: Host, topology: Topology): readonly Resource[] {
  const found = {
    measure: "Every service with measurements is asked for them every 2 s.",
    judge: "Faults that users would feel are told within seconds.",
    tell: "Alerts reach the operators once, not a hundred times.",
    probe: "The site is asked for as a visitor would, through the same address.",
    run: "The monitor's programs listen on the loopback only and need little memory.",
    way: "Monitors stand inside; the site's public address lies behind the balancer that holds it.",
  };
  const routeFile = "/etc/systemd/system/rampart-route.service";
  const args = programArguments(host, topology, found.run);
  const text = prometheusConfig(host, topology, found.measure);
  return [
    ...packages(),
    { ...origin("", found.judge), kind: "directory", directory: "/etc/prometheus/rules", mode: "0755", ...root },
    { ...origin("", found.measure), kind: "directory", directory: "/etc/prometheus/tls", mode: "0755", ...root },
    certificate(topology),
    file(paths.prometheus, text, found.measure),
    file(paths.rules, alertRules(host, topology, found.judge), found.judge),
    // The address of a webhook is often all that is needed to write there.
    { ...file(paths.alertmanager, alertmanagerConfig(host, topology.site, found.tell), found.tell), ...secretive },
    file(paths.blackbox, blackboxConfig(host, topology.site, found.probe), found.probe),
    file(routeFile, routeUnit(host, topology, found.way), found.way),
    ...programs.map((program) => file(defaults(program), args[program], found.run, "monitor.retentionDays")),
    ...programs.map((program) =>
      file(dropIn(program), programDropIn(program, host, topology.site, found.run), found.run),
    ),
    unit("rampart-route.service", found.way, [], [routeFile]),
    ...programs.map((program) => programUnit(program, topology.site)),
    ...deliveryResources(host, topology.site, found.tell),
    ...trustResources(host, topology),
    ...peerResources(host, topology),
    ...dashboardResources(host, topology),
    ...dashboardDoorResources(host, topology),
    ...statusPageResources(host, topology),
    ...heartbeatResources(host, topology),
    ...remoteWriteResources(topology.site),
    ...dailyReportResources(host, topology.site),
    ...doors(host, topology),
    ...(keepsForAll(host) ? keeperResources(host, topology) : []),
  ];
}

/** Of the monitor host that keeps what one alone can keep. */
function keeperResources(host: Host, topology: Topology): readonly Resource[] {
  return [
    ...issuerResources(host, topology),
    ...logsResources(host, topology),
    ...logExportResources(host, topology),
    ...storeResources(host, topology),
    ...arbiterResources(host, topology),
  ];
}

/** nginx, in front of whatever takes something from other hosts. */
function doors(host: Host, topology: Topology): readonly Resource[] {
  const keeps = keepsForAll(host);
  const issues = keeps && acmeOf(topology.site) !== undefined;
  return nginxResources(
    host,
    [
      ...(issues ? issuerNginx(host, topology, issuerPort) : []),
      ...(keeps ? logsNginx(host, topology) : []),
      ...peerNginx(host, topology),
      ...statusPageNginx(host, topology),
      ...dashboardDoorNginx(host, topology),
    ],
    [
      ...(issues ? [issuerTls.certificate] : []),
      ...(keeps ? [logsCertificate] : []),
      ...peerCertificates(topology),
      ...(topology.site.monitor.statusPage === undefined ? [] : [statusPageCertificate]),
      ...(topology.site.monitor.dashboard === undefined ? [] : [dashboardDoorCertificate]),
    ].map((path) => `certificate:${path}`),
  );
}

const needed: Readonly<Record<string, string>> = {
  prometheus: "Collects measurements and judges them.",
  "prometheus-alertmanager": "Tells the operators.",
  "prometheus-blackbox-exporter": "Asks for the site as visitors do.",
};

function packages(): readonly Resource[] {
  return Object.entries(needed).map(([name, why]) => ({ ...origin("monitor", why), kind: "package", name }));
}

/** The checker of each program's files, and the files that it takes by a reload. */
const reloads: Readonly<Record<Program, { readonly check: string; readonly files: readonly string[] }>> = {
  prometheus: { check: `promtool check config ${paths.prometheus}`, files: [paths.prometheus, paths.rules] },
  "prometheus-alertmanager": {
    check: `amtool check-config ${paths.alertmanager}`,
    files: [paths.alertmanager, paths.mailTemplate, paths.runbooks],
  },
  "prometheus-blackbox-exporter": {
    check: `prometheus-blackbox-exporter --config.check --config.file=${paths.blackbox}`,
    files: [paths.blackbox],
  },
};

function programUnit(program: Program, site: Site): UnitResource {
  const { check, files } = reloads[program];
  const started = [
    defaults(program),
    dropIn(program),
    ...(program === "prometheus-alertmanager" && site.monitor.alerts.trust !== undefined ? [paths.alertTrust] : []),
    ...(program === "prometheus-alertmanager" ? gossipFiles(site) : []),
  ];
  return { ...unit(`${program}.service`, needed[program] ?? "", files, started), check };
}

function unit(name: string, why: string, reload: readonly string[], restart: readonly string[]): UnitResource {
  const ids = (files: readonly string[]) => files.map((path) => `file:${path}`);
  return {
    ...origin("monitor", why),
    ...{ kind: "unit", name, state: "running", reloadOn: ids(reload), restartOn: ids(restart) },
  };
}

/** Prometheus reads it anew for each connection, so a renewed one needs no reload. */
function certificate(topology: Topology): CertificateResource {
  const name = monitorName(topology);
  return {
    ...origin("", "Exporters answer the holder of this certificate and nobody else."),
    ...{ kind: "certificate", commonName: name, dnsNames: [name], ipAddresses: [], usages: ["client"] },
    ...{ certificateFile: paths.certificate, keyFile: paths.key, group: "prometheus" },
  };
}

function defaults(program: Program): string {
  return `/etc/default/${program}`;
}

function dropIn(program: Program): string {
  return `/etc/systemd/system/${program}.service.d/rampart.conf`;
}

const root = { owner: "root", group: "root" } as const;
const secretive = { mode: "0640", group: "prometheus" } as const;

function origin(path: string, why: string) {
  return { role: "monitor", path, why } as const;
}

function file(path: string, content: string, why: string, sitePath = "monitor"): FileResource {
  return { ...origin(sitePath, why), kind: "file", file: path, content, mode: "0644", ...root };
}
