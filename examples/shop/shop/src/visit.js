import { cartCookie, cartFrom } from "./cart.js";
import { html } from "./html.js";
import { cookie, cookiesFrom } from "./http.js";
import { formToken, newVisitor, SESSION_LENGTH, same, sealed, unsealed } from "./signing.js";

/**
 * One request and what belongs to it. `setCookies` collects what the answer will set.
 *
 * @typedef {{ settings: import("./settings.js").Settings, database: import("./database.js").Database,
 *   metrics: import("./metrics.js").Metrics, draining: boolean, checked: number }} Shop
 * @typedef {{ shop: Shop, method: string, url: URL, path: string, params: Record<string, string>, form: URLSearchParams,
 *   cookies: Record<string, string>, session: import("./signing.js").Session | undefined,
 *   cart: import("./cart.js").CartLine[], setCookies: string[] }} Visit
 */

// The prefix makes browsers refuse these cookies unless they came from this very host over HTTPS.
const SESSION = "__Host-session";
const VISITOR = "__Host-visitor";
const CART = "__Host-cart";
const MONTH = 30 * 86_400;

/**
 * @param {Shop} shop
 * @param {import("node:http").IncomingMessage} request
 * @param {URL} url
 * @returns {Visit}
 */
export function visitFrom(shop, request, url) {
  const cookies = cookiesFrom(request.headers.cookie);
  return {
    shop,
    method: request.method ?? "GET",
    url,
    path: url.pathname,
    params: {},
    form: new URLSearchParams(),
    cookies,
    session: unsealed(shop.settings.sessionSecret, cookies[SESSION], Date.now()),
    cart: cartFrom(cookies[CART]),
    setCookies: [],
  };
}

/** @param {Visit} visit @param {import("./accounts.js").Account} account */
export function startSession(visit, account) {
  const { id: user, name, test } = account;
  const session = { user, name, until: Date.now() + SESSION_LENGTH, ...(test ? { test } : {}) };
  visit.session = session;
  visit.setCookies.push(cookie(SESSION, sealed(visit.shop.settings.sessionSecret, session), SESSION_LENGTH / 1000));
  visit.setCookies.push(cookie(VISITOR, newVisitor(), MONTH));
}

/** @param {Visit} visit */
export function endSession(visit) {
  visit.session = undefined;
  visit.setCookies.push(cookie(SESSION, "", 0), cookie(VISITOR, "", 0), cookie(CART, "", 0));
}

/** @param {Visit} visit @param {import("./cart.js").CartLine[]} cart */
export function keepCart(visit, cart) {
  visit.cart = cart;
  visit.setCookies.push(cookie(CART, cartCookie(cart), MONTH));
}

/** The hidden field every form of ours carries. @param {Visit} visit */
export function tokenField(visit) {
  if (!/^[\w-]{24}$/.test(visit.cookies[VISITOR] ?? "")) {
    visit.cookies[VISITOR] = newVisitor();
    visit.setCookies.push(cookie(VISITOR, visit.cookies[VISITOR], MONTH));
  }
  const token = formToken(visit.shop.settings.sessionSecret, visit.cookies[VISITOR]);
  return html`<input type="hidden" name="token" value="${token}">`;
}

/** Whether the form came from one of our pages in this browser. @param {Visit} visit */
export function tokenIsRight(visit) {
  const visitor = visit.cookies[VISITOR];
  return Boolean(visitor) && same(visit.form.get("token") ?? "", formToken(visit.shop.settings.sessionSecret, visitor));
}
