import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Problem } from "../base/problem.ts";
import { listed } from "../base/text.ts";
import { givenOf } from "../model/certificate.ts";
import type { Site } from "../model/site.ts";
import { visitorNames } from "../model/site-names.ts";

/** Days before its end from which a certificate of the user's is not brought to hosts any more. */
const soonDays = 7;

/** The PEM text of a file of the user's. */
export function pemFile(folder: string, file: string): string {
  return readFileSync(resolve(folder, file), "utf8").trim();
}

/**
 * What is wrong with the certificate that the site file names: not PEM, an encrypted key, a key of another certificate, names
 * that it does not cover. Its dates are not judged here: an end in the night must not keep anyone from looking at the site.
 */
export function certificateProblems(site: Site, folder: string): readonly Problem[] {
  const given = givenOf(site);
  const trust =
    site.tls.trust === undefined ? [] : problemsOf("tls.trust", () => certificateIn(folder, site.tls.trust ?? ""));
  if (given === undefined) return trust;
  const certificate = attempt(() => certificateIn(folder, given.certificate));
  const key = attempt(() => createPrivateKey(pemFile(folder, given.key)));
  return [
    ...(certificate === undefined ? [notPem("tls.certificate.certificate", given.certificate, "certificate")] : []),
    ...(key === undefined ? [noKey(folder, given.key)] : []),
    ...(certificate && key && !certificate.checkPrivateKey(key) ? [otherKey(given.key, given.certificate)] : []),
    ...(certificate ? uncovered(certificate, site) : []),
    ...trust,
  ];
}

/** What is wrong with its dates: for runs that would bring it to the hosts. */
export function certificateDateProblems(site: Site, folder: string, now: Date): readonly Problem[] {
  const given = givenOf(site);
  const certificate = given && attempt(() => certificateIn(folder, given.certificate));
  if (given === undefined || certificate === undefined) return [];
  const path = "tls.certificate.certificate";
  const begins = new Date(certificate.validFrom);
  const days = (new Date(certificate.validTo).getTime() - now.getTime()) / 86_400_000;
  const remedy = `Put a newer one in place of ${given.certificate} and ${given.key}.`;
  if (begins > now)
    return [{ path, reason: `${given.certificate} is not valid before ${certificate.validFrom}.`, remedy }];
  if (days <= 0)
    return [
      { path, reason: `${given.certificate} ended on ${certificate.validTo}: every browser refuses it.`, remedy },
    ];
  if (days >= soonDays) return [];
  return [{ path, reason: `${given.certificate} ends in ${Math.floor(days)} days (${certificate.validTo}).`, remedy }];
}

function certificateIn(folder: string, file: string): X509Certificate {
  return new X509Certificate(pemFile(folder, file));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function problemsOf(path: string, work: () => unknown): readonly Problem[] {
  return attempt(() => ({ done: work() })) === undefined ? [notPem(path, "", "certificate")] : [];
}

function notPem(path: string, file: string, what: string): Problem {
  const remedy = "It begins with a line -----BEGIN …-----. Convert it with openssl, or name the right file.";
  return { path, reason: `${file === "" ? "the file" : `"${file}"`} holds no ${what} in PEM form.`, remedy };
}

function noKey(folder: string, file: string): Problem {
  const path = "tls.certificate.key";
  if (!/ENCRYPTED/.test(attempt(() => pemFile(folder, file)) ?? "")) return notPem(path, file, "private key");
  const reason = `"${file}" is encrypted, and nobody types its passphrase when a balancer starts.`;
  return {
    path,
    reason,
    remedy: `Decrypt it: openssl pkey -in ${file} -out NEW; then name NEW, and keep it to yourself.`,
  };
}

function otherKey(key: string, certificate: string): Problem {
  const reason = `"${key}" is not the key of "${certificate}": HAProxy would refuse the pair.`;
  return { path: "tls.certificate.key", reason, remedy: "Name the key that the certificate was requested with." };
}

function uncovered(certificate: X509Certificate, site: Site): readonly Problem[] {
  const missing = visitorNames(site).filter((name) => certificate.checkHost(name) === undefined);
  if (missing.length === 0) return [];
  const names = certificate.subjectAltName?.replaceAll("DNS:", "") ?? "nothing";
  const reason = `it is not for ${listed(missing)}, under which the site answers, but for ${names}.`;
  return [
    { path: "tls.certificate.certificate", reason, remedy: "Get one that covers every name, or take the name out." },
  ];
}
