import type { Emit } from "../model/event.ts";
import type { Role } from "../model/role.ts";
import type { Topology } from "../model/topology.ts";
import type { Authority } from "../pki/authority.ts";
import type { SshTarget } from "../ssh/target.ts";

/** All that the converger needs, handed in by the command line: it knows no roles and no lab of its own. */
export interface World {
  readonly topology: Topology;
  readonly roles: readonly Role[];
  readonly targetOf: (host: string) => SshTarget;
  /** The value of a secret; only ever used on the way to a host. */
  readonly secretValue: (name: string) => string;
  /** The text of one of Rampart's own programs for hosts: far too long for a plan. */
  readonly program: (name: string) => string;
  /** Issues certificates. */
  readonly authority: Authority;
  /** PEM of every CA that the hosts trust: the one that issues, and while it is rotated the other one. */
  readonly trusted: string;
  /** PEM of further CAs, of which the site file says that they vouch for its public certificate; "" for none. */
  readonly publicTrust: string;
  /** Certificates to be issued anew by this run, by host: their resource ids. */
  readonly renew?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Path of a release's archive on this machine; made when it is not there yet. */
  readonly archive: (release: string, id: string) => Promise<string>;
  /** How a command runs in the visitor's seat, outside the site. */
  readonly visitor: (argv: readonly string[]) => readonly string[];
  /** The CA certificate on this machine, for checks from the visitor's seat. */
  readonly caFile: string;
  /** user@machine */
  readonly by: string;
  /** Keeps planned work at hosts from being told as faults; resolves with what ends that. Left out: nobody is told anyway. */
  readonly quiet?: (hosts: readonly string[], why: string) => Promise<() => Promise<void>>;
  readonly emit: Emit;
  /** True after Ctrl-C: what runs is finished, nothing new is begun. */
  readonly interrupted: () => boolean;
}
