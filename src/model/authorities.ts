import { alertTrust } from "./alerts.ts";
import { backupTrust } from "./backup.ts";
import { exportSecrets } from "./export.ts";

const authorities: ReadonlySet<string> = new Set([
  ...[alertTrust, backupTrust],
  ...[exportSecrets.metricsTrust, exportSecrets.logsTrust],
]);

/** True for certificates of authorities: they come from files of the operator's as passwords do, and are no secrets. */
export function isAuthority(name: string): boolean {
  return authorities.has(name);
}
