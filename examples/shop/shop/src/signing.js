import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Who is logged in. Lives in a signed cookie, so every instance knows it without asking anybody.
 *
 * @typedef {{ user: number, name: string, until: number, test?: boolean }} Session `until` in ms since 1970
 */

/** How long a log-in holds (ms). */
export const SESSION_LENGTH = 12 * 3600 * 1000;

/** @param {string} secret @param {Session} session */
export function sealed(secret, session) {
  const body = Buffer.from(JSON.stringify(session)).toString("base64url");
  return `${body}.${signature(secret, "session", body)}`;
}

/**
 * @param {string} secret
 * @param {string | undefined} cookie
 * @param {number} now
 * @returns {Session | undefined} nothing when it was tampered with or is over
 */
export function unsealed(secret, cookie, now) {
  const [body, sign] = (cookie ?? "").split(".");
  if (!body || !sign || !same(sign, signature(secret, "session", body))) return undefined;
  const session = JSON.parse(Buffer.from(body, "base64url").toString());
  return session.until > now ? session : undefined;
}

/** A name for a visitor's browser, for the form token only. */
export function newVisitor() {
  return randomBytes(18).toString("base64url");
}

/**
 * The token every form carries: only this browser's forms have it.
 *
 * @param {string} secret
 * @param {string} visitor
 */
export function formToken(secret, visitor) {
  return signature(secret, "form", visitor);
}

/** Compares without telling by the clock how much was right. @param {string} a @param {string} b */
export function same(a, b) {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** @param {string} secret @param {string} purpose @param {string} text */
function signature(secret, purpose, text) {
  return createHmac("sha256", secret).update(`${purpose}:${text}`).digest("base64url");
}
