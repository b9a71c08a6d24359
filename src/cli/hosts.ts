import { dirname } from "node:path";
import { RampartError } from "../base/problem.ts";
import { labHosts } from "../lab/lab.ts";
import { loadSpec } from "../lab/paths.ts";
import type { SshTarget } from "../ssh/target.ts";
import { labTarget } from "./lab-site.ts";
import type { OpenSite } from "./site.ts";

/** How each host of the site is reached. */
export function targetsOf({ site, topology }: OpenSite): (host: string) => SshTarget {
  const hosts = new Map(topology.hosts.map((host) => [host.name, host.inside]));
  return (name) => labTarget(site.name, { name, inside: hosts.get(name) ?? "" });
}

/** Hosts of the site that do not run. */
export function goneHosts({ site, topology }: OpenSite): ReadonlySet<string> {
  const running = labHosts(site.name).filter((host) => host.state === "running");
  const names = new Set(running.map((host) => host.name));
  return new Set(topology.hosts.map((host) => host.name).filter((name) => !names.has(name)));
}

/** Throws a RampartError when the site is not up. */
export function requireHosts({ site, file }: OpenSite): void {
  if ((loadSpec(site.name)?.hosts ?? []).length > 0) return;
  throw new RampartError(
    `${site.name} is not up`,
    [
      {
        path: site.name,
        reason: "there are no hosts for it on this machine.",
        remedy: `Start it: rampart up --site ${dirname(file)}`,
      },
    ],
    "rampart up",
  );
}
