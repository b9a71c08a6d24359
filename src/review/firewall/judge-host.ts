import type { FirewallFinding } from "../../model/firewall.ts";
import { type Host, servicesOn, type Topology } from "../../model/topology.ts";
import type { HostFacts, Listener } from "./facts.ts";
import { type RuleDifference, ruleDifferences } from "./rules.ts";

const again = "Bring the host back to its site file: rampart apply";

/** What a host says of itself, against what the site declares for it. */
export function hostFindings(
  host: Host,
  facts: HostFacts,
  topology: Topology,
  rendered: { readonly digest: string },
): readonly FirewallFinding[] {
  const finding = (what: string, remedy: string = again, severity: FirewallFinding["severity"] = "critical") => ({
    ...{ severity, host: host.name, what, remedy },
  });
  return [
    ...placeFaults(host, facts, topology).map((what) =>
      finding(what, `Look where its network cables go: rampart exec ${host.name} -- ip addr`),
    ),
    ...facts.listeners.flatMap((listener) => listenerFindings(host, listener, topology)),
    ...ruleFaults(facts).map((what) => finding(what)),
    ...(facts.fileDigest === rendered.digest
      ? []
      : [finding("the rules that its next boot will load are not the site's")]),
    ...bootFaults(host, facts).map((what) => finding(what)),
    ...facts.forwarding.map((key) =>
      finding(
        `passes on packets of others (${key} is on): a host of the site is no router`,
        `Switch it off: rampart exec ${host.name} -- sysctl -w ${key}=0`,
      ),
    ),
  ];
}

function placeFaults(host: Host, facts: HostFacts, { networks }: Topology): readonly string[] {
  const moving = host.tier === "balancer" ? [networks.virtual, networks.virtualInside] : [];
  const own = [host.inside, ...(host.outside === undefined ? [] : [host.outside])];
  const stray = facts.addresses.filter((address) => ![...own, ...moving].includes(address));
  const missing = own.filter((address) => !facts.addresses.includes(address));
  return [
    ...(facts.name === host.name ? [] : [`calls itself ${facts.name}: another host answers at ${host.inside}`]),
    ...stray.map(
      (address) => `has the address ${address}, which the site does not give it: it may stand in another network`,
    ),
    ...missing.map((address) => `lacks its address ${address}`),
  ];
}

function listenerFindings(host: Host, listener: Listener, topology: Topology): readonly FirewallFinding[] {
  const { protocol, address, port, process } = listener;
  if (/^(127\.|::1$)/.test(address)) return [];
  const declared = servicesOn(topology, host).filter((one) => one.port === port && one.protocol === protocol);
  if (declared.some((service) => service.address === address)) return [];
  const place = address === "*" ? "on all addresses" : `on ${address}`;
  const [service] = declared;
  const what = service
    ? `${service.name} listens ${place}, and should on ${service.address} only`
    : `${process || "a program"} listens ${place}, and the site declares no such service`;
  const pid = /pid (\d+)/.exec(process)?.[1];
  const look =
    pid === undefined ? `rampart exec ${host.name} -- ss -ltnup` : `rampart exec ${host.name} -- ps -f -p ${pid}`;
  return [
    {
      ...{ severity: "critical", host: host.name, port, protocol, what },
      ...(process === "" ? {} : { process }),
      remedy: `Find out what it is and stop it, or let it listen on 127.0.0.1: ${look}`,
    },
  ];
}

function ruleFaults(facts: HostFacts): readonly string[] {
  if (facts.wanted.size === 0) return ["the loaded rules could not be compared with those of the site file"];
  // A changed policy is one difference, not a line too few and one too many.
  const isPolicy = (one: RuleDifference) => one.kind === "line missing" && /^type filter hook/.test(one.line ?? "");
  const differences = ruleDifferences(facts.wanted, facts.loaded).filter((one) => !isPolicy(one));
  const shown = differences.slice(0, 5).map(ruleFault);
  return differences.length > 5
    ? [...shown, `${differences.length - 5} more rules are not as the site file says`]
    : shown;
}

function ruleFault({ kind, table, block, line }: RuleDifference): string {
  const where = (block ?? "").replace(/^chain /, "");
  switch (kind) {
    case "table missing":
      return `its rules are not loaded (no table ${table}): nothing is closed`;
    case "table added":
      return `a table that is not of the site is loaded: ${table}`;
    case "line missing":
      return `${where}: a rule is missing: ${line}`;
    case "line added":
      return /^type filter hook/.test(line ?? "")
        ? `${where}: the chain was changed by hand: ${line}`
        : `${where}: a rule was added by hand: ${line}`;
  }
}

function bootFaults(host: Host, { units }: HostFacts): readonly string[] {
  const needed = ["nftables.service", ...(host.tier === "balancer" ? ["rampart-blocks.service"] : [])];
  return needed
    .filter((unit) => units[unit] !== "enabled")
    .map((unit) => `${unit} is ${units[unit] || "not there"}: after the next boot its rules would be missing`);
}
