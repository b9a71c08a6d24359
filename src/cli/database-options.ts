import type { GlobalOptions } from "./options.ts";

/** Options of `rampart db`, and all words behind its deed. */
export interface DbOptions extends GlobalOptions {
  readonly to: string | undefined;
  readonly yes: boolean;
  readonly read: boolean;
  /** With upgrade: only shows what there is to do. */
  readonly check: boolean;
  /** With bootstrap: hosts that are given up, by name. */
  readonly without: readonly string[];
  readonly words: readonly string[];
}
