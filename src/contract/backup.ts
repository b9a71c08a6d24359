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
