import { accessResources, requestsFile } from "../../formats/access-log.ts";
import { type CalmPage, calmAnswer, calmHtml, pages } from "../../formats/calm-page.ts";
import { haproxyResources } from "../../formats/haproxy-host.ts";
import { nginxConfinement, strictConfinement } from "../../formats/hardening.ts";
import { servedResources } from "../../formats/served-certificate.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { visitorCertificates } from "../../formats/visitor-certificate.ts";
import {
  type CertificateResource,
  type FileResource,
  type Origin,
  type Resource,
  resourceId,
} from "../../model/resource.ts";
import type { Site } from "../../model/site.ts";
import { type Host, type Topology, tierName } from "../../model/topology.ts";
import { beaconResources } from "./beacon-resources.ts";
import { byNginx } from "./certificate.ts";
import {
  accessLog,
  accessLogFolder,
  filesRoot,
  hasWaf,
  opensTls,
  pagesFolder,
  statusPort,
  tlsFolder,
  wafConfig,
} from "./facts.ts";
import { webHaproxy } from "./haproxy.ts";
import { webNginx } from "./nginx.ts";
import { statusPageResources } from "./status-page.ts";
import { wafResources } from "./waf.ts";

/** Port of nginx's exporter on the inside address. */
export const exporterPort = 9113;

const nginxConfig = "/etc/nginx/nginx.conf";
const nginxDropIn = "/etc/systemd/system/nginx.service.d/rampart.conf";
const nginxOrigin: Origin = { role: "web", path: "web", why: "nginx serves the site's files and passes the rest on." };

/** Everything on a web host but what every host has. */
export function webResources(host: Host, topology: Topology): readonly Resource[] {
  const { site } = topology;
  return [
    ...haproxyResources({
      host,
      origin: { role: "web", path: "app", why: "HAProxy spreads requests over the hosts of the services." },
      tlsName: tierName(site, "web"),
      config: webHaproxy(host, topology),
      pages: {
        "rampart-502.http": calmAnswer("502 Bad Gateway", pages.unavailable),
        "rampart-503.http": calmAnswer("503 Service Unavailable", pages.unavailable),
        "rampart-504.http": calmAnswer("504 Gateway Timeout", pages.slow),
        ...(opensTls(site)
          ? { "rampart-429.html": calmHtml(pages.tooMany), "rampart-banned.html": calmHtml(pages.banned) }
          : {}),
      },
      certificates: [],
      tellsRequests: true,
      unitLines: [],
      restartOn: [],
    }),
    ...release(topology),
    ...nginxResources(host, topology),
    ...(opensTls(site) ? [...servedResources(host, topology, byNginx), visitorsFolder] : []),
    ...exporterResources(host),
    ...accessResources(host, site, [
      ...(opensTls(site) ? [{ file: accessLog, kind: "visitors" } as const] : []),
      { file: requestsFile, kind: "services" },
    ]),
    ...(hasWaf(site) ? wafResources(host, site) : []),
    ...(site.web.beacon ? beaconResources(host, site) : []),
    ...statusPageResources(host, topology),
  ];
}

function release({ site, releases }: Topology): readonly Resource[] {
  if (site.web.files === undefined) return [];
  return [
    {
      ...{ role: "web", path: "web.files", why: "The site's files: the same release on every web host." },
      ...{ kind: "release", name: "public", id: releases.public ?? "", root: filesRoot },
      migrate: undefined,
      unit: undefined,
    },
  ];
}

function nginxResources(host: Host, topology: Topology): readonly Resource[] {
  const { site } = topology;
  const certificates = [insideCertificate(host, site), ...(opensTls(site) ? visitorCertificates(host, site) : [])];
  const pageFiles = Object.entries(opensTls(site) ? { ...ownPages, ...publicPages } : ownPages).map(([name, page]) =>
    file(`${pagesFolder}/${name}`, calmHtml(page), nginxOrigin),
  );
  return [
    { ...nginxOrigin, kind: "package", name: "nginx" },
    {
      ...nginxOrigin,
      kind: "package",
      name: "libnginx-mod-http-brotli-filter",
      why: "Text is smaller with brotli than with gzip.",
    },
    ...(opensTls(site)
      ? [
          {
            ...nginxOrigin,
            ...{ kind: "package" as const, name: "libnginx-mod-http-headers-more-filter", path: "tls.terminate" },
            why: "Answers carry the security headers wherever they come from.",
          },
        ]
      : []),
    { ...nginxOrigin, kind: "directory", directory: tlsFolder, mode: "0700", owner: "root", group: "root" },
    { ...nginxOrigin, kind: "directory", directory: pagesFolder, mode: "0755", owner: "root", group: "root" },
    ...certificates,
    ...pageFiles,
    file(nginxConfig, webNginx(host, topology), nginxOrigin),
    file(nginxDropIn, nginxUnit(host), nginxOrigin),
    {
      ...nginxOrigin,
      ...{ kind: "unit", name: "nginx.service", state: "running" },
      check: "nginx -t -q",
      reloadOn: [
        ...[`file:${nginxConfig}`, "file:/etc/rampart/ca.crt", ...certificates.map(resourceId)],
        ...(hasWaf(site) ? [`file:${wafConfig}`] : []),
      ],
      restartOn: [`file:${nginxDropIn}`],
    },
  ];
}

/** nginx writes many lines at once: by way of the journal it costs a third of the requests a second (measured). */
const visitorsFolder: Resource = {
  ...{ role: "web", path: "tls.terminate", why: "What visitors asked is kept for a while, for operators alone." },
  ...{ kind: "directory", directory: accessLogFolder, mode: "0750", owner: "root", group: "adm" },
};

const ownPages: Readonly<Record<string, CalmPage>> = { "404.html": pages.missing };
/** Answers that the balancers give when they open TLS. */
const publicPages: Readonly<Record<string, CalmPage>> = {
  "421.html": pages.unknownSite,
  "429.html": pages.tooMany,
  "503.html": pages.unavailable,
};

function insideCertificate(host: Host, site: Site): CertificateResource {
  return {
    ...nginxOrigin,
    kind: "certificate",
    commonName: tierName(site, "web"),
    dnsNames: [tierName(site, "web"), host.fqdn],
    ipAddresses: [],
    usages: ["server"],
    certificateFile: `${tlsFolder}/web.crt`,
    keyFile: `${tlsFolder}/web.key`,
    group: "root",
    why: "How the balancers know that they speak to a web host of this site.",
  };
}

function exporterResources(host: Host): readonly Resource[] {
  const origin: Origin = { role: "web", path: "monitor", why: "nginx's figures, for the monitor." };
  const options = "/etc/default/prometheus-nginx-exporter";
  const arguments_ = [
    `--web.listen-address=${host.inside}:${exporterPort}`,
    "--web.config.file=/etc/rampart/exporter-web.yml",
    `--nginx.scrape-uri=http://127.0.0.1:${statusPort}/stub_status`,
  ];
  const unit = "prometheus-nginx-exporter.service";
  const dropIn = `/etc/systemd/system/${unit}.d/rampart.conf`;
  const confined = [["Restart", "always"], ["RestartSec", "1s"], ...strictConfinement] as const;
  return [
    { ...origin, kind: "package", name: "prometheus-nginx-exporter" },
    file(
      options,
      `# ${note(host, "the monitor asks nginx's figures by mutual TLS.")}\nARGS="${arguments_.join(" ")}"\n`,
      origin,
    ),
    file(
      dropIn,
      systemdFile([{ name: "Service", lines: confined }], note(host, "it asks nginx, and nothing else.")),
      origin,
    ),
    {
      ...origin,
      ...{ kind: "unit", name: unit, state: "running", reloadOn: [] },
      restartOn: [
        `file:${options}`,
        `file:${dropIn}`,
        "file:/etc/rampart/exporter-web.yml",
        "certificate:/etc/rampart/tls/exporter.crt",
      ],
    },
  ];
}

function nginxUnit(host: Host): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["After", "haproxy.service"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [["Restart", "always"], ["RestartSec", "100ms"], ...nginxConfinement],
      },
    ],
    note(host, "nginx comes back by itself."),
  );
}

function file(path: string, content: string, origin: Origin): FileResource {
  return { ...origin, kind: "file", file: path, content, mode: "0644", owner: "root", group: "root" };
}

function note(host: Host, why: string): string {
  return `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`;
}
