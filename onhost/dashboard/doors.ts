import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

// What every answer has, and what is given without asking anybody.

/** Nothing from elsewhere, no script or style but ours, no frame around us (W3C Content Security Policy Level 3). */
const policy = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'", "manifest-src 'self'"],
  ...["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"],
].join("; ");

const everywhere: Readonly<Record<string, string>> = {
  "Content-Security-Policy": policy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
};

export interface Asset {
  readonly type: string;
  readonly tag: string;
  readonly plain: Buffer;
  readonly packed: Buffer;
}

/** A file of the page, packed once. */
export function asset(type: string, text: string): Asset {
  const plain = Buffer.from(text);
  const tag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
  return { type, tag, plain, packed: gzipSync(plain, { level: 9 }) };
}

/** Asked for again after each start of the page, and seldom sent again. */
export function sendAsset(request: IncomingMessage, response: ServerResponse, one: Asset): void {
  const head = { ...everywhere, "Cache-Control": "no-cache", ETag: one.tag, Vary: "Accept-Encoding" };
  if (request.headers["if-none-match"] === one.tag) {
    response.writeHead(304, head).end();
    return;
  }
  const packs = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const body = packs ? one.packed : one.plain;
  const packing = packs ? { "Content-Encoding": "gzip" } : {};
  response.writeHead(200, { ...head, ...packing, "Content-Type": one.type, "Content-Length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
}

export function sendJson(request: IncomingMessage, response: ServerResponse, status: number, value: unknown): void {
  const text = Buffer.from(`${JSON.stringify(value)}\n`);
  // A chart is some tens of kilobytes, over a tunnel.
  const packs = text.length > 1400 && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const body = packs ? gzipSync(text, { level: 1 }) : text;
  response.writeHead(status, {
    ...everywhere,
    ...(packs ? { "Content-Encoding": "gzip" } : {}),
    ...{ "Content-Type": "application/json; charset=utf-8", "Content-Length": body.length },
    ...{ "Cache-Control": "no-store", Vary: "Accept-Encoding" },
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** A page of another origin that has its name lead here (DNS rebinding) is not answered. */
export function isOwnName(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(host ?? "");
}
