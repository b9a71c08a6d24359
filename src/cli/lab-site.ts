import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import {
  insideCommand,
  type LabHost,
  type LabSpec,
  labHosts,
  labUp,
  outsideCommand,
  sshProxyCommand,
  writeVisitorNames,
} from "../lab/lab.ts";
import { keyFile, knownHostsFile, runDir } from "../lab/paths.ts";
import { acmeOf } from "../model/certificate.ts";
import type { Emit } from "../model/event.ts";
import { publicNames } from "../model/site-names.ts";
import type { SshTarget } from "../ssh/target.ts";
import { rolePackages } from "./lab-packages.ts";
import type { OpenSite } from "./site.ts";

/** How Rampart reaches a host of the lab: as root, by the lab's own key, from the lab's own network namespace. */
export function labTarget(site: string, host: Pick<LabHost, "name" | "inside" | "outside">): SshTarget {
  return {
    host: host.name,
    address: host.inside ?? host.outside ?? "",
    user: "root",
    keyFile: keyFile(site),
    knownHosts: knownHostsFile(site),
    proxyCommand: sshProxyCommand(site),
    controlDir: join(runDir(site), "ssh"),
  };
}

/** Starts what the site needs of hosts; those that it needs no more stay until `retireHosts`. */
export async function raiseHosts(open: OpenSite, emit: Emit) {
  const wanted = open.topology.hosts.map(labHost);
  const retiring = labHosts(open.site.name).filter((host) => !wanted.some((one) => one.name === host.name));
  const report = await labUp(labSpec(open, [...wanted, ...retiring.map(labHost)]), emit);
  return { report, retiring: retiring.map((host) => host.name) };
}

/** Lets visitors of a lab find the site by the names that its file says now. */
export function renameSite(open: OpenSite): void {
  if (labHosts(open.site.name).length > 0) writeVisitorNames(labSpec(open, []));
}

/** Takes away the hosts that the site has no more; to be called when nobody talks to them any longer. */
export async function retireHosts(open: OpenSite, emit: Emit): Promise<void> {
  await labUp(labSpec(open, open.topology.hosts.map(labHost)), emit);
}

function labSpec(open: OpenSite, hosts: readonly LabHost[]): LabSpec {
  const { site, topology } = open;
  const { environment } = site;
  const { virtual } = topology.networks;
  const extra = site.app.flatMap((service) => service.packages);
  return {
    name: site.name,
    hosts,
    publish: [
      { listen: environment.httpsPort, to: `${virtual}:443`, path: "environments.lab.httpsPort" },
      { listen: environment.httpPort, to: `${virtual}:80`, path: "environments.lab.httpPort" },
    ],
    names: [{ address: virtual, names: publicNames(site) }],
    // Only sites that use it have it in their image.
    packages: [...new Set([...rolePackages, ...(acmeOf(site) ? ["lego"] : []), ...extra])].toSorted(),
  };
}

function labHost(host: Pick<LabHost, "name" | "inside" | "outside">): LabHost {
  const { name, inside, outside } = host;
  // Known by the address that it has outside: one that stands there alone.
  const isOutside = inside === undefined || inside === outside;
  return { name, ...(isOutside ? {} : { inside }), ...(outside === undefined ? {} : { outside }) };
}

/** How a command runs as a visitor, and as an operator beside the hosts. */
export function labSeats(site: string) {
  return {
    visitor: (argv: readonly string[]) => outsideCommand(site, argv),
    operator: (argv: readonly string[]) => insideCommand(site, argv),
  };
}

/** user@machine, for locks and records. */
export function operatorName(): string {
  return `${userInfo().username}@${hostname()}`;
}
