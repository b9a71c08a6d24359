import type { Protocol, RoleName } from "./topology.ts";

/** Something that is not as the site declares it. */
export interface FirewallFinding {
  /** "critical": something is open, or would be; "warning": something is closed that should be open, or is not known. */
  readonly severity: "critical" | "warning";
  readonly host: string;
  readonly port?: number;
  readonly protocol?: Protocol;
  /** Who listens: `python3 (pid 812)`. */
  readonly process?: string;
  /** A sentence. */
  readonly what: string;
  /** What to do: a sentence that may end in a command. */
  readonly remedy: string;
}

/** What a look at every host and real packets from everywhere found. */
export interface FirewallVerification {
  readonly findings: readonly FirewallFinding[];
  /** Hosts that were looked at. */
  readonly hosts: readonly string[];
  /** TCP ports that were tried at every address. */
  readonly ports: number;
  /** Those of them that were drawn at random. */
  readonly sampled: readonly number[];
  /** With it the same ports are drawn again. */
  readonly seed: number;
  /** From one seat to one address. */
  readonly pairs: number;
  /** Connections that were tried. */
  readonly tries: number;
  /** Of them those that came about, as declared. */
  readonly open: number;
  readonly full: boolean;
  readonly durationMs: number;
}

/** May A reach B:port, by what, and what does a real packet do? */
export interface ReachExplanation {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** Name of the service that is declared there; null: none. */
  readonly service: string | null;
  readonly address: string;
  readonly allowed: boolean;
  /** Every flow that ends there; when it is allowed, the one by which it is. */
  readonly declared: readonly DeclaredWay[];
  readonly rules: readonly RuleOnWay[];
  readonly tried: TriedWay | null;
  /** Why nothing was tried. */
  readonly untried: string | null;
  readonly remedy: string | null;
}

export interface DeclaredWay {
  readonly who: string;
  readonly why: string;
  readonly role: RoleName;
  readonly path: string;
  /** `rampart.config.ts:12`; null for what follows from the role alone. */
  readonly place: string | null;
}

export interface RuleOnWay {
  readonly host: string;
  readonly chain: "input" | "output";
  readonly text: string;
}

export interface TriedWay {
  readonly result: "open" | "refused" | "filtered" | "unreachable";
  /** ISO 8601. */
  readonly at: string;
  readonly durationMs: number;
  /** By how much the counter of each rule on the way grew; other packets may be among them. */
  readonly counted: readonly (Omit<RuleOnWay, "text"> & { readonly rule: string; readonly packets: number })[];
}

/** Who may reach which service. */
export interface FlowMatrix {
  /** Visitor, operator, tiers and services. */
  readonly rows: readonly string[];
  readonly columns: readonly { readonly service: string; readonly port: number; readonly protocol: Protocol }[];
  /** By row, then column: how much of the row reaches how much of the column. */
  readonly cells: readonly (readonly ("all" | "some" | "none")[])[];
}

/** An address that is shut out. */
export interface Block {
  readonly network: string;
  /** ISO 8601; null: without end. */
  readonly until: string | null;
  /** ISO 8601; null for one of the site file. */
  readonly since: string | null;
  /** The balancers at which it is in force. */
  readonly at: readonly string[];
  /** The balancers at which it is not. */
  readonly missing: readonly string[];
  readonly source: "site file" | "by hand";
}

/** Comment of the last rules of a chain, which meet what no flow has let through. */
export const closedComment = "no flow allows this";
