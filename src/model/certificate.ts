import { secretReference } from "./secret.ts";
import type { AcmeCertificate, GivenCertificate, Site } from "./site.ts";

/** How the site gets its certificate by ACME; undefined when it does not. */
export function acmeOf({ tls }: Site): AcmeCertificate | undefined {
  return tls.certificate !== "own" && tls.certificate.kind === "acme" ? tls.certificate : undefined;
}

/** The user's own certificate and key; undefined when there are none. */
export function givenOf({ tls }: Site): GivenCertificate | undefined {
  return tls.certificate !== "own" && tls.certificate.kind === "files" ? tls.certificate : undefined;
}

/** The tier whose hosts open visitors' TLS, and so have the certificate that visitors see and its key. */
export function openingTier({ tls }: Site): "balancer" | "web" {
  return tls.terminate;
}

/** The name of the issuer in its certificate, by which those who ask it know it. */
export function issuerName(site: Site): string {
  return `issuer.${site.name}.internal`;
}

/** No service can be called "public", so no secret of a service has such a name. */
const givenSecrets = { certificate: "public.certificate", key: "public.key" } as const;

/** The part of the user's certificate of which a secret's name speaks; undefined when it is another secret. */
export function givenPart(secret: string): "certificate" | "key" | undefined {
  if (secret === givenSecrets.certificate) return "certificate";
  return secret === givenSecrets.key ? "key" : undefined;
}

/** Where the user's own certificate or its key belongs in a file. */
export function givenReference(part: "certificate" | "key"): string {
  return secretReference(givenSecrets[part]);
}
