import { alertTrust, mailPassword } from "../../model/alerts.ts";
import { mailPlace, placeOf, probeDoor, probePort } from "../../model/probes.ts";
import type { FileResource, Resource, UnitResource } from "../../model/resource.ts";
import type { Check, Role } from "../../model/role.ts";
import { programReference, secretReference, trustReference } from "../../model/secret.ts";
import type { Site } from "../../model/site.ts";
import type { DeclaredFlow, Host, Topology } from "../../model/topology.ts";
import { header } from "./header.ts";
import { account, paths } from "./paths.ts";
import { settingsText } from "./settings.ts";
import { blackboxArguments, blackboxDropIn, blackboxText, probeUnit } from "./units.ts";

/** Stands outside the site, in one region, and looks at it as visitors do. */
export const probe: Role = {
  name: "probe",
  summary: "looks at the site from a region outside, and tells the operators when its monitor is silent",
  rollout: { after: [], atOnce: 1 },
  services: (host) => [
    {
      ...{ name: probeDoor, role: "probe", host: host.name, address: host.inside, port: probePort, protocol: "tcp" },
      ...{
        tlsName: host.fqdn,
        metrics: "/metrics",
        summary: "what the region has seen, and where monitors show that they live",
      },
    },
  ],
  flows,
  resources,
  checks: (host) => [doorCheck(host)],
};

function flows(site: Site): readonly DeclaredFlow[] {
  if (site.monitor.regions.length === 0) return [];
  const from = { kind: "tier", tier: "probe" } as const;
  const of = { role: "probe", path: "monitor.regions" } as const;
  const { alerts } = site.monitor;
  const tell = { ...of, from, why: "Probes tell the operators when the monitor is silent." };
  const webhook = placeOf(alerts.webhook, "webhook");
  return [
    { ...of, from, to: "balancer.https", why: "Probes ask for the site as visitors do." },
    { ...of, from, to: probeDoor, why: "Probes agree on who tells that the monitor is silent." },
    {
      ...{ ...of, from: { kind: "tier", tier: "monitor" }, to: probeDoor },
      why: "The monitor fetches what a region has seen, and shows that it lives.",
    },
    ...(webhook === undefined ? [] : [{ ...tell, to: webhook, path: "monitor.alerts.webhook" }]),
    ...(alerts.email === undefined ? [] : [{ ...tell, to: mailPlace(alerts.email), path: "monitor.alerts.email" }]),
  ];
}

const reasons = {
  look: "The site is looked at from where visitors are, whether or not anybody inside asks.",
  ask: "Connections, certificates and pages are timed by the field's own prober.",
  know: "What a region has seen is the monitors' alone, and they know which region says it.",
} as const;

function resources(host: Host, topology: Topology): readonly Resource[] {
  const { site } = topology;
  const head = (why: string) => header(host, why);
  return [
    { ...origin(reasons.look), kind: "package", name: "nodejs" },
    { ...origin(reasons.ask), kind: "package", name: "prometheus-blackbox-exporter" },
    { ...origin(reasons.look), kind: "user", name: account, home: "/nonexistent", groups: [] },
    { ...origin(reasons.know), kind: "directory", directory: paths.folder, mode: "0755", owner: "root", group: "root" },
    {
      ...{
        ...origin(reasons.know),
        kind: "certificate",
        commonName: host.fqdn,
        dnsNames: [host.fqdn],
        ipAddresses: [],
      },
      ...{ usages: ["server", "client"], certificateFile: paths.certificate, keyFile: paths.key, group: account },
    },
    // The address of a webhook is often all that is needed to write there, and a visit has a password.
    {
      ...file(paths.settings, settingsText(host, topology, head(reasons.look)), reasons.look),
      mode: "0640",
      group: account,
    },
    file(paths.program, `// ${head(reasons.look)}\n${programReference("probe")}\n`, reasons.look),
    file(paths.unit, probeUnit(head(reasons.look)), reasons.look),
    file(paths.blackbox, blackboxText(site, head(reasons.ask)), reasons.ask),
    file(paths.blackboxDefaults, blackboxArguments(head(reasons.ask)), reasons.ask),
    file(paths.blackboxDropIn, blackboxDropIn(site, head(reasons.ask)), reasons.ask),
    ...trust(host, site),
    ...alertFiles(site),
    ...units(),
  ];
}

function trust(host: Host, site: Site): readonly FileResource[] {
  if (site.tls.certificate === "own") return [];
  const why = "Probes verify the public certificate as visitors do, and until it has come the site's own.";
  return [file(paths.publicCa, `# ${header(host, why)}\n${trustReference}\n`, why)];
}

/** What comes from files of the operators', for whom they alone vouch. */
function alertFiles({ monitor }: Site): readonly FileResource[] {
  const { email, trust: authorities } = monitor.alerts;
  const why = "Probes tell the operators when the monitor is silent.";
  const kept = (path: string, content: string): FileResource => ({
    ...file(path, content, why),
    ...{ mode: "0640", group: account },
  });
  return [
    ...(authorities === undefined ? [] : [kept(paths.alertTrust, `${secretReference(alertTrust)}\n`)]),
    ...(email?.password === undefined ? [] : [kept(paths.mailPassword, secretReference(mailPassword))]),
  ];
}

function units(): readonly UnitResource[] {
  const exporter = "prometheus-blackbox-exporter";
  const ids = (files: readonly string[]) => files.map((path) => `file:${path}`);
  return [
    {
      ...{ ...origin(reasons.ask), kind: "unit", name: `${exporter}.service`, state: "running" },
      check: `${exporter} --config.check --config.file=${paths.blackbox}`,
      reloadOn: ids([paths.blackbox]),
      restartOn: ids([paths.blackboxDefaults, paths.blackboxDropIn]),
    },
    {
      ...{ ...origin(reasons.look), kind: "unit", name: "rampart-probe.service", state: "running" },
      reloadOn: [`certificate:${paths.certificate}`, `file:${paths.ca}`],
      restartOn: ids([paths.program, paths.settings, paths.unit]),
    },
  ];
}

/** It answers with a certificate of the site, and its prober works: what it saw of the site is the monitor's to judge. */
function doorCheck(host: Host): Check {
  const proof = `--cacert ${paths.ca} --cert ${paths.certificate} --key ${paths.key}`;
  return {
    ...{ id: "probe.door", role: "probe", host: host.name, from: [host.name], within: 30 },
    promise: `${host.name} looks at the site and tells what it sees`,
    script: `figures=$(curl -sS --max-time 5 ${proof} https://${host.fqdn}:${probePort}/metrics 2>&1) || { echo "$figures; see: rampart logs ${host.name} rampart-probe"; exit 1; }
printf '%s\\n' "$figures" | grep -q '^rampart_region_check_success{.*check="page"' || { echo "it has not looked at the site yet; see: rampart logs ${host.name} prometheus-blackbox-exporter"; exit 1; }`,
  };
}

function origin(why: string) {
  return { role: "probe", path: "monitor.regions", why } as const;
}

function file(path: string, content: string, why: string): FileResource {
  return { ...origin(why), kind: "file", file: path, content, mode: "0644", owner: "root", group: "root" };
}
