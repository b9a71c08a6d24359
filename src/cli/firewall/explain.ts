import { RampartError } from "../../base/problem.ts";
import { nftRule } from "../../formats/nftables.ts";
import type { ReachExplanation, RuleOnWay } from "../../model/firewall.ts";
import type { Flow } from "../../model/topology.ts";
import { flowRule } from "../../roles/base/firewall.ts";
import {
  type Callee,
  type Caller,
  calleeNamed,
  callerNamed,
  type Port,
  peopleOf,
  portNamed,
  type Reach,
  reach,
  servicesAt,
} from "../../topology/reach.ts";
import { placeOf } from "../explanation.ts";
import { goneHosts } from "../hosts.ts";
import { nearest } from "../nearest.ts";
import type { OpenSite } from "../site.ts";
import { tryWay } from "./try.ts";

/** May A reach B:port, by which declared flow and which rules, and what does a real packet do now? */
export async function explainReach(open: OpenSite, from: string, to: string): Promise<ReachExplanation> {
  const { topology } = open;
  const { caller, callee, port } = named(open, from, to);
  const found = reach(topology, caller, callee, port);
  const rules = rulesOnWay(caller, callee, found);
  const untried = whyUntried(open, caller, callee, port);
  return {
    ...{ from: caller.name, to: callee.name, ...port, service: found.service?.name ?? found.flow?.service ?? null },
    ...{ address: found.address, allowed: found.allowed },
    declared: declaredWays(open, found),
    rules,
    tried: untried === null ? await tryWay(open, caller, callee, { ...port, address: found.address }) : null,
    untried,
    remedy: found.allowed ? null : remedyFor(caller, found),
  };
}

function named(open: OpenSite, from: string, to: string): { caller: Caller; callee: Callee; port: Port } {
  const { topology } = open;
  const names = topology.hosts.map((host) => host.name);
  const colon = to.lastIndexOf(":");
  const [place, word] = [to.slice(0, Math.max(0, colon)), to.slice(colon + 1)];
  const caller = callerNamed(topology, from);
  const callee = calleeNamed(topology, place);
  const port = callee && portNamed(topology, callee, word);
  if (caller && callee && port) return { caller, callee, port };
  const hosts = `The hosts are ${names.join(", ")}.`;
  const problem = (path: string, reason: string, remedy: string) => ({ path, reason, remedy });
  const near = (one: string) => {
    const guess = nearest(one, names);
    return guess === undefined ? "" : `Did you mean "${guess}"? `;
  };
  const services =
    callee === undefined ? [] : servicesAt(topology, callee).map((one) => one.name.replace(/^[^.]*\./, ""));
  throw new RampartError("This way cannot be explained", [
    ...(caller
      ? []
      : [problem(from, "is no host of the site, nor visitor, operator or an IPv4 address.", `${near(from)}${hosts}`)]),
    ...(callee
      ? []
      : [problem(to, "the second word is HOST:PORT, site:PORT or ADDRESS:PORT.", `${near(place)}${hosts}`)]),
    ...(callee && !port
      ? [
          problem(
            to,
            `"${word}" is no port and no service there.`,
            `Write a port number, or one of ${services.join(", ")}.`,
          ),
        ]
      : []),
  ]);
}

function declaredWays(open: OpenSite, { doors, flow }: Reach) {
  return (flow === undefined ? doors : [flow]).map((one) => ({
    ...{ who: peopleOf(one, open.topology), why: one.why, role: one.role, path: one.path },
    place: placeOf(one.path, open) ?? null,
  }));
}

/** The rules that let it through; or those at which it ends. */
function rulesOnWay(caller: Caller, callee: Callee, { flow }: Reach): readonly RuleOnWay[] {
  const out = caller.host?.name;
  const last = (chain: "input" | "output") => `last rules: counted ${chain === "input" ? "drop" : "reject"}`;
  const goal = flow === undefined ? callee.host?.name : flow.toHost;
  const text = (chain: "input" | "output", one: Flow | undefined) =>
    one ? nftRule(flowRule(one, chain)) : last(chain);
  return [
    ...(out === undefined ? [] : [{ host: out, chain: "output" as const, text: text("output", flow) }]),
    ...(goal === undefined || goal === "" ? [] : [{ host: goal, chain: "input" as const, text: text("input", flow) }]),
  ];
}

function whyUntried(open: OpenSite, caller: Caller, callee: Callee, { protocol }: Port): string | null {
  const gone = goneHosts(open);
  const off = [caller.host?.name, callee.host?.name].find((name) => name !== undefined && gone.has(name));
  if (gone.size === open.topology.hosts.length) return "the site is not up";
  if (off !== undefined) return `${off} does not run`;
  if (caller.kind === "address") return "nobody here can speak for that address";
  if (caller.host !== undefined && caller.host.name === callee.host?.name)
    return "a host reaches itself without a rule";
  return protocol === "tcp" ? null : `only TCP answers for sure; this is ${protocol.toUpperCase()}`;
}

function remedyFor(caller: Caller, { service, doors }: Reach): string {
  if (service === undefined && doors.length === 0) {
    return "declare a service there first: by the site file nothing listens on that port";
  }
  const extra = `declare it under firewall.extra, with its end`;
  const isInside = caller.kind === "host";
  if (service?.name === "database.mariadb") {
    return isInside ? "give the service that needs it `database: true`" : extra;
  }
  if (service?.name === "base.ssh") return "add the operator's network to firewall.admin";
  if (service?.role === "app" && !isInside) return extra;
  return "no key of the site file opens this way; roles declare what they need, and nothing more";
}
