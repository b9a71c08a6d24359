import { contains } from "../base/ip.ts";
import { type Problem, RampartError } from "../base/problem.ts";

/** What a lab should be: hosts, published ports, packages in their image. */
export interface LabSpec {
  /** Name of the site: `[a-z][a-z0-9-]{0,20}`. */
  readonly name: string;
  readonly hosts: readonly LabHost[];
  readonly publish: readonly LabPublish[];
  /** Lines of /etc/hosts at the visitor's seat. */
  readonly names: readonly { readonly address: string; readonly names: readonly string[] }[];
  /** Debian packages that the image must contain. */
  readonly packages: readonly string[];
}

export interface LabHost {
  /** `[a-z][a-z0-9-]{0,40}` */
  readonly name: string;
  /** Address in 10.77.0.0/16, for example "10.77.1.1"; 10.77.0.1 is the operator's own. A host outside has none. */
  readonly inside?: string | undefined;
  /**
   * Address in 198.51.100.0/24, for hosts that stand there too or there alone; 198.51.100.1 is the visitor's own, 198.51.100.2
   * the operator's.
   */
  readonly outside?: string | undefined;
}

/** A port on 127.0.0.1 of this machine that leads to an address of the lab's outside network. */
export interface LabPublish {
  readonly listen: number;
  /** "198.51.100.10:443" */
  readonly to: string;
  /** Where the user set the port, for messages: `environments.lab.httpsPort`. */
  readonly path: string;
}

export interface LabReport {
  readonly started: readonly string[];
  readonly stopped: readonly string[];
  readonly kept: readonly string[];
  readonly imageBuilt: boolean;
  /** Private key that root on every host accepts. */
  readonly keyFile: string;
  /** Host keys by host name and by address. */
  readonly knownHosts: string;
}

export type LabHostState = "running" | "off" | "frozen";

/** Progress as data: `lab.image.started`, `lab.host.ready {host}` … */
export type Emit = (event: { readonly type: string; readonly [key: string]: unknown }) => void;

export const INSIDE = { network: "10.77.0.0/16", operator: "10.77.0.1", prefix: 16 } as const;
export const OUTSIDE = {
  network: "198.51.100.0/24",
  visitor: "198.51.100.1",
  operator: "198.51.100.2",
  prefix: 24,
} as const;

/** The addresses of a host. */
export function addressesOf({ inside, outside }: LabHost): readonly string[] {
  return [inside, outside].filter((address) => address !== undefined);
}

/** Where an operator reaches a host. */
export function addressOf(host: LabHost): string {
  return addressesOf(host)[0] ?? "";
}

/** Throws a RampartError that names everything a lab cannot be built from. */
export function checkSpec(spec: LabSpec): void {
  const problems: Problem[] = [];
  const wrong = (path: string, reason: string, remedy: string) => problems.push({ path, reason, remedy });
  if (!/^[a-z][a-z0-9-]{0,20}$/.test(spec.name))
    wrong("name", `"${spec.name}" cannot name a lab.`, "Use 1 to 21 letters a-z, digits and dashes, a letter first.");
  const seen = new Set<string>();
  for (const host of spec.hosts) {
    if (!/^[a-z][a-z0-9-]{0,40}$/.test(host.name))
      wrong(host.name, "cannot name a lab host.", "Use 1 to 41 letters a-z, digits and dashes, a letter first.");
    if (addressesOf(host).length === 0) wrong(host.name, "has no address.", "Give it one, inside or outside.");
    if (host.inside !== undefined && (!contains(INSIDE.network, host.inside) || host.inside === INSIDE.operator))
      wrong(
        host.name,
        `${host.inside} is no address for a lab host.`,
        `Use one of ${INSIDE.network} but ${INSIDE.operator}.`,
      );
    const taken: readonly string[] = [OUTSIDE.visitor, OUTSIDE.operator];
    if (host.outside !== undefined && (!contains(OUTSIDE.network, host.outside) || taken.includes(host.outside)))
      wrong(
        host.name,
        `${host.outside} is no outside address.`,
        `Use one of ${OUTSIDE.network} but ${taken.join(" and ")}.`,
      );
    for (const word of [host.name, ...addressesOf(host)]) {
      if (seen.has(word)) wrong(host.name, `${word} is used twice in this lab.`, "Give every host its own.");
      seen.add(word);
    }
  }
  const ports = new Set<number>();
  for (const port of spec.publish) {
    if (!Number.isInteger(port.listen) || port.listen < 1 || port.listen > 65535)
      wrong(port.path, `${port.listen} is no port.`, "Use a number from 1 to 65535.");
    if (ports.has(port.listen)) wrong(port.path, `port ${port.listen} is published twice.`, "Use two different ports.");
    ports.add(port.listen);
  }
  if (problems.length > 0) throw new RampartError(`the lab ${spec.name} cannot be built`, problems);
}
