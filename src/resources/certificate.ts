import { shellQuote } from "../base/text.ts";
import type { Seen } from "../model/plan.ts";
import { type CertificateResource, resourceId } from "../model/resource.ts";
import { issuerReference } from "../model/secret.ts";
import { type DiffWorld, type Kind, ownershipDifference, parsePaths } from "./kind.ts";

/** Leaves live 90 days (Mozilla's guideline) and are renewed by any apply in their last 30. */
export const certificateDays = 90;
export const renewBeforeDays = 30;
const renewBeforeSeconds = renewBeforeDays * 86_400;

/** Beside the certificate: what was asked for, the digests of what was put, and its end. Any change by hand shows. */
export function certificateRecordFile(certificateFile: string): string {
  return `/var/lib/rampart/certificates/${certificateFile.slice(1).replaceAll("/", "-")}`;
}

/** What a certificate was issued for, so that a changed wish (or a new CA) is seen. Of the CA that issues, not of those trusted. */
export function certificateWish(wanted: CertificateResource, world: Pick<DiffWorld, "digest" | "resolve">): string {
  const { commonName, dnsNames, ipAddresses, usages } = wanted;
  return world.digest(JSON.stringify([commonName, dnsNames, ipAddresses, usages, world.resolve(issuerReference)]));
}

/** The record's single line. */
export function certificateRecord(record: {
  readonly wish: string;
  readonly certificateDigest: string;
  readonly keyDigest: string;
  /** Seconds since 1970. */
  readonly notAfter: number;
}): string {
  return `${record.wish} ${record.certificateDigest} ${record.keyDigest} ${record.notAfter}\n`;
}

export function keyMode(wanted: CertificateResource): string {
  return wanted.group === "root" ? "0600" : "0640";
}

export const certificateKind: Kind<CertificateResource> = {
  kind: "certificate",
  paths: (wanted) => wanted.flatMap((one) => [one.certificateFile, one.keyFile]),
  probe(wanted) {
    const records = wanted.map((one) => shellQuote(certificateRecordFile(one.certificateFile))).join(" ");
    return `grep -H . -- ${records} 2>/dev/null`;
  },
  parse(output, wanted) {
    const facts = parsePaths(output);
    const seen = new Map<string, Seen>();
    for (const one of wanted) {
      const certificate = facts.get(one.certificateFile);
      const key = facts.get(one.keyFile);
      if (!certificate || !key) continue;
      const prefix = `${certificateRecordFile(one.certificateFile)}:`;
      const record =
        output
          .find((line) => line.startsWith(prefix))
          ?.slice(prefix.length)
          .split(" ") ?? [];
      const [wish = "", certificateDigest = "", keyDigest = "", notAfter = "0"] = record;
      const genuine = certificateDigest === certificate.digest && keyDigest === key.digest;
      const { mode, owner, group } = key;
      seen.set(resourceId(one), { wish, genuine: String(genuine), notAfter, mode, owner, group });
    }
    return seen;
  },
  diff(wanted, seen, world) {
    if (!seen) return { verb: "create", reason: "not issued yet", effect: "none" };
    // Whoever it was kept for has come: from now on it is theirs.
    if (seen.genuine !== "true" && wanted.placeholder) return undefined;
    if (world.renew?.has(resourceId(wanted))) return { verb: "update", reason: "to be renewed now", effect: "none" };
    if (seen.genuine !== "true") return { verb: "update", reason: "is not the one that was issued", effect: "none" };
    if (seen.wish !== certificateWish(wanted, world)) {
      return { verb: "update", reason: "issued for other names, uses or by another CA", effect: "none" };
    }
    const left = Number(seen.notAfter) - world.now;
    if (left < renewBeforeSeconds) {
      return { verb: "update", reason: `ends in ${Math.max(0, Math.floor(left / 86_400))} days`, effect: "none" };
    }
    const difference = ownershipDifference({ mode: keyMode(wanted), owner: "root", group: wanted.group }, seen);
    return difference ? { verb: "update", reason: difference, effect: "none" } : undefined;
  },
  steps: (wanted) => [{ kind: "sign", certificate: wanted }],
  removal: (file) => [
    {
      kind: "run",
      script: `rm -f -- ${shellQuote(file)} ${shellQuote(file.replace(/\.crt$/, ".key"))} ${shellQuote(certificateRecordFile(file))}`,
    },
  ],
};
