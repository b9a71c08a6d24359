import { metricsPort } from "../../formats/haproxy-parts.ts";
import { peersPort, webHostsBan } from "../../formats/haproxy-peers.ts";
import { acmeOf, openingTier } from "../../model/certificate.ts";
import type { Around, Role } from "../../model/role.ts";
import type { Site } from "../../model/site.ts";
import { type DeclaredFlow, type Host, hostsOf, type Service, type Topology, tierName } from "../../model/topology.ts";
import { balancerChecks } from "./checks.ts";
import { dashboardFlow } from "./dashboard.ts";
import { balancerResources } from "./resources.ts";

/** Two or more hosts behind one address: visitors reach HAProxy on the one that holds it. */
export const balancer: Role = {
  name: "balancer",
  summary:
    "Answers visitors at one address that outlives any balancer, opens their TLS, and spreads them over the web hosts.",
  rollout: { after: ["web"], atOnce: 1 },
  services: (host, site, networks) => services(host, site, networks.virtual),
  flows,
  resources: balancerResources,
  checks: balancerChecks,
  around,
};

function services(host: Host, site: Site, virtual: string): readonly Service[] {
  const of = { role: "balancer" as const, host: host.name };
  return [
    { ...of, name: "balancer.http", address: virtual, port: 80, protocol: "tcp", summary: "Leads visitors to HTTPS." },
    {
      ...of,
      ...{ name: "balancer.https", address: virtual, port: 443, protocol: "tcp" },
      ...(site.tls.terminate === "web" ? {} : { tlsName: site.domain }),
      summary: "The site, for visitors.",
    },
    {
      ...of,
      ...{ name: "balancer.vrrp", address: host.inside, port: 0, protocol: "vrrp" },
      summary: "The balancers agree on who holds the address (VRRP version 3).",
    },
    {
      ...of,
      ...{ name: "balancer.metrics", address: host.inside, port: metricsPort, protocol: "tcp" },
      ...{ tlsName: tierName(site, "balancer"), metrics: "/metrics" },
      summary: "Figures of the balancer's HAProxy.",
    },
    ...(site.balancer.hosts < 2 && !webHostsBan(site)
      ? []
      : [
          {
            ...of,
            ...{ name: "balancer.peers", address: host.inside, port: peersPort, protocol: "tcp" as const },
            ...{ tlsName: tierName(site, "balancer"), summary: "The balancers tell each other who is banned." },
          },
        ]),
  ];
}

function flows(site: Site): readonly DeclaredFlow[] {
  const peers = { role: "balancer", why: "A ban holds at all balancers at once.", path: "limits.ban" } as const;
  return [
    ...visitorFlows,
    ...(site.balancer.hosts === 1 ? [adverts] : []),
    ...(acmeOf(site) ? [issuerFlow(site)] : []),
    ...dashboardFlow(site),
    { ...peers, from: { kind: "tier", tier: "balancer" }, to: "balancer.peers" },
    ...(webHostsBan(site) ? [{ ...peers, from: { kind: "tier", tier: "balancer" }, to: "web.peers" } as const] : []),
  ];
}

const visitorFlows: readonly DeclaredFlow[] = [
  {
    role: "balancer",
    from: { kind: "anyone" },
    to: "balancer.http",
    why: "Visitors that come by plain HTTP are led to HTTPS.",
    path: "domain",
  },
  { role: "balancer", from: { kind: "anyone" }, to: "balancer.https", why: "Visitors reach the site.", path: "domain" },
  {
    role: "balancer",
    from: { kind: "tier", tier: "balancer" },
    to: "balancer.vrrp",
    why: "The balancers agree on who holds the address.",
    path: "balancer.hosts",
  },
  {
    role: "balancer",
    from: { kind: "tier", tier: "balancer" },
    to: "web.https",
    why: "The balancers pass visitors' requests to the web hosts.",
    path: "web",
  },
];

/** A balancer alone has nobody to send its adverts to but the group that VRRP is given (RFC 9568, 5.1.1.2). */
const adverts: DeclaredFlow = {
  role: "balancer",
  from: { kind: "tier", tier: "balancer" },
  to: { address: "224.0.0.18", port: 0, protocol: "vrrp", name: "adverts" },
  why: "The only balancer says that it holds the address.",
  path: "balancer.hosts",
};

function issuerFlow(site: Site): DeclaredFlow {
  const certificate = openingTier(site) === "balancer" ? "the public certificate, and " : "";
  return {
    ...{ role: "balancer", from: { kind: "tier", tier: "balancer" }, to: "monitor.issuer", path: "tls.certificate" },
    why: `The balancers fetch ${certificate}the answer to the question of who owns the name.`,
  };
}

/** keepalived goes first: another balancer has the address 14 ms later, long before HAProxy here ends. */
function around(host: Host, topology: Topology): Around {
  if (hostsOf(topology, "balancer").length < 2) return { before: {}, after: {} };
  return {
    before: { [host.name]: "systemctl stop keepalived.service" },
    after: { [host.name]: "systemctl start keepalived.service" },
  };
}
