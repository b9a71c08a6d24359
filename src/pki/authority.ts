import { webcrypto } from "node:crypto";
import type { Secret } from "../model/secret.ts";
import { algorithm, daysAfter, issuableFrom, keyPem, newKeys, newSerial, x509 } from "./x509.ts";

/** The site's own CA: every certificate inside the site is signed by it, and every host trusts it and no other. */
export interface Authority {
  readonly certificatePem: string;
  /** PKCS#8 PEM. */
  readonly keyPem: Secret;
}

const validDays = 3652;

/**
 * A new CA, valid for 10 years: ECDSA P-256, named "<site> Rampart CA". It may sign certificates and revocation lists, but no
 * further CA (path length 0), so that a certificate of a host can never be used to issue another.
 */
export async function createAuthority(siteName: string, now: Date): Promise<Authority> {
  const [lib, keys] = await Promise.all([x509(), newKeys()]);
  const certificate = await lib.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(),
      name: [{ CN: [`${siteName} Rampart CA`] }],
      notBefore: issuableFrom(now),
      notAfter: daysAfter(now, validDays),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new lib.BasicConstraintsExtension(true, 0, true),
        new lib.KeyUsagesExtension(lib.KeyUsageFlags.keyCertSign | lib.KeyUsageFlags.cRLSign, true),
        await lib.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificatePem: `${certificate.toString("pem")}\n`, keyPem: await keyPem(keys) };
}
