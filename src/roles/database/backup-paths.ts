import { backupPrograms, backupTraces, restoredInstance } from "../../contract/backup.ts";

/** Where things of backups are on a database host. */
export const backupPaths = {
  ...backupPrograms,
  ...backupTraces,
  /** Leads to the site's own store. */
  way: "/usr/local/lib/rampart/backup-way",
  settings: "/etc/rampart/database/backup.env",
  password: "/etc/rampart/database/backup.key",
  credentials: "/etc/rampart/database/backup.credentials",
  /** Authorities of the operator's own store. */
  trust: "/etc/rampart/database/backup-ca.crt",
  canaryUnit: "/etc/systemd/system/rampart-canary.service",
  keepUnit: "/etc/systemd/system/rampart-backup.service",
  baseUnit: "/etc/systemd/system/rampart-backup-base.service",
  drillUnit: "/etc/systemd/system/rampart-backup-drill.service",
  restoredUnit: `/etc/systemd/system/${restoredInstance("").unit}`,
  /** Of restic: indexes of the store, which can be fetched again. */
  cache: "/var/cache/rampart-backup",
} as const;

/** The account, of system and database, that writes the canary and may do nothing else. */
export const canaryAccount = "rampart-canary";
/** Seconds between two rows of the canary. */
export const canarySeconds = 5;
/** Seconds between two shipments of binary logs. */
export const shipSeconds = 30;
