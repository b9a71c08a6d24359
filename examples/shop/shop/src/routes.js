import { logInForm, logInPosted, logOutPosted, registerForm, registerPosted } from "./handlers/account.js";
import { homePage, productPage, searchPage } from "./handlers/browsing.js";
import { addPosted, cartPage, checkoutPosted, updatePosted } from "./handlers/buying.js";
import { health, metrics, pictureFile, productsJson, searchJson } from "./handlers/machine.js";
import { orderJson, orderPage, ordersPage } from "./handlers/orders.js";

/**
 * @typedef {(visit: import("./visit.js").Visit, request: import("node:http").IncomingMessage) =>
 *   import("./http.js").Reply | Promise<import("./http.js").Reply>} Handler
 */

/** Everything the shop answers. `:id` is a number. @type {[method: string, path: string, handler: Handler][]} */
const ROUTES = [
  ["GET", "/", homePage],
  ["GET", "/search", searchPage],
  ["GET", "/product/:id", productPage],
  ["GET", "/picture/:id.svg", pictureFile],
  ["GET", "/cart", cartPage],
  ["POST", "/cart/add", addPosted],
  ["POST", "/cart/update", updatePosted],
  ["POST", "/checkout", checkoutPosted],
  ["GET", "/login", logInForm],
  ["POST", "/login", logInPosted],
  ["GET", "/register", registerForm],
  ["POST", "/register", registerPosted],
  ["POST", "/logout", logOutPosted],
  ["GET", "/orders", ordersPage],
  ["GET", "/orders/:id", orderPage],
  ["GET", "/api/search", searchJson],
  ["GET", "/api/products", productsJson],
  ["GET", "/api/orders/:id", orderJson],
  ["GET", "/healthz", health],
  ["GET", "/metrics", metrics],
];

const COMPILED = ROUTES.map(([method, route, handler]) => ({
  method,
  route,
  handler,
  pattern: new RegExp(`^${route.replace(".", "\\.").replace(":id", "(?<id>[1-9]\\d{0,14})")}$`),
}));

/**
 * @param {string} method
 * @param {string} path
 * @returns {{ route: string, handler: Handler | undefined, params: Record<string, string> }} route "none" when no
 *   path fits; no handler when the path knows no such method
 */
export function routeFor(method, path) {
  const fitting = COMPILED.filter((one) => one.pattern.test(path));
  const found = fitting.find((one) => one.method === method);
  const params = found?.pattern.exec(path)?.groups ?? {};
  return { route: (found ?? fitting[0])?.route ?? "none", handler: found?.handler, params };
}
