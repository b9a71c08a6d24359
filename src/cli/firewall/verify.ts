import type { FirewallVerification } from "../../model/firewall.ts";
import type { Host } from "../../model/topology.ts";
import { desiredHost } from "../../plan/desired.ts";
import { type FirewallWorld, type VerifyOptions, verifyFirewall } from "../../review/firewall/verify.ts";
import { blocksProgram, blocksTableFile } from "../../roles/balancer/blocks.ts";
import { rolesOf } from "../../topology/topology.ts";
import { goneHosts, requireHosts, targetsOf } from "../hosts.ts";
import { labSeats } from "../lab-site.ts";
import type { OpenSite } from "../site.ts";

/** Verifies the firewall of a site that is up. */
export async function verifySiteFirewall(open: OpenSite, options: VerifyOptions): Promise<FirewallVerification> {
  requireHosts(open);
  return await verifyFirewall(firewallWorld(open), options);
}

function firewallWorld(open: OpenSite): FirewallWorld {
  const { topology, roles, site } = open;
  const rules = new Map(topology.hosts.map((host) => [host.name, rulesOf(host, topology, roles)]));
  return {
    topology,
    targetOf: targetsOf(open),
    ...labSeats(site.name),
    rulesOf: (host) => rules.get(host.name) ?? { file: "", boot: "", loaded: [] },
    blocksProgram,
    gone: goneHosts(open),
  };
}

/** The host's own rules, and the table of run-time blocks if it is to have one. */
function rulesOf(host: Host, topology: OpenSite["topology"], roles: OpenSite["roles"]) {
  const { resources } = desiredHost(host, topology, rolesOf(host, roles));
  const rules = resources.find((one) => one.kind === "firewall");
  const boot = rules?.kind === "firewall" ? rules.content : "";
  const blocks = resources.flatMap((one) => (one.kind === "file" && one.file === blocksTableFile ? [one.content] : []));
  return { file: rules?.kind === "firewall" ? rules.file : "", boot, loaded: [boot, ...blocks] };
}
