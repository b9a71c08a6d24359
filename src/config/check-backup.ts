import type { Problem } from "../base/problem.ts";
import { storePlace } from "../model/backup.ts";
import { defaults } from "./defaults.ts";
import type { Facts } from "./facts.ts";
import type { SiteDraft } from "./shape.ts";

/** Problems with the store of backups and what it asks for. */
export function backupProblems(
  draft: SiteDraft,
  facts: Pick<Facts, "fileExists" | "siteFile">,
  isBroken: (path: string) => boolean,
): readonly Problem[] {
  const backup = draft.database?.backup;
  if (backup === undefined || isBroken("database.backup.store") || isBroken("database.backup.credentials")) return [];
  const store = backup.store ?? defaults.backup.store;
  const place = store === "none" ? { kind: "none" as const } : storePlace(store);
  if (place === undefined) {
    const reason = `${JSON.stringify(store)} is no store of backups.`;
    const remedy =
      'Write "monitor", a folder such as "/mnt/backups", "sftp://user@host/folder", "s3:https://host/bucket", or "none".';
    return [{ path: "database.backup.store", reason, remedy }];
  }
  const { credentials } = backup;
  const path = "database.backup.credentials";
  const asks = place.kind === "sftp" ? "an SSH key" : place.kind === "s3" ? "an access key" : undefined;
  if (asks === undefined) {
    if (credentials === undefined) return [];
    return [{ path, reason: `the store "${store}" asks for nothing.`, remedy: "Take the key out." }];
  }
  if (credentials === undefined) {
    const reason = `the store ${store} asks for ${asks}.`;
    return [{ path, reason, remedy: 'Name the file that holds it: credentials: "./backup.key"' }];
  }
  if (facts.fileExists(credentials)) return [];
  const reason = `there is no file "${credentials}" beside ${facts.siteFile}.`;
  return [{ path, reason, remedy: "Create it, or correct the path." }];
}
