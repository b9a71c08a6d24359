import { type Host, hostsOf, insideHosts, standsOutside, type Topology, tierName } from "../../model/topology.ts";
import { header } from "./header.ts";

/** /etc/hosts: names inside the site resolve on every host without a name server that could fail. */
export function hostsFile(host: Host, topology: Topology, why: string): string {
  const own = [...localNames(host, topology), ...siteNames(host, topology)];
  const head = [`# ${header(host, why)}`, "127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"];
  const others = standsOutside(host) ? [] : ["", everyHost(topology)];
  return [...head, ...own, ...others, ...probes(host, topology), ""].join("\n");
}

/** The program on an app host finds the database at the local proxy, whichever host is primary. */
function localNames(host: Host, topology: Topology): readonly string[] {
  const service = topology.site.app.find((one) => one.name === host.service);
  if (topology.site.database === undefined || !service?.database) return [];
  return ["", "# The database, through the proxy on this host", `127.0.0.1 ${tierName(topology.site, "database")}`];
}

/** Monitor and probes ask for the site by its public name, at the address that visitors reach. */
function siteNames(host: Host, topology: Topology): readonly string[] {
  if (host.tier !== "monitor" && host.tier !== "probe") return [];
  const names = [topology.site.domain, ...topology.site.aliases].join(" ");
  return ["", "# The site as its visitors find it", `${topology.networks.virtual} ${names}`];
}

/** Only those who talk to them: the other probes, and the monitor that asks what they have seen. */
function probes(host: Host, topology: Topology): readonly string[] {
  const all = hostsOf(topology, "probe");
  if (all.length === 0 || (host.tier !== "monitor" && host.tier !== "probe")) return [];
  return ["", "# Outside", ...all.map(hostLine)];
}

function hostLine({ inside, fqdn, name }: Host): string {
  return `${inside} ${fqdn} ${name}`;
}

const everyHostOf = new WeakMap<Topology, string>();

/** The same on all hosts, so it is made once. */
function everyHost(topology: Topology): string {
  const before = everyHostOf.get(topology);
  if (before !== undefined) return before;
  const lines = insideHosts(topology).map(hostLine);
  const text = [`# The hosts of ${topology.site.name}`, ...lines].join("\n");
  everyHostOf.set(topology, text);
  return text;
}
