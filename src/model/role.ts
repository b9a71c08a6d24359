import type { Resource } from "./resource.ts";
import type { Site } from "./site.ts";
import type { DeclaredFlow, Host, RoleName, Service, Tier, Topology } from "./topology.ts";

/** In the environment of a check's script while it judges changes: how many seconds ago they were begun. */
export const changesBegan = "CHANGES_BEGAN";

/** Something that must be true, seen from outside the host that it is about. */
export interface Check {
  /** Stable: `<role>.<what>`; unique together with `host`. */
  readonly id: string;
  readonly role: RoleName;
  /** The host that the check is about. */
  readonly host: string;
  /**
   * Where the script runs: the first of these hosts that can be reached, or the visitor's seat outside.
   */
  readonly from: readonly string[] | "visitor";
  /** POSIX shell; exit 0 when true; otherwise its last line of output says what is wrong. Run as root, at most 10 s. */
  readonly script: string;
  /** Seconds for which it may be tried again until it is true. */
  readonly within: number;
  /** What is true when it holds, as a sentence. */
  readonly promise: string;
}

/** In which order, and how many hosts at once, a role's hosts are changed. */
export interface Rollout {
  /** Tiers that must be well before a host of this role is changed. */
  readonly after: readonly Tier[];
  /** How many hosts of a tier (of an app service) that serves may be changed at once. */
  readonly atOnce: number;
  /** True: the first host is changed last, because it holds what the others follow. */
  readonly firstLast?: boolean;
  /** Id of the resource by which hosts of the tier know each other, where a newcomer cannot be well before the others know it. */
  readonly knowsBy?: string;
}

/** Steps around a change that interrupts a host's work: its users are asked to leave it alone meanwhile. */
export interface Around {
  /** Shell scripts by host, run before the change and after it. Hosts that cannot be reached are passed over. */
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

/** What should be on a host, and why. A role never asks a host anything and performs nothing. */
export interface Role {
  readonly name: RoleName;
  /** One line, for the reference. */
  readonly summary: string;
  readonly rollout: Rollout;
  /** What listens on the host. */
  services(host: Host, site: Site, networks: RoleNetworks): readonly Service[];
  /** What this role must reach, and why. */
  flows(site: Site): readonly DeclaredFlow[];
  /** Everything that should be here. */
  resources(host: Host, topology: Topology): readonly Resource[];
  /** What must then be true from outside. */
  checks(host: Host, topology: Topology): readonly Check[];
  /** Drain before, take back after; only for changes that restart what the host serves. */
  around?(host: Host, topology: Topology): Around;
}

/** The part of Networks that services are declared with. */
export interface RoleNetworks {
  readonly virtual: string;
  readonly virtualInside: string;
}
