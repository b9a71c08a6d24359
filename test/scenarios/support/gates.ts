import { labTarget } from "../../../src/cli/lab-site.ts";
import { converge } from "../../../src/converge/converge.ts";
import type { World } from "../../../src/converge/world.ts";
import type { LabSpec } from "../../../src/lab/lab.ts";
import type { FirewallResource, Resource } from "../../../src/model/resource.ts";
import type { Role } from "../../../src/model/role.ts";
import type { Host, Topology } from "../../../src/model/topology.ts";
import { createAuthority } from "../../../src/pki/authority.ts";
import { base } from "../../../src/roles/base/base.ts";
import { siteTopology } from "../../../src/topology/topology.ts";
import { shopSite } from "../../fixture.ts";

// Three hosts that have nothing but their firewall, as role base makes it; and what a mistaken one would be.

export type Rules = "right" | "also right" | "no new SSH" | "nothing at all";

const name = `t-gates${process.env.RAMPART_SCENARIOS_PLACE ?? ""}`;
const whole = siteTopology({ ...shopSite, name, web: { ...shopSite.web, hosts: 3 } }, [base]);
export const gates: readonly Host[] = whole.hosts.filter((host) => host.tier === "web");

export const gatesLab: LabSpec = {
  ...{ name, publish: [], names: [], packages: [] },
  hosts: gates.map((host) => ({ name: host.name, inside: host.inside })),
};

export function gateTarget(host: Host) {
  return labTarget(name, host);
}

/** Brings the hosts that are named to these rules, by the converger as it is. */
export async function bringRules(rules: Readonly<Record<string, Rules>>) {
  const topology: Topology = { ...whole, hosts: gates.filter((host) => host.name in rules) };
  const spoiled: Role = {
    ...{ ...base, checks: () => [] },
    resources: (host) => wanted(host, topology, rules[host.name] ?? "right"),
  };
  const authority = await createAuthority(name, new Date());
  const world: World = {
    ...{ topology, roles: [spoiled], targetOf: (host) => gateTarget(hostNamed(host)), secretValue: () => "" },
    ...{ authority, trusted: authority.certificatePem, publicTrust: "", by: "test", archive: async () => "" },
    program: () => "",
    ...{ visitor: (argv) => argv, caFile: "", emit: () => {}, interrupted: () => false },
  };
  return await converge(world);
}

function wanted(host: Host, topology: Topology, rules: Rules): readonly Resource[] {
  const needed = ["directory:", "firewall:", "unit:nftables", "file:/etc/systemd/system/nftables"];
  const mine = base.resources(host, topology).filter((one) => needed.some((start) => keyOf(one).startsWith(start)));
  return mine.map((one) => (one.kind === "firewall" ? { ...one, content: spoiled(one, rules) } : one));
}

function spoiled({ content }: FirewallResource, rules: Rules): string {
  const lines = content.split("\n");
  switch (rules) {
    case "right":
      return content;
    case "also right":
      return `${content}# Another line, for another content.\n`;
    case "no new SSH":
      return lines.filter((line) => !/[sd]port 22 /.test(line)).join("\n");
    case "nothing at all":
      return lines.filter((line) => !/accept/.test(line)).join("\n");
  }
}

function keyOf(one: Resource): string {
  return one.kind === "firewall" || one.kind === "file"
    ? `${one.kind}:${one.file}`
    : `${one.kind}:${"name" in one ? one.name : ""}`;
}

function hostNamed(wantedName: string): Host {
  const host = gates.find((one) => one.name === wantedName);
  if (!host) throw new Error(`no host ${wantedName}`);
  return host;
}

// As a program of its own: an operator that can be killed.
const [, , program, host = "", rules = "right"] = process.argv;
if (program === "bring") await bringRules({ [host]: rules as Rules });
