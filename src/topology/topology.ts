import { keepsForAll } from "../model/monitors.ts";
import type { Role } from "../model/role.ts";
import { labInside, type Site } from "../model/site.ts";
import {
  adminOf,
  type DeclaredFlow,
  type Flow,
  type Host,
  type Networks,
  type Peer,
  type Service,
  standsOutside,
  type Topology,
} from "../model/topology.ts";
import { type KnownAddresses, siteHosts } from "./hosts.ts";

export interface TopologyOptions {
  /** Addresses that hosts already have. */
  readonly known?: KnownAddresses;
  /** Release identifiers by app service name or "public". */
  readonly releases?: Readonly<Record<string, string>>;
}

/** The lab's networks: the same in every lab, since each has a network namespace of its own. */
export function labNetworks(site: Site): Networks {
  return {
    inside: labInside,
    outside: "198.51.100.0/24",
    insideInterface: "host0",
    outsideInterface: "out0",
    virtual: "198.51.100.10",
    virtualInside: "10.77.0.10",
    admin: ["10.77.0.1/32", ...site.firewall.admin],
    adminOutside: ["198.51.100.2/32", ...site.firewall.admin],
  };
}

/** Gives every host its addresses, every role its say, and every declared flow the addresses it stands for. */
export function siteTopology(site: Site, roles: readonly Role[], options: TopologyOptions = {}): Topology {
  const networks = labNetworks(site);
  const hosts = siteHosts(site, options.known);
  const services = hosts.flatMap((host) => rolesOf(host, roles).flatMap((role) => role.services(host, site, networks)));
  const flows = roles
    .flatMap((role) => role.flows(site))
    .flatMap((flow) => concreteFlows(flow, hosts, services, networks));
  return { site, networks, hosts, services, flows, releases: options.releases ?? {} };
}

/** The roles that a host holds: base, and the one of its tier. */
export function rolesOf(host: Host, roles: readonly Role[]): readonly Role[] {
  return roles.filter((role) => role.name === "base" || role.name === host.tier);
}

function concreteFlows(
  flow: DeclaredFlow,
  hosts: readonly Host[],
  services: readonly Service[],
  networks: Networks,
): readonly Flow[] {
  const { role, why, path, to } = flow;
  const until = flow.until === undefined ? {} : { until: flow.until };
  if (typeof to !== "string") {
    const { address, port, protocol, name } = to;
    return [
      {
        role,
        why,
        path,
        service: name,
        ...peersOf(flow.from, hosts, networks, undefined),
        toHost: "",
        toAddress: address,
        port,
        protocol,
      },
    ];
  }
  const offered = services.filter((service) => service.name === to);
  return offered.flatMap((service) => {
    const target = hosts.find((host) => host.name === service.host);
    const others = without(peersOf(flow.from, hosts, networks, target), service.host, hosts);
    if (others.fromAddresses.length === 0) return [];
    const { host: toHost, address: toAddress, port, protocol } = service;
    return [{ role, why, path, service: to, ...others, toHost, toAddress, port, protocol, ...until }];
  });
}

type Peers = Pick<Flow, "fromHosts" | "fromAddresses">;

/** Who they are to the host that they call. */
function peersOf(peer: Peer, hosts: readonly Host[], networks: Networks, target: Host | undefined): Peers {
  const fromHosts = (from: readonly Host[]): Peers => ({
    fromHosts: from.map((host) => host.name),
    fromAddresses: from.map((host) => addressBefore(host, target)),
  });
  switch (peer.kind) {
    case "admin":
      return { fromHosts: [], fromAddresses: target === undefined ? networks.admin : adminOf(target, networks) };
    case "anyone":
      return { fromHosts: [], fromAddresses: ["0.0.0.0/0"] };
    case "addresses":
      return { fromHosts: [], fromAddresses: peer.addresses };
    case "all-hosts":
      return fromHosts(hosts.filter((host) => !standsOutside(host)));
    case "tier":
      return fromHosts(hosts.filter((host) => host.tier === peer.tier));
    case "keeper":
      return fromHosts(hosts.filter((host) => host.tier === "monitor" && keepsForAll(host)));
    case "service":
      return fromHosts(hosts.filter((host) => host.service === peer.service));
  }
}

/** A host comes to a probe by its address outside. */
function addressBefore(host: Host, target: Host | undefined): string {
  return target !== undefined && standsOutside(target) ? (host.outside ?? host.inside) : host.inside;
}

/** A host needs no door to itself: what it says to itself goes over the loopback. */
function without(peers: Peers, name: string, hosts: readonly Host[]): Peers {
  if (!peers.fromHosts.includes(name)) return peers;
  const own = hosts.find((host) => host.name === name);
  if (own === undefined) return peers;
  return {
    fromHosts: peers.fromHosts.filter((host) => host !== name),
    fromAddresses: peers.fromAddresses.filter((address) => address !== own.inside && address !== own.outside),
  };
}
