import type { Origin, Resource } from "./resource.ts";

/** The converger's whole instruction set. */
export type Step =
  /** A POSIX shell script, run as root; must be safe to run again. */
  | { readonly kind: "run"; readonly script: string }
  /**
   * A deed that could lock its operators out. `back` is armed as a timer on the host, then `go` is run; only when the operator
   * has come over a new connection is the timer disarmed and `keep` run, else `back` takes the deed back. All are shell
   * scripts, run as root; `back` must also be right when `go` did nothing.
   */
  | { readonly kind: "guarded"; readonly go: string; readonly back: string; readonly keep: string }
  /** A file put in place whole: written beside, then renamed. `content` may hold references. */
  | {
      readonly kind: "put";
      readonly file: string;
      readonly content: string;
      readonly mode: string;
      readonly owner: string;
      readonly group: string;
    }
  /** Debian packages; all of a host are installed by one apt-get. */
  | { readonly kind: "package"; readonly name: string }
  /** A unit brought to its state; the checks of all units of a host come before the first of these. */
  | {
      readonly kind: "unit";
      readonly name: string;
      readonly deed: "start" | "reload" | "restart" | "enable" | "stop";
      readonly check?: string;
      /** Set for a unit that a program on the host starts and stops: the command by which it is asked for a restart. */
      readonly owner?: string;
      /** Files with which it then runs: kept as they were when the unit will not take them. */
      readonly inputs: readonly string[];
    }
  /** A key pair and certificate made and put. */
  | { readonly kind: "sign"; readonly certificate: Extract<Resource, { kind: "certificate" }> }
  /** A release's archive put at `file`. */
  | { readonly kind: "archive"; readonly release: string; readonly id: string; readonly file: string };

export type ChangeVerb = "create" | "update" | "remove";

/** Create, update or remove one Resource, with its reason. Plain data. */
export interface Change {
  readonly host: string;
  /** resourceId */
  readonly id: string;
  readonly verb: ChangeVerb;
  /** What is different, as a short phrase: "content differs", "not installed". */
  readonly reason: string;
  /** What it does to what runs: nothing, a reload, a restart. */
  readonly effect: "none" | "reload" | "restart" | "start" | "stop";
  readonly origin: Origin;
  readonly steps: readonly Step[];
}

/** The changes of one host within a stage, in order; hosts of one stage are worked on side by side. */
export interface HostChanges {
  readonly host: string;
  readonly changes: readonly Change[];
  /** True when something that serves is restarted, so that the host is drained around it. */
  readonly drain: boolean;
}

export interface Stage {
  /** Why this stage stands where it stands. */
  readonly title: string;
  readonly hosts: readonly HostChanges[];
  /** Hosts whose checks must hold before the next stage begins. */
  readonly gate: readonly string[];
}

export interface Plan {
  readonly site: string;
  readonly environment: string;
  readonly stages: readonly Stage[];
  /** Hosts of the site without a change. */
  readonly unchanged: readonly string[];
  /** Hosts that this plan brings into the site (they had no Generation). */
  readonly added: readonly string[];
}

/** What a host was last brought to; kept on the host itself at `generationFile`. */
export interface Generation {
  readonly number: number;
  /** Digest of the desired state. */
  readonly digest: string;
  /** ISO 8601. */
  readonly at: string;
  /** Who, as user@machine. */
  readonly by: string;
  /** Ids of the resources that this Generation owns. */
  readonly owned: readonly string[];
}

export const stateFolder = "/var/lib/rampart";
export const generationFile = `${stateFolder}/generation.json`;

/** What was seen on a host. */
export interface ObservedHost {
  readonly host: string;
  readonly generation: Generation | undefined;
  /** By resourceId; absent: the resource is not there. */
  readonly seen: ReadonlyMap<string, Seen>;
}

/** One resource as it was found: plain facts, named by its kind. */
export type Seen = Readonly<Record<string, string>>;

/** Everything that should be on one host. */
export interface DesiredHost {
  readonly host: string;
  readonly resources: readonly Resource[];
}
