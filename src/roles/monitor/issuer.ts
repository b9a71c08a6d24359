import { acmeOf, issuerName } from "../../model/certificate.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Check } from "../../model/role.ts";
import { trustReference } from "../../model/secret.ts";
import type { AcmeCertificate, Site } from "../../model/site.ts";
import { visitorNames } from "../../model/site-names.ts";
import type { DeclaredFlow, Host, Service, Topology } from "../../model/topology.ts";
import { header } from "./header.ts";
import { issuerTls } from "./issuer-nginx.ts";
import { orderProgram, recordProgram } from "./issuer-program.ts";
import { orderService, orderTimer } from "./issuer-units.ts";

/** Port on the inside address at which certificate and answers are found. */
export const issuerPort = 8444;

/** CAs that vouch for the public certificate, beside Debian's: for probes and for the ACME client. */
export const publicTrust = "/etc/rampart/public-ca.crt";

const files = {
  order: "/usr/local/lib/rampart/certificate-order",
  record: "/usr/local/lib/rampart/certificate-record",
  service: "/etc/systemd/system/rampart-acme.service",
  timer: "/etc/systemd/system/rampart-acme.timer",
} as const;

const origin: Origin = {
  role: "monitor",
  path: "tls.certificate",
  why: "One host orders the public certificate for all: it stands behind the balancers, so the loss of one loses no certificate.",
};

/** What the issuer offers; nothing when the site has no certificate by ACME. */
export function issuerServices(host: Host, site: Site): readonly Service[] {
  if (acmeOf(site) === undefined) return [];
  const tlsName = issuerName(site);
  return [
    {
      ...{ name: "monitor.issuer", role: "monitor", host: host.name, address: host.inside, port: issuerPort },
      ...{ protocol: "tcp", tlsName, summary: "The public certificate, and the answers to a public CA." },
    },
  ];
}

/** The way to the CA, and to the site itself: nothing is ordered before the answer was seen there. */
export function issuerFlows(site: Site): readonly DeclaredFlow[] {
  const acme = acmeOf(site);
  if (acme === undefined) return [];
  const from = { kind: "keeper" } as const;
  return [
    {
      ...{ role: "monitor", from, to: "balancer.http", path: "tls.certificate" },
      why: "Before a certificate is ordered, the issuer asks the site for the answer as the CA will.",
    },
    {
      ...{ role: "monitor", from, to: directoryPlace(acme), path: "tls.certificate" },
      why: "The public certificate is ordered there.",
    },
  ];
}

function directoryPlace({ directory }: AcmeCertificate) {
  const [, name = "", port] = /^https:\/\/([^:/]+)(?::(\d+))?/.exec(directory) ?? [];
  // A name may stand for any address, and for another one tomorrow.
  const address = /^[\d.]+$/.test(name) ? name : "0.0.0.0/0";
  return { address, port: Number(port ?? 443), protocol: "tcp", name: "acme" } as const;
}

/** Everything on the host that orders certificates. */
export function issuerResources(host: Host, topology: Topology): readonly Resource[] {
  const { site } = topology;
  const acme = acmeOf(site);
  if (acme === undefined) return [];
  const head = header(host, origin.why);
  const file = (path: string, content: string, mode = "0644"): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  const ids = [files.order, files.record, files.service, files.timer].map((path) => `file:${path}`);
  const name = issuerName(site);
  return [
    { ...origin, kind: "package", name: "lego", why: "Speaks ACME to the public CA." },
    { ...origin, kind: "user", name: "rampart-acme", home: "/var/lib/rampart-acme", groups: ["www-data"] },
    {
      ...{ ...origin, kind: "certificate", commonName: name, dnsNames: [name], ipAddresses: [], usages: ["server"] },
      ...{ certificateFile: issuerTls.certificate, keyFile: issuerTls.key, group: "root" },
      why: "How others know the host that hands them certificates.",
    },
    file(files.order, orderProgram(topology, acme, head), "0755"),
    file(files.record, recordProgram(head), "0755"),
    file(files.service, orderService(files, publicTrust, head)),
    file(files.timer, orderTimer(head)),
    // Started by its timer alone; it ends by itself.
    { ...origin, ...{ kind: "unit", name: "rampart-acme.service", state: "off" }, reloadOn: [], restartOn: ids },
    { ...origin, ...{ kind: "unit", name: "rampart-acme.timer", state: "running" }, reloadOn: [], restartOn: ids },
  ];
}

/** The CAs that vouch for what visitors see, when it is not the site's own. */
export function trustResources(host: Host, { site }: Topology): readonly FileResource[] {
  if (site.tls.certificate === "own") return [];
  const why = "Probes verify the public certificate as visitors do, and until it has come the site's own.";
  return [
    {
      ...{ ...origin, kind: "file", file: publicTrust, mode: "0644", owner: "root", group: "root" },
      ...{ content: `# ${header(host, why)}\n${trustReference}\n`, why },
    },
  ];
}

/** True of the issuer as the balancers find it. */
export function issuerChecks(host: Host, topology: Topology): readonly Check[] {
  const { site, networks } = topology;
  if (acmeOf(site) === undefined) return [];
  const names = visitorNames(site).length;
  return [
    {
      ...{ id: "monitor.issuer", role: "monitor", host: host.name, from: [host.name], within: 20 },
      promise: `A public CA that asks for one of the site's ${names} names is answered by ${host.name}, through the balancers.`,
      script: `status=$(curl -sS -o /dev/null --max-time 5 -w '%{http_code}' --resolve ${site.domain}:80:${networks.virtual} http://${site.domain}/.well-known/acme-challenge/none 2>&1)
[ "$status" = 404 ] || { echo "http://${site.domain}/.well-known/acme-challenge/ answers $status"; exit 1; }`,
    },
  ];
}
