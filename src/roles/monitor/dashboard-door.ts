import { type NginxDirective, nginxBlock, nginxClientIs } from "../../formats/nginx.ts";
import { dashboardDoorPort, dashboardPort } from "../../model/dashboard.ts";
import type { Resource } from "../../model/resource.ts";
import type { Check } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import { type Host, type Service, type Topology, tierName } from "../../model/topology.ts";
import { insideServer } from "./nginx.ts";

// The dashboard's door for the balancers, which let people in who have logged in there.

const files = { certificate: "/etc/nginx/tls/dashboard.crt", key: "/etc/nginx/tls/dashboard.key" } as const;
const origin = {
  role: "monitor",
  path: "monitor.dashboard",
  why: "People who have logged in at a balancer see the dashboard through it.",
} as const;

export const dashboardDoorCertificate = files.certificate;

export function dashboardDoorServices(host: Host, { monitor }: Site): readonly Service[] {
  if (monitor.dashboard === undefined) return [];
  return [
    {
      ...{ name: "monitor.dashboard", role: "monitor", host: host.name, address: host.inside, port: dashboardDoorPort },
      ...{ protocol: "tcp", tlsName: host.fqdn, summary: "The dashboard, for the balancers." },
    },
  ];
}

export function dashboardDoorResources(host: Host, { site }: Topology): readonly Resource[] {
  if (site.monitor.dashboard === undefined) return [];
  return [
    {
      ...{ ...origin, kind: "certificate", commonName: host.fqdn, dnsNames: [host.fqdn], ipAddresses: [] },
      ...{ usages: ["server"], certificateFile: files.certificate, keyFile: files.key, group: "root" },
      why: "How the balancers know the monitor whose dashboard they show.",
    },
  ];
}

/** For nginx: by mutual TLS, to the balancers alone. The dashboard itself answers to names of the loopback only. */
export function dashboardDoorNginx(host: Host, { site }: Topology): readonly NginxDirective[] {
  if (site.monitor.dashboard === undefined) return [];
  return [
    nginxClientIs("$shows_dashboard", tierName(site, "balancer")),
    insideServer(
      host,
      dashboardDoorPort,
      files,
      nginxBlock("if ($shows_dashboard = 0)", "return 403"),
      nginxBlock(
        "location /",
        `proxy_pass http://127.0.0.1:${dashboardPort}`,
        "proxy_http_version 1.1",
        "proxy_set_header Host localhost",
        `proxy_set_header Connection ""`,
      ),
    ),
  ];
}

/** True when the balancers ask whoever comes for a password. By the name of the operator's machine: the site's own CA vouches for that one. */
export function dashboardDoorChecks(host: Host, { site, networks }: Topology): readonly Check[] {
  const { dashboard } = site.monitor;
  if (dashboard === undefined) return [];
  const { localDomain: name } = dashboard;
  return [
    {
      ...{ id: "monitor.dashboard-door", role: "monitor", host: host.name, from: [host.name], within: 30 },
      promise: `https://${dashboard.domain}/ asks for a password`,
      script: `status=$(curl -sS -o /dev/null -m 5 -w '%{http_code}' --cacert /etc/rampart/ca.crt --resolve ${name}:443:${networks.virtual} https://${name}/ 2>&1)
[ "$status" = 401 ] || { echo "https://${name}/ answers $status without a password"; exit 1; }`,
    },
  ];
}
