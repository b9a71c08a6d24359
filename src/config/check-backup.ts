import type { Problem } from "../base/problem.ts";
import { type StorePlace, storePlace } from "../model/backup.ts";
import { authorityFile } from "./check-monitor-alerts.ts";
import { defaults } from "./defaults.ts";
import type { Facts } from "./facts.ts";
import type { SiteDraft } from "./shape.ts";

type Files = Pick<Facts, "fileExists" | "fileText" | "siteFile">;
type StoreKind = StorePlace["kind"] | "none";

/** Problems with the store of backups and what it asks for. */
export function backupProblems(
  draft: SiteDraft,
  facts: Files,
  isBroken: (path: string) => boolean,
): readonly Problem[] {
  const backup = draft.database?.backup;
  if (backup === undefined || ["store", "credentials", "trust"].some((key) => isBroken(`database.backup.${key}`)))
    return [];
  const store = backup.store ?? defaults.backup.store;
  const place = store === "none" ? { kind: "none" as const } : storePlace(store);
  if (place === undefined) {
    const reason = `${JSON.stringify(store)} is no store of backups.`;
    const remedy =
      'Write "monitor", a folder such as "/mnt/backups", "sftp://user@host/folder", "s3:https://host/bucket", or "none".';
    return [{ path: "database.backup.store", reason, remedy }];
  }
  return [
    ...credentialProblems(store, place.kind, backup.credentials, facts),
    ...trustProblems(store, place.kind, backup.trust, facts),
  ];
}

function credentialProblems(
  store: string,
  kind: StoreKind,
  credentials: string | undefined,
  facts: Files,
): readonly Problem[] {
  const path = "database.backup.credentials";
  const asks = kind === "sftp" ? "an SSH key" : kind === "s3" ? "an access key" : undefined;
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

function trustProblems(store: string, kind: StoreKind, trust: string | undefined, facts: Files): readonly Problem[] {
  const path = "database.backup.trust";
  if (trust === undefined) return [];
  if (kind === "s3") return authorityFile(path, trust, facts);
  const reason = `the store "${store}" is not one by S3, and shows no certificate that others vouch for.`;
  return [{ path, reason, remedy: "Take the key out." }];
}
