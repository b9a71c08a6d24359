import { contains, parseNetwork } from "../base/ip.ts";
import type { Flow, Host, Networks, Protocol, Service, Topology } from "../model/topology.ts";

/** Who calls. */
export interface Caller {
  readonly kind: "host" | "visitor" | "operator" | "address";
  /** As it is called in answers. */
  readonly name: string;
  /** Only of kind "host". */
  readonly host?: Host;
  /** Only of kind "address". */
  readonly address?: string;
}

/** What is called: a host, the site's public address, or an address outside. */
export interface Callee {
  readonly kind: "host" | "site" | "address";
  readonly name: string;
  readonly host?: Host;
  readonly address: string;
}

export interface Port {
  readonly port: number;
  readonly protocol: Protocol;
}

export interface Reach {
  readonly allowed: boolean;
  /** The flow by which it is allowed. */
  readonly flow?: Flow;
  /** What is declared to listen there. */
  readonly service?: Service;
  /** The address to which a packet goes. */
  readonly address: string;
  /** Every flow that ends there, whoever calls. */
  readonly doors: readonly Flow[];
}

const anyone = "0.0.0.0/0";

/** A caller by name: a host, "visitor", "operator", or an IPv4 address (of a host: that host). */
export function callerNamed({ hosts }: Topology, word: string): Caller | undefined {
  if (word === "visitor" || word === "operator")
    return { kind: word, name: `a${word === "operator" ? "n" : ""} ${word}` };
  const host = hosts.find((one) => [one.name, one.fqdn, one.inside, one.outside].includes(word));
  if (host) return { kind: "host", name: host.name, host };
  return parseNetwork(word)?.prefix === 32 ? { kind: "address", name: word, address: word } : undefined;
}

/** What is called by name: a host, "site" (or its domain or address), or an IPv4 address outside. */
export function calleeNamed({ hosts, networks, site }: Topology, word: string): Callee | undefined {
  if (["site", site.domain, networks.virtual].includes(word)) {
    return { kind: "site", name: "the site", address: networks.virtual };
  }
  const host = hosts.find((one) => [one.name, one.fqdn, one.inside].includes(word));
  if (host) return { kind: "host", name: host.name, host, address: host.inside };
  return parseNetwork(word)?.prefix === 32 ? { kind: "address", name: word, address: word } : undefined;
}

/** The services that are declared at a callee. */
export function servicesAt({ services }: Topology, callee: Callee): readonly Service[] {
  const here = services.filter(({ host, address }) =>
    callee.kind === "host" ? host === callee.host?.name : address === callee.address,
  );
  const places = here.map(({ name, address }) => `${name} ${address}`);
  return here.filter((_, index) => places.indexOf(places[index] ?? "") === index);
}

/** A port by number (`53/udp`), or by the name of a service there: `mariadb`, `database.mariadb`, `ssh`. */
export function portNamed(topology: Topology, callee: Callee, word: string): Port | undefined {
  const [, number, protocol = "tcp"] = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(word) ?? [];
  if (number !== undefined) {
    const port = Number(number);
    return port > 0 && port < 65_536 ? { port, protocol: protocol as Protocol } : undefined;
  }
  const here = servicesAt(topology, callee);
  const found = here.find(({ name }) => name === word) ?? here.find(({ name }) => name.endsWith(`.${word}`));
  return found && { port: found.port, protocol: found.protocol };
}

/** What the declared flows say: may the caller reach this port of the callee? */
export function reach(topology: Topology, from: Caller, to: Callee, { port, protocol }: Port): Reach {
  const fits = (one: Port) => one.port === port && one.protocol === protocol;
  const doors = topology.flows.filter((flow) => fits(flow) && endsAt(flow, to));
  const flow = doors.find((one) => admits(one, from, topology));
  const service = servicesAt(topology, to).find(fits);
  const address = flow?.toAddress ?? service?.address ?? to.address;
  return {
    allowed: flow !== undefined,
    ...(flow ? { flow } : {}),
    ...(service ? { service } : {}),
    // An outside place may be a network: the packet goes to the one address.
    address: to.kind === "address" ? to.address : address,
    doors,
  };
}

function endsAt(flow: Flow, to: Callee): boolean {
  if (to.kind === "host") return flow.toHost === to.host?.name;
  if (to.kind === "site") return flow.toAddress === to.address;
  return flow.toHost === "" && contains(flow.toAddress, to.address);
}

/** A host speaks for itself only: that anyone may come does not open its own way out. */
export function admits(flow: Flow, from: Caller, { networks }: Topology): boolean {
  if (from.kind === "host") return flow.fromHosts.includes(from.name);
  if (flow.fromHosts.length > 0) return false;
  if (flow.fromAddresses.includes(anyone)) return true;
  if (from.kind === "operator") return isOperators(flow, networks);
  return flow.fromAddresses.some((network) => contains(network, from.address ?? ""));
}

function isOperators({ fromAddresses }: Flow, { admin, adminOutside }: Networks): boolean {
  return fromAddresses === admin || fromAddresses === adminOutside;
}

/** Who a flow lets in, in words: "app hosts of shop", "operators", "anyone". */
export function peopleOf(flow: Flow, { hosts, networks }: Topology): string {
  if (flow.fromAddresses.includes(anyone)) return "anyone";
  if (flow.fromHosts.length === 0) {
    return isOperators(flow, networks) ? "operators" : flow.fromAddresses.join(", ");
  }
  const left = new Set(flow.fromHosts);
  const words: string[] = [];
  for (const group of hostGroups(hosts)) {
    const others = group.hosts.filter((host) => host !== flow.toHost);
    if (others.length === 0 || !others.every((host) => left.has(host))) continue;
    for (const host of others) left.delete(host);
    words.push(others.length < group.hosts.length ? `the other ${group.name} hosts` : `${group.name} hosts`);
  }
  return [...words, ...left].join(", ");
}

/** Hosts by tier; app hosts by service. */
export function hostGroups(
  hosts: readonly Host[],
): readonly { readonly name: string; readonly hosts: readonly string[] }[] {
  const groups = new Map<string, string[]>();
  for (const { name, tier, service } of hosts) {
    const group = service ?? tier;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups].map(([name, members]) => ({ name, hosts: members }));
}
