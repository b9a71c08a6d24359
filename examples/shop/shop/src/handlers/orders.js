import { json, seeOther } from "../http.js";
import { orderById, ordersOf } from "../orders.js";
import { Refusal } from "../refusal.js";
import { page } from "../views/layout.js";
import { ordersView, orderView } from "../views/orders.js";

/** @type {import("../routes.js").Handler} */
export async function ordersPage(visit) {
  if (!visit.session) return seeOther("/login?next=/orders");
  const orders = await ordersOf(visit.shop.database, visit.session.user);
  return page(visit, { title: "Your orders", body: ordersView(orders) });
}

/** @type {import("../routes.js").Handler} */
export async function orderPage(visit) {
  if (!visit.session) return seeOther(`/login?next=${visit.path}`);
  const order = await orderById(visit.shop.database, { user: visit.session.user, ...questionFrom(visit) });
  if (!order) throw new Refusal(404, "You have no order with this number.");
  return page(visit, { title: `Order ${order.id}`, body: orderView(order) });
}

/** @type {import("../routes.js").Handler} */
export async function orderJson(visit) {
  if (!visit.session) return json({ problem: "log in first" }, 401);
  const question = questionFrom(visit);
  const order = await orderById(visit.shop.database, { user: visit.session.user, ...question });
  return order ? json(order) : json({ problem: "no such order", source: question.source }, 404);
}

/**
 * From the primary, because the order may be a moment old; ?source=replica shows whether it has arrived there.
 *
 * @param {import("../visit.js").Visit} visit
 * @returns {{ id: number, source: import("../database.js").Source }}
 */
function questionFrom({ params, url }) {
  return { id: Number(params.id), source: url.searchParams.get("source") === "replica" ? "replica" : "primary" };
}
