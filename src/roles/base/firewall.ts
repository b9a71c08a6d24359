import { type NftChain, type NftRule, type NftSet, nftAddresses, nftFile } from "../../formats/nftables.ts";
import { closedComment } from "../../model/firewall.ts";
import type { FirewallResource } from "../../model/resource.ts";
import { adminOf, type Flow, type Host, type Networks, standsOutside, type Topology } from "../../model/topology.ts";
import { header } from "./header.ts";

/** Loaded by nftables.service at boot. */
export const firewallFile = "/etc/nftables.conf";

export type Direction = "input" | "output";

/** The host's rule set: what the flows say, and nothing else. */
export function hostFirewall(host: Host, topology: Topology): FirewallResource {
  const why = "Every connection that the site does not need is closed, in both directions.";
  return {
    kind: "firewall",
    role: "base",
    path: "",
    why,
    file: firewallFile,
    content: nftFile("inet rampart", chains(host, topology), header(host, why), sets(host, topology)),
  };
}

/** The name that an operator gives a visitor who is shut out by the site file. */
const blocked = "blocked4";

function sets(host: Host, { site }: Topology): readonly NftSet[] {
  const addresses = site.firewall.block;
  if (host.tier !== "balancer" || addresses.length === 0) return [];
  return [{ name: blocked, flags: ["interval"], addresses }];
}

/** Before "established": also a connection that stands ends. Never for hosts of the site and operators. */
function blockRules(host: Host, topology: Topology): readonly NftRule[] {
  if (sets(host, topology).length === 0) return [];
  const { inside, admin } = topology.networks;
  const statement = `ip saddr @${blocked} ip saddr != ${nftAddresses([inside, ...admin])} counter drop`;
  return [{ statement, comment: "blocked by the site file (firewall.block)" }];
}

function chains(host: Host, topology: Topology): readonly NftChain[] {
  const { networks } = topology;
  const closed: NftRule = { statement: "counter drop", comment: closedComment };
  // An answer at once: a forbidden call fails in a millisecond instead of hanging until its timeout. For TCP by a reset: an
  // ICMP error comes while connect() still holds its socket, is passed over, and only the next try a second later meets it.
  // Only calls: when the rules are loaded first, a connection that stands (the operator's own) is not known yet.
  const call = "tcp flags & (fin | syn | rst | ack) == syn";
  const refused: readonly NftRule[] = [
    { statement: `${call} counter reject with tcp reset`, comment: closedComment },
    { statement: "counter reject", comment: closedComment },
  ];
  const incoming = [...spoofRules(host, networks), ...pingRules(host, networks), ...flowRules("input", host, topology)];
  const outgoing = [
    ...outgoingPing(host, networks),
    olderSessions(host, networks),
    ...flowRules("output", host, topology),
  ];
  const nothing = "Hosts are no routers.";
  return [
    {
      name: "input",
      hook: "input",
      policy: "drop",
      rules: [...blockRules(host, topology), known, local("iif"), ...incoming, closed],
    },
    { name: "output", hook: "output", policy: "drop", rules: [known, local("oif"), ...outgoing, ...refused] },
    { name: "forward", hook: "forward", policy: "drop", rules: [nothing, closed] },
  ];
}

/** ICMP errors (unreachable, too big, time exceeded) are "related" to the connection that they are about. */
const known: NftRule = { statement: "ct state vmap { established : accept, related : accept, invalid : drop }" };

function local(side: "iif" | "oif"): NftRule {
  return { statement: `${side} lo accept` };
}

function spoofRules(host: Host, networks: Networks): readonly NftRule[] {
  if (host.outside === undefined) return [];
  const statement = `iifname "${networks.outsideInterface}" ip saddr ${networks.inside} counter drop`;
  return [{ statement, comment: "an inside address cannot come from outside" }];
}

function pingRules(host: Host, networks: Networks): readonly NftRule[] {
  const friends = nftAddresses([...(standsOutside(host) ? [] : [networks.inside]), ...adminOf(host, networks)]);
  const inside: NftRule = {
    statement: `ip saddr ${friends} icmp type echo-request counter accept`,
    comment: "ping, from the site's hosts and from operators",
  };
  if (host.tier !== "balancer") return [inside];
  const statement = `ip daddr ${networks.virtual} icmp type echo-request counter accept`;
  return [inside, { statement, comment: "ping of the site's address, from anyone" }];
}

function outgoingPing(host: Host, networks: Networks): readonly NftRule[] {
  if (standsOutside(host)) return [];
  const statement = `ip daddr ${networks.inside} icmp type echo-request counter accept`;
  return [{ statement, comment: "ping, to the site's hosts" }];
}

/**
 * The first load of these rules begins the tracking of connections. If the host speaks first then, its answer counts as new:
 * without this rule the very session that loads the rules would be reset, half of the time.
 */
function olderSessions(host: Host, networks: Networks): NftRule {
  const statement = `ip daddr ${nftAddresses(adminOf(host, networks))} tcp sport 22 ct state new counter accept`;
  return { statement, comment: "operators' sessions that are older than these rules" };
}

/** One rule for each flow that ends (input) or begins (output) at the host. */
function flowRules(direction: Direction, host: Host, topology: Topology): readonly NftRule[] {
  const flows = flowsByHost(topology)[direction].get(host.name) ?? [];
  const rules = new Map<string, NftRule>();
  for (const flow of flows) {
    const rule = direction === "output" ? outputRule(flow) : flowRule(flow, direction);
    // Two hosts behind one virtual address are one place to those who call it.
    if (!rules.has(rule.statement)) rules.set(rule.statement, rule);
  }
  return [...rules.values()];
}

const outputRules = new WeakMap<Flow, NftRule>();

/** The same on all hosts where the flow begins, so it is made once. */
function outputRule(flow: Flow): NftRule {
  const rule = outputRules.get(flow) ?? flowRule(flow, "output");
  outputRules.set(flow, rule);
  return rule;
}

/**
 * The rule by which one flow passes: `input` at the host that it ends at, `output` at each of those where it begins. Matches
 * sources exactly on input and the target exactly in both directions.
 */
export function flowRule(flow: Flow, direction: Direction): NftRule {
  const anyone = direction === "output" || flow.fromAddresses.includes("0.0.0.0/0");
  const source = anyone ? "" : `ip saddr ${nftAddresses(flow.fromAddresses)} `;
  const target = flow.toAddress === "0.0.0.0/0" ? "" : `ip daddr ${nftAddresses([flow.toAddress])} `;
  // Seconds since 1970, so that the host's time zone does not matter.
  const end = flow.until === undefined ? "" : ` meta time < ${Date.parse(`${flow.until}T00:00:00Z`) / 1000 + 86_400}`;
  return {
    statement: `${source}${target}${protocolMatch(flow)}${end} ct state new counter accept`,
    comment: `${flow.service}: ${flow.why}`,
  };
}

function protocolMatch({ protocol, port }: Flow): string {
  // By number (RFC 9568): small systems have no /etc/protocols.
  return protocol === "vrrp" ? "ip protocol 112" : `${protocol} dport ${port}`;
}

interface FlowsByHost {
  readonly input: ReadonlyMap<string, readonly Flow[]>;
  readonly output: ReadonlyMap<string, readonly Flow[]>;
}

const indexed = new WeakMap<Topology, FlowsByHost>();

/** Made once a topology: looking through all flows for every host is quadratic, which 1,000 hosts would feel. */
function flowsByHost(topology: Topology): FlowsByHost {
  const before = indexed.get(topology);
  if (before) return before;
  const input = new Map<string, Flow[]>();
  const output = new Map<string, Flow[]>();
  const add = (map: Map<string, Flow[]>, host: string, flow: Flow) => {
    const flows = map.get(host);
    if (flows) flows.push(flow);
    else map.set(host, [flow]);
  };
  for (const flow of topology.flows) {
    if (flow.toHost !== "") add(input, flow.toHost, flow);
    for (const from of flow.fromHosts) add(output, from, flow);
  }
  const made = { input, output };
  indexed.set(topology, made);
  return made;
}
