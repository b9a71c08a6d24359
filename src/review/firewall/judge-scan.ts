import { listed, plural } from "../../base/text.ts";
import type { FirewallFinding } from "../../model/firewall.ts";
import type { Flow, Host, Topology } from "../../model/topology.ts";
import { admits, type Caller } from "../../topology/reach.ts";
import type { Scan } from "./scanner.ts";

/** What was tried from one place. */
export interface SeatScan {
  readonly caller: Caller;
  readonly scan: Scan;
  /** Addresses at which connections were tried. */
  readonly addresses: ReadonlySet<string>;
  /** TCP and UDP calls that the host's own output chain should have refused, and by how much its counters grew. */
  readonly refusals?: { readonly tried: number; readonly counted: number };
}

interface Seen {
  readonly caller: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly flow?: Flow;
}

/** The connections that a caller may open, by `address:port`. */
export function allowedPorts(caller: Caller, topology: Topology): ReadonlyMap<string, Flow> {
  const flows = topology.flows.filter(({ protocol, toHost }) => protocol === "tcp" && toHost !== "");
  const mine = flows.filter((flow) => flow.toHost !== caller.name && admits(flow, caller, topology));
  return new Map(mine.map((flow) => [`${flow.toAddress}:${flow.port}`, flow]));
}

/**
 * What real packets did, against the declared flows, in both directions.
 * @param tried true for what was really tried: a host that does not run is no closed door.
 */
export function scanFindings(
  seats: readonly SeatScan[],
  topology: Topology,
  tried: (flow: Flow) => boolean,
): readonly FirewallFinding[] {
  const places = addressBook(topology);
  const all = seats.map((seat) => ({ seat, allowed: allowedPorts(seat.caller, topology) }));
  const seen = (state: string) =>
    all.flatMap(({ seat: { caller, scan }, allowed }) =>
      scan.results
        .filter((one) => one.state === state && !(one.protocol === "tcp" && allowed.has(`${one.address}:${one.port}`)))
        .map(
          ({ address, port }): Seen => ({ caller: caller.name, host: places.get(address) ?? address, address, port }),
        ),
    );
  const closed = all.flatMap(({ seat: { caller, scan, addresses }, allowed }) => {
    const open = new Set(
      scan.results.filter((one) => one.state === "open").map(({ address, port }) => `${address}:${port}`),
    );
    const missing = [...allowed].filter(
      ([place, flow]) => !open.has(place) && tried(flow) && addresses.has(flow.toAddress) && scan.complete,
    );
    return missing.map(
      ([, flow]): Seen => ({
        caller: caller.name,
        host: places.get(flow.toAddress) ?? flow.toHost,
        address: flow.toAddress,
        port: flow.port,
        flow,
      }),
    );
  });
  const fromHosts = new Set(topology.hosts.map((host) => host.name));
  return [
    ...groups(seen("open")).map(openFinding),
    ...byHost(seen("refused").filter(({ caller }) => !fromHosts.has(caller))).map(emptyDoorFinding),
    ...groups(closed).map(closedFinding),
    ...byCaller(seen("filtered").filter(({ caller }) => fromHosts.has(caller))).map(leakFinding),
    ...seats.flatMap(countedFinding),
    ...seats.filter(({ scan }) => !scan.complete).map(({ caller }) => silentSeat(caller.name)),
  ];
}

/** To whom an address belongs, in words. */
function addressBook({ hosts, networks }: Topology): ReadonlyMap<string, string> {
  const own = hosts.flatMap((host: Host) => [
    [host.inside, host.name] as const,
    ...(host.outside ? [[host.outside, host.name] as const] : []),
  ]);
  return new Map([...own, [networks.virtual, "site"], [networks.virtualInside, "site"]]);
}

function groups(seen: readonly Seen[]): readonly (readonly [Seen, ...Seen[]])[] {
  const found = new Map<string, [Seen, ...Seen[]]>();
  for (const one of seen) {
    const key = `${one.host}:${one.port}`;
    const group = found.get(key);
    if (group) group.push(one);
    else found.set(key, [one]);
  }
  return [...found.values()];
}

function byCaller(seen: readonly Seen[]): readonly (readonly [Seen, ...Seen[]])[] {
  return groups(seen.map((one) => ({ ...one, host: one.caller, port: 0, address: `${one.host}:${one.port}` })));
}

/** One group a host, its ports in `address`. */
function byHost(seen: readonly Seen[]): readonly (readonly [Seen, ...Seen[]])[] {
  return groups(seen.map((one) => ({ ...one, port: 0, address: String(one.port) })));
}

function callers(group: readonly Seen[]): string {
  const names = [...new Set(group.map((one) => one.caller))];
  return names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} others` : listed(names);
}

function openFinding(group: readonly [Seen, ...Seen[]]): FirewallFinding {
  const [{ host, port }] = group;
  return {
    ...{ severity: "critical", host, port, protocol: "tcp" },
    what: `is open to ${callers(group)}, and no flow allows it`,
    remedy: "Bring the rules back to the site file: rampart apply",
  };
}

function emptyDoorFinding(group: readonly [Seen, ...Seen[]]): FirewallFinding {
  const [{ host, address }] = group;
  const ports = [...new Set(group.map((one) => one.address))];
  const some = ports.length > 5 ? [...ports.slice(0, 5), "…"].join(", ") : listed(ports);
  const where = ports.length === 1 ? `port ${some}` : `${ports.length} ports (${some})`;
  return {
    ...{ severity: "critical", host, protocol: "tcp", ...(ports.length === 1 ? { port: Number(address) } : {}) },
    what: `its rules let ${callers(group)} through to ${where}, and no flow allows it; nothing listens there now`,
    remedy: "Bring the rules back to the site file: rampart apply",
  };
}

function closedFinding(group: readonly [Seen, ...Seen[]]): FirewallFinding {
  const [{ host, port, flow }] = group;
  const why = flow === undefined ? "" : `: ${flow.why}`;
  return {
    ...{ severity: "warning", host, port, protocol: "tcp" },
    what: `${flow?.service ?? "a service"} is closed to ${callers(group)}, and should be open${why}`,
    remedy: `See whether it runs, and whether its rule is there: rampart verify, then rampart apply`,
  };
}

function leakFinding(group: readonly [Seen, ...Seen[]]): FirewallFinding {
  const [{ caller }] = group;
  const places = group.slice(0, 3).map((one) => one.address);
  return {
    ...{ severity: "critical", host: caller },
    what: `its own rules let calls out that no flow allows (${plural(group.length, "place")}, such as ${listed(places)})`,
    remedy: "Bring the rules back to the site file: rampart apply",
  };
}

function countedFinding({ caller, refusals }: SeatScan): readonly FirewallFinding[] {
  if (refusals === undefined || refusals.counted >= refusals.tried) return [];
  return [
    {
      ...{ severity: "critical", host: caller.name },
      what: `of ${refusals.tried.toLocaleString("en-US")} calls that its own rules should refuse they counted ${refusals.counted.toLocaleString("en-US")}: the others left the host`,
      remedy: "Bring the rules back to the site file: rampart apply",
    },
  ];
}

function silentSeat(name: string): FirewallFinding {
  return {
    ...{ severity: "warning", host: name },
    what: "could not try its connections: nothing is known of them",
    remedy: "Run it again; if it stays, look at the host: rampart status",
  };
}
