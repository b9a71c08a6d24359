import type { DbOptions } from "../database-options.ts";

/** Options of `rampart db backup`, `db backups` and `db restore`. */
export interface BackupOptions extends DbOptions {
  /** The host that does it. */
  readonly on: string | undefined;
  readonly drill: boolean;
  readonly swap: boolean;
  readonly drop: boolean;
}
