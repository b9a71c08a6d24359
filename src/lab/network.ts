import { existsSync, statSync, writeFileSync } from "node:fs";
import { labNetns, visitorHostsFile, visitorNetns } from "./paths.ts";
import { mustRun } from "./process.ts";
import { INSIDE, type LabSpec, OUTSIDE } from "./spec.ts";

/**
 * Two namespaces: the lab's own holds both bridges and the operator's address; the visitor's is joined to the outside
 * bridge by a cable. Neither forwards, and neither has a way out of this machine.
 * Arguments: names of both, operator, visitor, inside network, the visitor's next hop to it ("" for none).
 */
const NETWORK_SCRIPT = `set -eu
lab=$1 visitor=$2
# A crash between making the file and the namespace leaves a file that is no namespace.
for seat in $lab $visitor; do
  nsenter --net=/run/netns/$seat true 2>/dev/null && continue
  ip netns del $seat 2>/dev/null || rm -f /run/netns/$seat
  ip netns add $seat
done
nsenter --net=/run/netns/$lab sh -eu -s "$@" <<'LAB'
echo 0 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
ip link set lo up
for bridge in inside outside; do
  [ -e /proc/sys/net/ipv4/conf/$bridge ] || ip link add $bridge type bridge mcast_snooping 0
  ip link set $bridge up
done
# A booting host does not answer ARP yet: ask again soon, not once a second.
echo 100 > /proc/sys/net/ipv4/neigh/inside/retrans_time_ms
ip addr replace $3/${INSIDE.prefix} dev inside
# To hosts that stand outside an operator comes from outside. Each address is told to its own network only.
ip addr replace ${OUTSIDE.operator}/${OUTSIDE.prefix} dev outside
echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore
echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce
echo 100 > /proc/sys/net/ipv4/neigh/outside/retrans_time_ms
[ -e /proc/sys/net/ipv4/conf/visitor ] || ip link add visitor type veth peer name outside0 netns $2
ip link set visitor master outside up
LAB
nsenter --net=/run/netns/$visitor sh -eu -s "$@" <<'VISITOR'
echo 0 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
ip link set lo up
ip addr replace $4/${OUTSIDE.prefix} dev outside0
ip link set outside0 up
[ -z "$6" ] || ip route replace $5 via $6
VISITOR
`;

/** What the visitor's /etc/hosts says. Written in place: programs that run at that seat hold the file, and see it change. */
export function writeVisitorNames({ name, names }: Pick<LabSpec, "name" | "names">): void {
  const lines = names.map((entry) => `${entry.address}\t${entry.names.join(" ")}\n`);
  writeFileSync(visitorHostsFile(name), `127.0.0.1\tlocalhost\n${lines.join("")}`);
}

/** Makes or completes the lab's two network namespaces, and what the visitor's /etc/hosts says. */
export async function ensureNetwork(spec: LabSpec): Promise<void> {
  writeVisitorNames(spec);
  const seats = [`rampart-${spec.name}`, `rampart-${spec.name}.visitor`];
  // So that "no inside host answers from outside" is tried over the one way that an intruder would take.
  const hop = spec.hosts.find((host) => host.inside !== undefined && host.outside !== undefined)?.outside ?? "";
  const argv = ["sh", "-c", NETWORK_SCRIPT, "lab-network", ...seats];
  await mustRun([...argv, INSIDE.operator, OUTSIDE.visitor, INSIDE.network, hop]);
}

/** Removes both namespaces and all that is in them. Their processes must have ended. */
export async function removeNetwork(name: string): Promise<void> {
  for (const path of [visitorNetns(name), labNetns(name)]) {
    if (!existsSync(path)) continue;
    const seat = path.replace("/run/netns/", "");
    await mustRun(["sh", "-c", 'ip netns del "$1" 2>/dev/null || rm -f "/run/netns/$1"', "remove-network", seat]);
  }
}

/** Identity of a namespace as /proc/<pid>/ns/net shows it, or undefined when there is none. */
export function netnsIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `net:[${stat.ino}]`;
}

/** Name of the bridge's end of a host's cable: unique by address, and short enough for Linux (15 characters). */
export function cableName(address: string): string {
  const hex = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return `cable${hex.join("")}`;
}

/** The words before a command of this machine that run it at the operator's seat, in the inside network. */
export function insideCommand(name: string, argv: readonly string[]): string[] {
  return ["nsenter", `--net=${labNetns(name)}`, ...argv];
}

/** The words before a command of this machine that run it at the visitor's seat, with the visitor's /etc/hosts. */
export function outsideCommand(name: string, argv: readonly string[]): string[] {
  const script = `mount --bind "$0" /etc/hosts && exec "$@"`;
  const seat = ["nsenter", `--net=${visitorNetns(name)}`, "unshare", "--mount", "--propagation", "private"];
  return [...seat, "sh", "-c", script, visitorHostsFile(name), ...argv];
}

/** For ssh's ProxyCommand: a way to hosts on the inside network, by their addresses. */
export function sshProxyCommand(name: string): string {
  return `nsenter --net=${labNetns(name)} nc %h %p`;
}
