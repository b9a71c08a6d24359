import { randomUUID } from "node:crypto";
import { MOST_EACH, withAdded, withQuantity } from "../cart.js";
import { seeOther } from "../http.js";
import { log } from "../log.js";
import { placeOrder } from "../orders.js";
import { productsById } from "../products.js";
import { Refusal } from "../refusal.js";
import { cartView } from "../views/cart.js";
import { page } from "../views/layout.js";
import { keepCart } from "../visit.js";

/** @type {import("../routes.js").Handler} */
export function cartPage(visit) {
  return cartReply(visit, { status: 200, name: visit.session?.name ?? "", address: "", key: randomUUID() });
}

/** @type {import("../routes.js").Handler} */
export function addPosted(visit) {
  const { product, quantity } = lineFrom(visit.form, 1);
  keepCart(visit, withAdded(visit.cart, product, quantity));
  return seeOther("/cart");
}

/** @type {import("../routes.js").Handler} */
export function updatePosted(visit) {
  const { product, quantity } = lineFrom(visit.form, 0);
  keepCart(visit, withQuantity(visit.cart, product, quantity));
  return seeOther("/cart");
}

/** @type {import("../routes.js").Handler} */
export async function checkoutPosted(visit, request) {
  if (!visit.session) return seeOther("/login?next=/cart");
  const { shop } = visit;
  const name = (visit.form.get("name") ?? "").trim();
  const address = (visit.form.get("address") ?? "").trim();
  const key = visit.form.get("order_key") ?? "";
  try {
    if (!/^[0-9a-f-]{36}$/.test(key)) throw new Refusal(422, "The order has no key. Please load the page again.");
    if (!name || name.length > 100) throw new Refusal(422, "Please tell us who the parcel is for.");
    if (!address || address.length > 300) throw new Refusal(422, "Please tell us where the parcel goes.");
    const { instance } = shop.settings;
    const order = await placeOrder(shop.database, {
      user: visit.session.user,
      key,
      cart: visit.cart,
      name,
      address,
      instance,
      test: visit.session.test === true,
    });
    if (!order.repeated && !visit.session.test) shop.metrics.orders += 1;
    log("info", { what: "order", order: order.id, repeated: order.repeated, request: request.headers["x-request-id"] });
    keepCart(visit, []);
    return seeOther(`/orders/${order.id}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    shop.metrics.refused += 1;
    return cartReply(visit, { status: error.status, name, address, key: randomUUID(), problem: error.message });
  }
}

/**
 * @param {import("../visit.js").Visit} visit
 * @param {{ status: number, name: string, address: string, key: string, problem?: string }} state
 */
async function cartReply(visit, state) {
  const products = await productsById(
    visit.shop.database,
    visit.cart.map((line) => line.product),
  );
  return page(visit, { title: "Your cart", status: state.status, body: cartView(visit, products, state) });
}

/** @param {URLSearchParams} form @param {number} least the smallest quantity that makes sense */
function lineFrom(form, least) {
  const [product, quantity] = [Number(form.get("product")), Number(form.get("quantity") ?? 1)];
  if (!Number.isInteger(product) || product < 1 || product > 9_999_999)
    throw new Refusal(422, "We do not have this product.");
  if (!Number.isInteger(quantity) || quantity < least || quantity > MOST_EACH) {
    throw new Refusal(422, `Please choose a quantity from ${least} to ${MOST_EACH}.`);
  }
  return { product, quantity };
}
