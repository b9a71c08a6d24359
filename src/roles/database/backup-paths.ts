import { backupPrograms } from "../../contract/backup.ts";

/** Where things of backups are on a database host. */
export const backupPaths = {
  ...backupPrograms,
  /** Leads to the site's own store. */
  way: "/usr/local/lib/rampart/backup-way",
  settings: "/etc/rampart/database/backup.env",
  password: "/etc/rampart/database/backup.key",
  credentials: "/etc/rampart/database/backup.credentials",
  canaryUnit: "/etc/systemd/system/rampart-canary.service",
  keepUnit: "/etc/systemd/system/rampart-backup.service",
  baseUnit: "/etc/systemd/system/rampart-backup-base.service",
  drillUnit: "/etc/systemd/system/rampart-backup-drill.service",
  restoredUnit: "/etc/systemd/system/rampart-restored@.service",
  /** What this host remembers of the store. */
  state: "/var/lib/rampart/backup",
  /** Restored instances, each in a folder of its own. */
  restored: "/var/lib/rampart-restore",
  /** Of restic: indexes of the store, which can be fetched again. */
  cache: "/var/cache/rampart-backup",
  metrics: "/var/lib/prometheus/node-exporter/rampart-backup.prom",
} as const;

/** The account, of system and database, that writes the canary and may do nothing else. */
export const canaryAccount = "rampart-canary";
/** Seconds between two rows of the canary. */
export const canarySeconds = 5;
/** Seconds between two shipments of binary logs. */
export const shipSeconds = 20;
