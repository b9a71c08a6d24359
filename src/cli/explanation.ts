import { basename } from "node:path";
import { RampartError } from "../base/problem.ts";
import { shellCommand } from "../base/text.ts";
import { type Resource, resourceId } from "../model/resource.ts";
import { desiredHost } from "../plan/desired.ts";
import type { Explanation } from "../report/explain.ts";
import { rolesOf } from "../topology/topology.ts";
import { nearest } from "./nearest.ts";
import type { OpenSite } from "./site.ts";

/** Everything that should be on a host, each with its reason. Throws a RampartError when there is no such host. */
export function hostExplanations(open: OpenSite, name: string): readonly Explanation[] {
  const host = open.topology.hosts.find((one) => one.name === name);
  if (!host) {
    const names = open.topology.hosts.map((one) => one.name);
    throw unknown(
      name,
      `${open.site.name} has no host "${name}".`,
      nearest(name, names),
      `The hosts are ${names.join(", ")}.`,
    );
  }
  const { resources } = desiredHost(host, open.topology, rolesOf(host, open.roles));
  return resources.map((resource) => explanation(name, resource, resources, open));
}

/** The things on a host that a word may mean: a path, a unit with or without its suffix, a package, a whole id. */
export function explanationsNamed(open: OpenSite, host: string, word: string): readonly Explanation[] {
  const all = hostExplanations(open, host);
  const exact = all.filter(({ id }) => id === word || keyOf(id) === word || keyOf(id) === `${word}.service`);
  if (exact.length > 0) return exact;
  const kind = all.filter(({ id }) => id.startsWith(`${word}:`));
  if (kind.length > 0) return kind;
  const keys = all.map(({ id }) => keyOf(id));
  const within = keys.filter((key) => key.includes(word)).slice(0, 5);
  const near = nearest(word, keys);
  const hint = within.length > 0 ? `Near it are: ${within.join(", ")}.` : `List what is there: rampart explain ${host}`;
  const reason = `nothing of this name is on ${host} because of the site; Debian or a program there may have made it.`;
  throw unknown(`${host}:${word}`, reason, near, hint);
}

function unknown(path: string, reason: string, near: string | undefined, hint: string): RampartError {
  const remedy = near === undefined ? hint : `Did you mean "${near}"? ${hint}`;
  return new RampartError("There is nothing to explain", [{ path, reason, remedy }]);
}

function keyOf(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}

function explanation(host: string, resource: Resource, all: readonly Resource[], open: OpenSite): Explanation {
  const { role, why, path } = resource;
  const roleSummary = open.roles.find((one) => one.name === role)?.summary ?? "";
  const id = resourceId(resource);
  return {
    ...{ host, id, role, roleSummary, why, path, what: description(resource), place: placeOf(path, open) },
    effects: effectsOf(id, all),
    commands: commandsFor(host, resource),
  };
}

/** The site file and its line; undefined for a default, which stands on no line. */
export function placeOf(path: string, { provenance, line, file }: OpenSite): string | undefined {
  if (path === "" || provenance.some((one) => one.path === path && one.source === "default")) return undefined;
  const number = line(path);
  return number === undefined ? undefined : `${basename(file)}:${number}`;
}

function description(resource: Resource): string {
  switch (resource.kind) {
    case "file": {
      const { mode, owner, group, content } = resource;
      return `a file, ${mode} ${owner}:${group}, ${content.split("\n").length - 1} lines`;
    }
    case "directory":
      return `a directory, ${resource.mode} ${resource.owner}:${resource.group}`;
    case "certificate":
      return `a certificate of the site's CA for ${resource.dnsNames.join(", ")} (${resource.usages.join(" and ")})`;
    case "unit":
      return `a systemd unit, ${resource.state}`;
    case "release":
      return `release ${resource.id} in ${resource.root}`;
    case "firewall":
      return "the host's nftables rule set";
    case "package":
      return "a Debian package";
    case "user":
      return "a system account";
  }
}

function effectsOf(id: string, all: readonly Resource[]): readonly string[] {
  if (id.startsWith("firewall:")) return ["the new rules take the place of the old in one transaction"];
  return all.flatMap((other) => {
    if (other.kind !== "unit") return [];
    if (other.restartOn.includes(id)) return [`${other.name} is restarted`];
    return other.reloadOn.includes(id) ? [`${other.name} is reloaded`] : [];
  });
}

function commandsFor(host: string, resource: Resource): readonly string[] {
  const run = (argv: readonly string[]) => [`rampart exec ${host} -- ${shellCommand(argv)}`];
  switch (resource.kind) {
    case "file":
      return run(["cat", resource.file]);
    case "firewall":
      return run(["nft", "list", "ruleset"]);
    case "certificate":
      return run(["openssl", "x509", "-noout", "-text", "-in", resource.certificateFile]);
    case "unit":
      return [`rampart logs ${host} ${resource.name}`, ...run(["systemctl", "status", resource.name])];
    case "release":
      return run(["ls", "-l", `${resource.root}/current/`]);
    case "directory":
      return run(["ls", "-l", resource.directory]);
    default:
      return [];
  }
}
