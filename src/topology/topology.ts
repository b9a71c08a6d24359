import type { Role } from "../model/role.ts";
import { labInside, type Site } from "../model/site.ts";
import type { DeclaredFlow, Flow, Host, Networks, Peer, Service, Topology } from "../model/topology.ts";
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
  const peers = peersOf(flow.from, hosts, networks);
  const { role, why, path, to } = flow;
  const until = flow.until === undefined ? {} : { until: flow.until };
  if (typeof to !== "string") {
    const { address, port, protocol, name } = to;
    return [{ role, why, path, service: name, ...peers, toHost: "", toAddress: address, port, protocol }];
  }
  const offered = services.filter((service) => service.name === to);
  return offered.flatMap((service) => {
    const others = without(peers, service.host, hosts);
    if (others.fromAddresses.length === 0) return [];
    const { host: toHost, address: toAddress, port, protocol } = service;
    return [{ role, why, path, service: to, ...others, toHost, toAddress, port, protocol, ...until }];
  });
}

type Peers = Pick<Flow, "fromHosts" | "fromAddresses">;

function peersOf(peer: Peer, hosts: readonly Host[], networks: Networks): Peers {
  switch (peer.kind) {
    case "admin":
      return { fromHosts: [], fromAddresses: networks.admin };
    case "anyone":
      return { fromHosts: [], fromAddresses: ["0.0.0.0/0"] };
    case "addresses":
      return { fromHosts: [], fromAddresses: peer.addresses };
    case "all-hosts":
      return fromHosts(hosts);
    case "tier":
      return fromHosts(hosts.filter((host) => host.tier === peer.tier));
    case "service":
      return fromHosts(hosts.filter((host) => host.service === peer.service));
  }
}

function fromHosts(hosts: readonly Host[]): Peers {
  return { fromHosts: hosts.map((host) => host.name), fromAddresses: hosts.map((host) => host.inside) };
}

/** A host needs no door to itself: what it says to itself goes over the loopback. */
function without(peers: Peers, name: string, hosts: readonly Host[]): Peers {
  if (!peers.fromHosts.includes(name)) return peers;
  const own = hosts.find((host) => host.name === name);
  if (own === undefined) return peers;
  return {
    fromHosts: peers.fromHosts.filter((host) => host !== name),
    fromAddresses: peers.fromAddresses.filter((address) => address !== own.inside),
  };
}
