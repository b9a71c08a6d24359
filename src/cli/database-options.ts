import type { GlobalOptions } from "./options.ts";

/** Options of `rampart db`, and all words behind its deed. */
export interface DbOptions extends GlobalOptions {
  readonly to: string | undefined;
  readonly yes: boolean;
  readonly read: boolean;
  readonly words: readonly string[];
}
