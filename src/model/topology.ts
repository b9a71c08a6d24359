import type { Site } from "./site.ts";

/** The tiers of a site; `base` is the role that every host holds besides. */
export type Tier = "balancer" | "web" | "app" | "database" | "monitor" | "probe";
export type RoleName = "base" | Tier;

/** A Debian server. */
export interface Host {
  /** e.g. lb1, web1, shop1, db1, mon1, probe-eu. */
  readonly name: string;
  readonly tier: Tier;
  /** Place within its tier (for app hosts: within its service), from 0. */
  readonly index: number;
  /** The app service that runs here; only for tier "app". */
  readonly service?: string;
  /** The region that a probe stands for; only for tier "probe". */
  readonly region?: string;
  /**
   * IPv4 address at which the site's other hosts and its operators know it: one on the inside network. A probe has none there:
   * its address outside.
   */
  readonly inside: string;
  /** IPv4 address on the outside network; balancers and probes have one, and monitors that reach probes. */
  readonly outside?: string;
  /** `<name>.<site>.internal` */
  readonly fqdn: string;
}

export type Protocol = "tcp" | "udp" | "vrrp";

/** Something that listens on a host. Firewall, TLS identities, monitoring and review are derived from these. */
export interface Service {
  /** Stable identifier `<role>.<what>`, e.g. web.https, app.shop, base.ssh. The same on all hosts that offer it. */
  readonly name: string;
  readonly role: RoleName;
  readonly host: string;
  /** IPv4 address it listens on: the host's inside address, or a virtual address. */
  readonly address: string;
  /** 0 for protocols without ports. */
  readonly port: number;
  readonly protocol: Protocol;
  /** Name in the certificate that a client verifies; undefined when the protocol is not TLS. */
  readonly tlsName?: string;
  /** Path of Prometheus metrics when this service is scraped. */
  readonly metrics?: string;
  readonly summary: string;
}

/** Who may connect. */
export type Peer =
  | { readonly kind: "tier"; readonly tier: Tier }
  | { readonly kind: "service"; readonly service: string }
  /** The monitor host that keeps what one alone can keep (see model/monitors.ts). */
  | { readonly kind: "keeper" }
  /** All that stand inside. */
  | { readonly kind: "all-hosts" }
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  | { readonly kind: "admin" }
  | { readonly kind: "anyone" };

/** A place that is no host of the site: a webhook, a package mirror. */
export interface Outside {
  /** IPv4 address or network. */
  readonly address: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly name: string;
}

/** A permitted connection as a role declares it: from whom, to which Service, why. */
export interface DeclaredFlow {
  readonly role: RoleName;
  readonly from: Peer;
  /** Name of a Service (a flow to one that no host offers is dropped), or a place outside the site. */
  readonly to: string | Outside;
  /** A sentence: becomes the comment of the firewall rule and the answer of `explain`. */
  readonly why: string;
  /** Path in the site file from which it follows. */
  readonly path: string;
  /** The last day on which it is open, as 2026-12-31 (UTC); it then closes by itself. */
  readonly until?: string;
}

/** A declared flow between real addresses: one for each host that offers the service. */
export interface Flow {
  readonly role: RoleName;
  readonly service: string;
  /** Hosts of the site that may open the connection (never the target itself). */
  readonly fromHosts: readonly string[];
  /** IPv4 addresses or networks that may open it; `0.0.0.0/0` for anyone. */
  readonly fromAddresses: readonly string[];
  /** "" for a place outside the site. */
  readonly toHost: string;
  readonly toAddress: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly why: string;
  readonly path: string;
  /** See DeclaredFlow. */
  readonly until?: string;
}

/** The networks of an environment. */
export interface Networks {
  /** e.g. 10.77.0.0/16 */
  readonly inside: string;
  /** e.g. 198.51.100.0/24 */
  readonly outside: string;
  readonly insideInterface: string;
  readonly outsideInterface: string;
  /** The virtual address that visitors reach, held by one balancer at a time. */
  readonly virtual: string;
  /** Moves with `virtual`: the way by which inside hosts (the monitor's probe) reach it. */
  readonly virtualInside: string;
  /** Networks from which operators come by SSH. */
  readonly admin: readonly string[];
  /** The same for hosts that stand outside: what is an address inside is none there. */
  readonly adminOutside: readonly string[];
}

/** Site + addresses + Services + Flows. Everything else is derived from it. */
export interface Topology {
  readonly site: Site;
  readonly networks: Networks;
  /** In the order balancer, web, app, database, monitor, probe. */
  readonly hosts: readonly Host[];
  readonly services: readonly Service[];
  readonly flows: readonly Flow[];
  /**
   * Release identifiers by name: an app service's name, or "public" for the static files. Digest of source and build
   * command, so that the same source is the same release on every machine.
   */
  readonly releases: Readonly<Record<string, string>>;
}

/** Probes stand where visitors are: nothing inside can be reached by them, nor they by most of it. */
export function standsOutside({ tier }: Pick<Host, "tier">): boolean {
  return tier === "probe";
}

/** The hosts of the inside network. */
export function insideHosts({ hosts }: Pick<Topology, "hosts">): readonly Host[] {
  return hosts.filter((host) => !standsOutside(host));
}

/** Networks from which operators come to a host by SSH. */
export function adminOf(host: Pick<Host, "tier">, networks: Networks): readonly string[] {
  return standsOutside(host) ? networks.adminOutside : networks.admin;
}

export function hostsOf(topology: Topology, tier: Tier, service?: string): readonly Host[] {
  const hosts = grouped(hostsByTier, topology.hosts, (host) => host.tier).get(tier) ?? [];
  return service === undefined ? hosts : hosts.filter((host) => host.service === service);
}

export function servicesOn(topology: Topology, host: Host): readonly Service[] {
  return grouped(servicesByHost, topology.services, (service) => service.host).get(host.name) ?? [];
}

/** All hosts that offer a Service. */
export function offersOf(topology: Topology, serviceName: string): readonly Service[] {
  return grouped(servicesByName, topology.services, (service) => service.name).get(serviceName) ?? [];
}

type Groups<T> = ReadonlyMap<string, readonly T[]>;
const hostsByTier = new WeakMap<readonly Host[], Groups<Host>>();
const servicesByHost = new WeakMap<readonly Service[], Groups<Service>>();
const servicesByName = new WeakMap<readonly Service[], Groups<Service>>();

/** Made once for a list: every role asks for every host, and looking through all of them each time is quadratic. */
function grouped<T>(known: WeakMap<readonly T[], Groups<T>>, list: readonly T[], key: (one: T) => string): Groups<T> {
  const before = known.get(list);
  if (before) return before;
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  known.set(list, groups);
  return groups;
}

/** The TLS name that all hosts of a tier (or of an app service) answer to: web.shop.internal. */
export function tierName(site: Site, tierOrService: string): string {
  return `${tierOrService}.${site.name}.internal`;
}
