import { formFrom } from "./http.js";
import { log } from "./log.js";
import { countAnswer } from "./metrics.js";
import { Refusal } from "./refusal.js";
import { isPassing } from "./retry.js";
import { routeFor } from "./routes.js";
import { problemPage } from "./views/problem.js";
import { tokenIsRight, visitFrom } from "./visit.js";

const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
};

/**
 * Answers one request, counts it, and never throws.
 *
 * @param {import("./visit.js").Shop} shop
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
export async function answer(shop, request, response) {
  const started = process.hrtime.bigint();
  shop.metrics.running += 1;
  const { reply, route, cookies } = await replyTo(shop, request);
  shop.metrics.running -= 1;
  response.writeHead(reply.status, {
    ...HEADERS,
    "Cache-Control": "private, no-store",
    "Content-Type": reply.type,
    "Content-Length": Buffer.byteLength(reply.body),
    ...(cookies.length > 0 ? { "Set-Cookie": cookies } : {}),
    ...(shop.draining ? { Connection: "close" } : {}),
    ...reply.headers,
  });
  response.end(request.method === "HEAD" ? undefined : reply.body);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  countAnswer(shop.metrics, { method: methodLabel(request.method), route, status: reply.status, seconds });
}

/**
 * @param {import("./visit.js").Shop} shop
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<{ reply: import("./http.js").Reply, route: string, cookies: string[] }>}
 */
async function replyTo(shop, request) {
  const url = urlOf(request);
  const visit = visitFrom(shop, request, url ?? new URL("http://shop/"));
  const { route, handler, params } = routeFor(methodLabel(request.method), visit.path);
  try {
    if (!url) throw new Refusal(400, "This address cannot be read.");
    if (!handler)
      throw new Refusal(
        route === "none" ? 404 : 405,
        route === "none" ? "There is nothing at this address." : "This address does not do that.",
      );
    visit.params = params;
    if (visit.method === "POST") {
      visit.form = await formFrom(request);
      if (!tokenIsRight(visit))
        throw new Refusal(403, "This form is too old. Please go back, load the page again and send it once more.");
    }
    return { reply: await handler(visit, request), route, cookies: visit.setCookies };
  } catch (error) {
    visit.setCookies = [];
    const reply = problem(visit, request, error);
    return { reply, route, cookies: visit.setCookies };
  }
}

/** @param {import("./visit.js").Visit} visit @param {import("node:http").IncomingMessage} request @param {unknown} error */
function problem(visit, request, error) {
  if (error instanceof Refusal) return problemPage(visit, error.status, error.message);
  const id = String(request.headers["x-request-id"] ?? "");
  log("error", { request: id, path: visit.path, error: String(error), stack: /** @type {any} */ (error)?.stack });
  if (!isPassing(error))
    return problemPage(visit, 500, "Something went wrong on our side. We have written it down.", id);
  const reply = problemPage(
    visit,
    503,
    "Our stockroom does not answer at the moment. Please try again in a few seconds: nothing is lost.",
    id,
  );
  return { ...reply, headers: { ...reply.headers, "Retry-After": "5" } };
}

/** @param {import("node:http").IncomingMessage} request */
function urlOf(request) {
  try {
    return new URL(request.url ?? "/", "http://shop");
  } catch {
    return undefined;
  }
}

/** Few values, so that nobody can fill our memory by inventing methods. @param {string | undefined} method */
function methodLabel(method) {
  return method === "HEAD" ? "GET" : method === "GET" || method === "POST" ? method : "other";
}
