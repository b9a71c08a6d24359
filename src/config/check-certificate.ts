import type { Problem } from "../base/problem.ts";
import type { Facts } from "./facts.ts";
import type { SiteDraft } from "./shape.ts";

/** Problems with the keys of `tls` that belong together, and with the files that they name. */
export function certificateProblems(
  { tls }: SiteDraft,
  facts: Facts,
  isBroken: (path: string) => boolean,
): readonly Problem[] {
  const { certificate } = tls ?? {};
  const files = typeof certificate === "object" ? certificate : {};
  return [
    ...(isBroken("tls") ? [] : acmeProblems(tls)),
    ...fileProblem("tls.certificate.certificate", files.certificate, facts),
    ...fileProblem("tls.certificate.key", files.key, facts),
    ...fileProblem("tls.trust", tls?.trust, facts),
  ];
}

function acmeProblems(tls: SiteDraft["tls"]): readonly Problem[] {
  if (tls?.certificate === "acme" && tls.email === undefined) {
    const reason = "is missing: the authority writes there when a certificate is about to end or was revoked.";
    return [{ path: "tls.email", reason, remedy: 'Add for example  email: "ops@shop.example"' }];
  }
  if (tls === undefined || tls.certificate === "acme") return [];
  return (["email", "directory"] as const)
    .filter((key) => tls[key] !== undefined)
    .map((key) => ({
      path: `tls.${key}`,
      reason: 'belongs to certificate: "acme", and the site has another one.',
      remedy: `Take ${key} out, or write certificate: "acme".`,
    }));
}

function fileProblem(path: string, file: string | undefined, facts: Facts): readonly Problem[] {
  if (file === undefined || facts.fileExists(file)) return [];
  const reason = facts.folderExists(file)
    ? `"${file}" is a folder; a file is needed.`
    : `there is no file "${file}" beside ${facts.siteFile}.`;
  return [{ path, reason, remedy: "Put it there, or correct the path." }];
}
