import { figuresFolder } from "./figures.ts";

/** Programs of backups on database hosts. What they say is in model/backups.ts. */
export const backupPrograms = {
  folder: "/usr/local/lib/rampart",
  common: "/usr/local/lib/rampart/backup-common",
  canary: "/usr/local/lib/rampart/backup-canary",
  keep: "/usr/local/lib/rampart/backup-keep",
  base: "/usr/local/lib/rampart/backup-base",
  list: "/usr/local/lib/rampart/backup-list",
  restore: "/usr/local/lib/rampart/backup-restore",
  prove: "/usr/local/lib/rampart/backup-prove",
  drill: "/usr/local/lib/rampart/backup-drill",
  swap: "/usr/local/lib/rampart/backup-swap",
} as const;

/** What programs of backups keep on a database host, and others read. */
export const backupTraces = {
  /** What the host remembers of the store. */
  state: "/var/lib/rampart/backup",
  /** Unix time from which on it looks; stands in the figures for what is not known yet. */
  since: "/var/lib/rampart/backup/since",
  /** Figures for the monitor, as its exporter reads them. */
  metrics: `${figuresFolder}/rampart-backup.prom`,
  /** Restored instances, each in a folder of its own; see `restoredInstance`. */
  restored: "/var/lib/rampart-restore",
} as const;

/** Names of restored instances: an operator's, and the one that a drill makes and takes away. */
export const restoredNames = { side: "side", drill: "drill" } as const;

export interface RestoredInstance {
  readonly folder: string;
  /** MariaDB's. */
  readonly socket: string;
  /** There as soon as it is proved: a RestoreResult, see model/backups.ts. */
  readonly result: string;
  readonly unit: string;
}

/** Where a restored instance is; `name` may be a variable of a shell. */
export function restoredInstance(name: string): RestoredInstance {
  const folder = `${backupTraces.restored}/${name}`;
  return {
    folder,
    socket: `${folder}/server.sock`,
    result: `${folder}/result.json`,
    unit: `rampart-restored@${name}.service`,
  };
}
