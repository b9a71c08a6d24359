import { Refusal } from "./refusal.js";

/**
 * What a handler answers with.
 *
 * @typedef {{ status: number, type: string, body: string, headers?: Record<string, string> }} Reply
 */

const LARGEST_FORM = 16 * 1024;

/** @param {unknown} value @param {number} [status] @returns {Reply} */
export function json(value, status = 200) {
  return { status, type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` };
}

/** After a form: look there now. @param {string} location @returns {Reply} */
export function seeOther(location) {
  return { status: 303, type: "text/plain; charset=utf-8", body: `See ${location}\n`, headers: { Location: location } };
}

/**
 * A path of our own to go to after logging in, whatever the address bar said.
 *
 * @param {string | null} path
 */
export function ownPath(path) {
  return path && /^\/(?![/\\])[\w\-./?=&%]*$/.test(path) ? path : "/";
}

/** @param {string | undefined} header @returns {Record<string, string>} */
export function cookiesFrom(header) {
  const pairs = (header ?? "").split(";").map((part) => part.trim().split("="));
  return Object.fromEntries(
    pairs.filter(([name, ...rest]) => name && rest.length > 0).map(([name, ...rest]) => [name, rest.join("=")]),
  );
}

/**
 * Every cookie is for HTTPS only, for this host only, and out of reach of scripts.
 *
 * @param {string} name
 * @param {string} value empty takes the cookie away
 * @param {number} seconds how long it lives
 */
export function cookie(name, value, seconds) {
  return `${name}=${value}; Path=/; Max-Age=${value ? seconds : 0}; HttpOnly; Secure; SameSite=Lax`;
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<URLSearchParams>}
 * @throws {Refusal} when it is not a form, or too large
 */
export async function formFrom(request) {
  if (!request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    throw new Refusal(415, "This address takes a form.");
  }
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_FORM) throw new Refusal(413, "That is too much for one form.");
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
