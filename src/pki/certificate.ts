import { createPrivateKey, webcrypto } from "node:crypto";
import type { Secret } from "../model/secret.ts";
import type { Authority } from "./authority.ts";
import { algorithm, daysAfter, issuableFrom, keyPem, newKeys, newSerial, x509 } from "./x509.ts";

export interface CertificateRequest {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** What the holder may be in a TLS handshake. */
  readonly usages: readonly ("server" | "client")[];
  /** Days of validity from now; cut to the end of the CA's own. */
  readonly days: number;
}

export interface IssuedCertificate {
  /** PKCS#8 PEM. */
  readonly keyPem: Secret;
  readonly certificatePem: string;
  /** 32 hex digits. */
  readonly serial: string;
  readonly notAfter: Date;
}

/** A new key and a certificate for it, signed by the site's CA. Calls may run side by side: the work is in the thread pool. */
export async function issueCertificate(
  authority: Authority,
  request: CertificateRequest,
  now: Date,
): Promise<IssuedCertificate> {
  const [lib, issuer, keys] = await Promise.all([x509(), issuerOf(authority), newKeys()]);
  const serial = newSerial();
  const notAfter = new Date(Math.min(daysAfter(now, request.days).getTime(), issuer.notAfter.getTime()));
  const certificate = await lib.X509CertificateGenerator.create(
    {
      serialNumber: serial,
      subject: [{ CN: [request.commonName] }],
      issuer: issuer.name,
      notBefore: issuableFrom(now),
      notAfter,
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: issuer.key,
      extensions: [
        ...issuer.extensions,
        new lib.ExtendedKeyUsageExtension(request.usages.map((usage) => purposes[usage])),
        ...alternativeNames(lib, request),
        await lib.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { keyPem: await keyPem(keys), certificatePem: `${certificate.toString("pem")}\n`, serial, notAfter };
}

/** RFC 5280 §4.2.1.12: id-kp-serverAuth and id-kp-clientAuth. */
const purposes = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" } as const;

function alternativeNames(lib: Awaited<ReturnType<typeof x509>>, request: CertificateRequest) {
  const names = [
    ...request.dnsNames.map((value) => ({ type: "dns", value }) as const),
    ...request.ipAddresses.map((value) => ({ type: "ip", value }) as const),
  ];
  return names.length > 0 ? [new lib.SubjectAlternativeNameExtension(names)] : [];
}

interface Issuer {
  readonly name: import("@peculiar/x509").Name;
  readonly key: webcrypto.CryptoKey;
  /** What all its certificates have in common: encoded once. */
  readonly extensions: readonly import("@peculiar/x509").Extension[];
  readonly notAfter: Date;
}

/** The CA's key is read once for all certificates of a run. */
const issuers = new WeakMap<Authority, Promise<Issuer>>();

function issuerOf(authority: Authority): Promise<Issuer> {
  const known = issuers.get(authority);
  if (known !== undefined) return known;
  const read = readIssuer(authority);
  issuers.set(authority, read);
  return read;
}

async function readIssuer(authority: Authority): Promise<Issuer> {
  const lib = await x509();
  const certificate = new lib.X509Certificate(authority.certificatePem);
  const der = createPrivateKey(authority.keyPem.reveal()).export({ type: "pkcs8", format: "der" });
  const key = await webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  const keyId = certificate.getExtension(lib.SubjectKeyIdentifierExtension)?.keyId;
  if (keyId === undefined) throw new Error("the CA certificate has no subject key identifier");
  const extensions = [
    new lib.BasicConstraintsExtension(false, undefined, true),
    new lib.KeyUsagesExtension(lib.KeyUsageFlags.digitalSignature, true),
    new lib.AuthorityKeyIdentifierExtension(keyId),
  ];
  return { name: certificate.subjectName, key, extensions, notAfter: certificate.notAfter };
}
