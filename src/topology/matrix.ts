import type { FlowMatrix } from "../model/firewall.ts";
import type { Service, Topology } from "../model/topology.ts";
import { admits, type Caller, hostGroups } from "./reach.ts";

/** Which tier or service may reach which Service, with visitors and operators first. */
export function flowMatrix(topology: Topology): FlowMatrix {
  const groups = hostGroups(topology.hosts).map(({ name, hosts }) => ({
    name,
    callers: hosts.map(hostCaller(topology)),
  }));
  const rows = [
    { name: "visitor", callers: [{ kind: "visitor", name: "visitor" } as const] },
    { name: "operator", callers: [{ kind: "operator", name: "operator" } as const] },
    ...groups,
  ];
  const columns = [...new Map(topology.services.map((service) => [service.name, service])).values()];
  return {
    rows: rows.map(({ name }) => name),
    columns: columns.map(({ name, port, protocol }) => ({ service: name, port, protocol })),
    cells: rows.map(({ callers }) => columns.map(({ name }) => amount(topology, callers, name))),
  };
}

/** Every caller with every service of every host. */
export function reachList(topology: Topology) {
  const callers: readonly Caller[] = [
    { kind: "visitor", name: "visitor" },
    { kind: "operator", name: "operator" },
    ...topology.hosts.map((host) => hostCaller(topology)(host.name)),
  ];
  return callers.flatMap((caller) =>
    topology.services
      .filter(({ host }) => host !== caller.name)
      .map((service) => {
        const flow = flowFor(topology, caller, service);
        const { name, host, address, port, protocol } = service;
        const why = flow === undefined ? null : flow.why;
        return {
          from: caller.name,
          to: host,
          service: name,
          address,
          port,
          protocol,
          allowed: flow !== undefined,
          why,
        };
      }),
  );
}

function hostCaller({ hosts }: Topology) {
  const known = new Map(hosts.map((host) => [host.name, host]));
  return (name: string): Caller => {
    const host = known.get(name);
    return { kind: "host", name, ...(host ? { host } : {}) };
  };
}

function flowFor(topology: Topology, caller: Caller, { name, host }: Service) {
  return topology.flows.find((flow) => flow.service === name && flow.toHost === host && admits(flow, caller, topology));
}

function amount(topology: Topology, callers: readonly Caller[], service: string): "all" | "some" | "none" {
  const offers = topology.services.filter((one) => one.name === service);
  // A host needs no way to itself.
  const pairs = callers.flatMap((caller) =>
    offers.filter(({ host }) => host !== caller.name).map((one) => [caller, one] as const),
  );
  const open = pairs.filter(([caller, offer]) => flowFor(topology, caller, offer) !== undefined);
  if (open.length === 0) return "none";
  return open.length === pairs.length ? "all" : "some";
}
