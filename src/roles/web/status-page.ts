import { strictConfinement } from "../../formats/hardening.ts";
import { type NginxDirective, nginxBlock, nginxWord } from "../../formats/nginx.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Site } from "../../model/site.ts";
import { staleSeconds, statusPageFetcher, statusPagePort } from "../../model/status-page.ts";
import { type DeclaredFlow, type Host, hostsOf, type Topology } from "../../model/topology.ts";

// The public status page on a web host: fetched from the monitor and served from the disk, whatever else is down.

const origin: Origin = {
  role: "web",
  path: "monitor.statusPage",
  why: "The public status page is served by the web tier, also when the application is down.",
};
const account = "rampart-status";
const files = {
  program: "/usr/local/lib/rampart/status-page",
  unit: "/etc/systemd/system/rampart-status-page.service",
  certificate: "/etc/rampart/tls/status-page.crt",
  key: "/etc/rampart/tls/status-page.key",
  folder: "/var/lib/rampart-status-page",
} as const;
const page = `${files.folder}/status.html`;

export function statusPageFlows(site: Site): readonly DeclaredFlow[] {
  if (site.monitor.statusPage === undefined) return [];
  return [
    {
      ...{ role: "web", from: { kind: "tier", tier: "web" }, to: "monitor.status-page", path: "monitor.statusPage" },
      why: "The web hosts fetch the public status page.",
    },
  ];
}

/** It wins over routes and files; a policy of its own, since it has its style in itself and no script. */
export function statusPageLocation(site: Site): readonly NginxDirective[] {
  const path = site.monitor.statusPage;
  if (path === undefined) return [];
  return [
    nginxBlock(
      `location = ${nginxWord(path)}`,
      "default_type text/html",
      `alias ${page}`,
      "add_header Cache-Control no-cache always",
      `add_header Content-Security-Policy "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" always`,
      ...(site.web.beacon ? ['sub_filter "</head>" "</head>"'] : []),
    ),
  ];
}

export function statusPageResources(host: Host, topology: Topology): readonly Resource[] {
  const { site } = topology;
  if (site.monitor.statusPage === undefined) return [];
  const head = `Made by Rampart for ${host.name}: change the site file instead. Why: ${origin.why}`;
  const file = (path: string, content: string, mode: string): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  const name = statusPageFetcher(site);
  return [
    { ...origin, kind: "user", name: account, home: files.folder, groups: [] },
    { ...origin, kind: "directory", directory: files.folder, mode: "0755", owner: account, group: account },
    {
      ...{ ...origin, kind: "certificate", commonName: name, dnsNames: [name], ipAddresses: [], usages: ["client"] },
      ...{ certificateFile: files.certificate, keyFile: files.key, group: account },
      why: "The monitor gives the page to the holder of this certificate.",
    },
    file(files.program, fetcher(topology, head), "0755"),
    file(files.unit, unitText(head), "0644"),
    {
      ...{ ...origin, kind: "unit", name: "rampart-status-page.service", state: "running", reloadOn: [] },
      restartOn: [
        ...[files.program, files.unit, "/etc/rampart/ca.crt"].map((path) => `file:${path}`),
        `certificate:${files.certificate}`,
      ],
    },
  ];
}

/** Keeps the newest page of all monitors; one that is old says so itself, by a class of its root element. */
function fetcher(topology: Topology, head: string): string {
  const places = hostsOf(topology, "monitor").map((one) => `${one.fqdn}:${statusPagePort}`);
  return `#!/bin/sh
# ${head}
set -u
umask 022
cd ${files.folder} || exit 1

# as_of FILE: seconds since 1970 at which a page was made; 0: it is none.
as_of() { at=$(sed -n 's/^<meta name="as-of" content="\\([0-9]\\{1,11\\}\\)">$/\\1/p' "$1" 2> /dev/null | head -n 1); echo "\${at:-0}"; }

while :; do
  for place in ${places.join(" ")}; do
    curl -fsS -m 8 --max-filesize 262144 --cacert /etc/rampart/ca.crt --cert ${files.certificate} --key ${files.key} \\
      -o fetched "https://$place/status.html" 2> /dev/null || continue
    [ "$(as_of fetched)" -le "$(as_of newest)" ] || mv -f fetched newest
  done
  if [ -s newest ]; then
    age=$(($(date +%s) - $(as_of newest)))
    class=
    [ "$age" -le ${staleSeconds} ] || class=' class="stale"'
    sed "s/^<html lang=\\"en\\">$/<html lang=\\"en\\"$class>/" newest > status.new && ! cmp -s status.new status.html && mv -f status.new status.html
  fi
  sleep 10
done
`;
}

function unitText(head: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Fetches the public status page"],
          ["Wants", "network-online.target"],
          ["After", "network-online.target"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["ExecStart", files.program],
          ["User", account],
          ["Restart", "always"],
          ["RestartSec", "5s"],
          ...strictConfinement,
          ["ReadWritePaths", files.folder],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    head,
  );
}
