import { strictConfinement } from "../../formats/hardening.ts";
import { type NginxDirective, nginxBlock, nginxClientIs } from "../../formats/nginx.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Check } from "../../model/role.ts";
import { programReference } from "../../model/secret.ts";
import type { Site } from "../../model/site.ts";
import { statusPageFetcher, statusPagePort } from "../../model/status-page.ts";
import type { Host, Service, Topology } from "../../model/topology.ts";
import { header } from "./header.ts";
import { insideServer } from "./nginx.ts";
import { local } from "./paths.ts";

// The public status page: made here every 15 s, fetched by web hosts, which keep it when all else is down.

const origin: Origin = {
  role: "monitor",
  path: "monitor.statusPage",
  why: "The public status page is made where the site is watched.",
};
const files = {
  program: "/usr/local/lib/rampart/status-page.mjs",
  settings: "/etc/rampart/status-page.conf",
  unit: "/etc/systemd/system/rampart-status-page.service",
  certificate: "/etc/nginx/tls/status.crt",
  key: "/etc/nginx/tls/status.key",
  page: "/var/lib/rampart-status-page/public/status.html",
} as const;

export const statusPageCertificate = files.certificate;

export function statusPageServices(host: Host, site: Site): readonly Service[] {
  if (site.monitor.statusPage === undefined) return [];
  return [
    {
      ...{ name: "monitor.status-page", role: "monitor", host: host.name, address: host.inside, port: statusPagePort },
      ...{ protocol: "tcp", tlsName: host.fqdn, summary: "The public status page, for the web hosts." },
    },
  ];
}

/** For nginx: by mutual TLS, to whoever fetches the page for a web host. */
export function statusPageNginx(host: Host, { site }: Topology): readonly NginxDirective[] {
  if (site.monitor.statusPage === undefined) return [];
  return [
    nginxClientIs("$is_fetcher", statusPageFetcher(site)),
    insideServer(
      host,
      statusPagePort,
      files,
      nginxBlock("if ($is_fetcher = 0)", "return 403"),
      nginxBlock("location = /status.html", "default_type text/html", `alias ${files.page}`),
      nginxBlock("location /", "return 404"),
    ),
  ];
}

export function statusPageResources(host: Host, { site }: Topology): readonly Resource[] {
  if (site.monitor.statusPage === undefined) return [];
  const head = header(host, origin.why);
  const file = (path: string, content: string): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode: "0644", owner: "root", group: "root" },
  });
  const settings = {
    domain: site.domain,
    services: site.app.map((service) => service.name),
    prometheus: local.prometheus,
  };
  return [
    { ...origin, kind: "package", name: "nodejs", why: "The program that makes the status page runs with it." },
    {
      ...{ ...origin, kind: "certificate", commonName: host.fqdn, dnsNames: [host.fqdn], ipAddresses: [] },
      ...{ usages: ["server"], certificateFile: files.certificate, keyFile: files.key, group: "root" },
      why: "How web hosts know the monitor whose page they show.",
    },
    file(files.program, `// ${head}\n${programReference("status-page")}\n`),
    file(files.settings, `# ${head}\n${JSON.stringify(settings)}\n`),
    file(files.unit, unitText(head)),
    {
      ...{ ...origin, kind: "unit", name: "rampart-status-page.service", state: "running", reloadOn: [] },
      restartOn: [files.program, files.settings, files.unit].map((path) => `file:${path}`),
    },
  ];
}

function unitText(head: string): string {
  // Compiled code is made while Node runs.
  const confined = strictConfinement.filter((line) => line[0] !== "MemoryDenyWriteExecute" && line[0] !== "UMask");
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Makes the public status page"],
          ["After", "prometheus.service"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          [
            "ExecStart",
            `/usr/bin/node --max-semi-space-size=1 --max-old-space-size=48 ${files.program} ${files.settings}`,
          ],
          ["User", "www-data"],
          ["StateDirectory", "rampart-status-page"],
          ["Restart", "always"],
          ["RestartSec", "5s"],
          ["CPUWeight", "20"],
          ["MemoryMax", "192M"],
          ...confined,
          ["UMask", "0022"],
          "It asks Prometheus beside it, and nobody else.",
          ["IPAddressAllow", "localhost"],
          ["IPAddressDeny", "any"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    head,
  );
}

export function statusPageChecks(host: Host, { site }: Topology): readonly Check[] {
  if (site.monitor.statusPage === undefined) return [];
  return [
    {
      ...{ id: "monitor.status-page", role: "monitor", host: host.name, from: [host.name], within: 60 },
      promise: `${host.name} makes the public status page`,
      script: `age=$(($(date +%s) - $(stat -c %Y ${files.page} 2> /dev/null || echo 0)))
[ "$age" -lt 60 ] || { echo "the page was last written $age s ago; see: rampart logs ${host.name} rampart-status-page"; exit 1; }`,
    },
  ];
}
