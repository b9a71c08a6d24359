import type { Site, SiteBackup } from "./site.ts";

/** The password of the repositories, made by the site. */
export const backupPassword = "database.backup";
/** What the operator's own store asks for, from the file that the site names. No variable of a service can be called so. */
export const backupCredentials = "database.backup-credentials";
/** PEM of the CAs that vouch for the operator's own store, from the file that the site names. */
export const backupTrust = "database.backup-trust";

/** True for what comes from files of the operator's and is never made by the site. */
export function isBackupFile(name: string): boolean {
  return name === backupCredentials || name === backupTrust;
}

/** How the database is backed up; undefined when it is not, or there is none. */
export function backupOf({ database }: Site): SiteBackup | undefined {
  return database === undefined || database.backup.store === "none" ? undefined : database.backup;
}

/** The name by which the site's own store is known in its certificate. */
export function storeName(site: Pick<Site, "name">): string {
  return `backups.${site.name}.internal`;
}

export const storePort = 8409;

/** A store, taken apart. */
export type StorePlace =
  | { readonly kind: "monitor" }
  /** A folder of every database host, such as a network share. */
  | { readonly kind: "folder"; readonly folder: string }
  | { readonly kind: "sftp"; readonly host: string; readonly port: number }
  | { readonly kind: "s3"; readonly host: string; readonly port: number };

/** "monitor", "/mnt/backups", "sftp://user@host:22/folder" or "s3:https://host/bucket/folder"; undefined when it is none. */
export function storePlace(store: string): StorePlace | undefined {
  if (store === "monitor") return { kind: "monitor" };
  if (/^\/[A-Za-z0-9._/-]*[A-Za-z0-9]$/.test(store)) return { kind: "folder", folder: store };
  const sftp = /^sftp:\/\/[a-z_][a-z0-9_.-]*@([A-Za-z0-9.-]+)(?::(\d{1,5}))?\/[A-Za-z0-9._/-]+$/.exec(store);
  if (sftp) return { kind: "sftp", host: sftp[1] ?? "", port: Number(sftp[2] ?? 22) };
  const s3 = /^s3:https:\/\/([A-Za-z0-9.-]+)(?::(\d{1,5}))?\/[a-z0-9.-]+(?:\/[A-Za-z0-9._/-]+)?$/.exec(store);
  if (s3) return { kind: "s3", host: s3[1] ?? "", port: Number(s3[2] ?? 443) };
  return undefined;
}
