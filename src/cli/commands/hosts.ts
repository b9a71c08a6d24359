import { RampartError } from "../../base/problem.ts";
import { labHosts } from "../../lab/lab.ts";
import { interactive, streaming } from "../../ssh/attached.ts";
import { labTarget } from "../lab-site.ts";
import { nearest } from "../nearest.ts";
import type { GlobalOptions } from "../options.ts";
import { openSite } from "../site.ts";

/** `exec HOST -- CMD…`: runs a command as root on a host; its exit code is ours. */
export async function execCommand(options: GlobalOptions, host: string, argv: readonly string[]): Promise<number> {
  return await streaming(await targetOf(options, host), argv, {
    stdin: process.stdin.isTTY ? "ignore" : "inherit",
  });
}

/** `ssh HOST`: a shell on a host. */
export async function sshCommand(options: GlobalOptions, host: string, argv: readonly string[]): Promise<number> {
  return await interactive(await targetOf(options, host), argv);
}

async function targetOf(options: GlobalOptions, name: string) {
  const { site, topology } = await openSite(options);
  const present = labHosts(site.name);
  const host = present.find((one) => one.name === name);
  if (host && host.state !== "off") return labTarget(site.name, host);
  const names = topology.hosts.map((one) => one.name);
  if (host) {
    throw new RampartError(`${name} is off`, [
      { path: name, reason: "its power is off.", remedy: `Switch it on: rampart lab start ${name}` },
    ]);
  }
  const guess = nearest(name, names);
  const remedy = names.includes(name)
    ? "Start the site: rampart up"
    : `${guess ? `Did you mean "${guess}"? ` : ""}The hosts are ${names.join(", ")}.`;
  throw new RampartError(`There is no host ${name}`, [
    { path: name, reason: `${site.name} has no such host on this machine.`, remedy },
  ]);
}
