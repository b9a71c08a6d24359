import { randomBytes, webcrypto } from "node:crypto";
import { type Secret, secret } from "../model/secret.ts";

type X509 = typeof import("./library.ts").library;
type KeyPair = webcrypto.CryptoKeyPair;

/** One kind of key everywhere: quick to make and to check, and known to all programs of a site. */
export const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

let loaded: Promise<X509> | undefined;

/** The library, loaded when the first certificate is made: it costs 60 ms, which most commands need not pay. */
export function x509(): Promise<X509> {
  loaded ??= import("./library.ts").then(({ library }) => library);
  return loaded;
}

export function newKeys(): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** The private key as PKCS#8 PEM, which haproxy, nginx, mariadb and Go's programs all read. */
export async function keyPem(keys: KeyPair): Promise<Secret> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return secret(["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n"));
}

/** 16 random bytes as hex, positive and of full length (RFC 5280 §4.1.2.2): first bit 0, second bit 1. */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

/** Certificates count whole seconds. */
export function daysAfter(now: Date, days: number): Date {
  return new Date(Math.floor(now.getTime() / 1000) * 1000 + days * 86_400_000);
}

/** Five minutes back, so that a host whose clock is a little behind accepts a new certificate at once. */
export function issuableFrom(now: Date): Date {
  return new Date(Math.floor(now.getTime() / 1000) * 1000 - 300_000);
}
