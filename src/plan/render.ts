import { byName } from "../base/text.ts";
import type { DesiredHost } from "../model/plan.ts";
import { type Resource, type ResourceKind, resourceId } from "../model/resource.ts";
import type { Role } from "../model/role.ts";
import type { Host, Topology } from "../model/topology.ts";
import { desiredHost } from "./desired.ts";

/**
 * Everything that should be on the hosts of a site, as a tree of texts for reading: `<host>/etc/hosts` and so on, and
 * `<host>/resources.txt` with all that is no text. Secrets and the CA certificate stay references.
 */
export function renderedTree(topology: Topology, roles: readonly Role[]): ReadonlyMap<string, string> {
  const tree = new Map<string, string>();
  for (const host of topology.hosts) {
    const desired = desiredHost(host, topology, rolesHere(host, roles));
    for (const resource of desired.resources) {
      if (resource.kind === "file" || resource.kind === "firewall")
        tree.set(`${host.name}${resource.file}`, resource.content);
    }
    tree.set(`${host.name}/resources.txt`, resourceList(desired));
  }
  return tree;
}

function rolesHere(host: Host, roles: readonly Role[]): readonly Role[] {
  return roles.filter((role) => role.name === "base" || role.name === host.tier);
}

/** Kinds in the order of the list, with the words that head them. */
const headings: readonly (readonly [ResourceKind, string])[] = [
  ["package", "packages"],
  ["user", "users"],
  ["directory", "directories"],
  ["certificate", "certificates"],
  ["file", "files"],
  ["firewall", "firewall"],
  ["release", "releases"],
  ["unit", "units"],
];

function resourceList({ host, resources }: DesiredHost): string {
  const blocks = headings.flatMap(([kind, heading]) => {
    const entries = resources
      .filter((resource) => resource.kind === kind)
      .toSorted((one, other) => byName(resourceId(one), resourceId(other)))
      .map((resource) => resourceLines(resource).join("\n"));
    return entries.length === 0 ? [] : [`${heading}\n${entries.join("\n")}\n`];
  });
  return [`# What is to be on ${host}; the files themselves lie beside this list.\n`, ...blocks].join("\n");
}

/** The thing itself, and further in what belongs to it. */
function resourceLines(resource: Resource): readonly string[] {
  const name = resourceId(resource).slice(resource.kind.length + 1);
  return [`  ${[name, ...summary(resource)].join("  ")}`, ...details(resource).map((line) => `    ${line}`)];
}

function summary(resource: Resource): readonly string[] {
  switch (resource.kind) {
    case "file":
    case "directory":
      return [resource.mode, `${resource.owner}:${resource.group}`];
    case "unit":
      return [resource.state];
    case "user":
      return [resource.home, ...(resource.groups.length > 0 ? [`in ${resource.groups.join(", ")}`] : [])];
    case "certificate":
      return [resource.usages.join(" and "), `CN=${resource.commonName}`];
    case "release":
      return [resource.id, resource.root];
    default:
      return [];
  }
}

function details(resource: Resource): readonly string[] {
  switch (resource.kind) {
    case "unit":
      return [
        ...(resource.check === undefined ? [] : [`checked by: ${resource.check}`]),
        ...resource.reloadOn.map((id) => `reloaded when it changes: ${id}`),
        ...resource.restartOn.map((id) => `restarted when it changes: ${id}`),
      ];
    case "certificate":
      return [
        ...[...resource.dnsNames, ...resource.ipAddresses].map((name) => `name: ${name}`),
        `key: ${resource.keyFile}, for ${resource.group}`,
      ];
    case "release":
      return resource.migrate === undefined ? [] : [`migrated by: ${resource.migrate}`];
    default:
      return [];
  }
}
