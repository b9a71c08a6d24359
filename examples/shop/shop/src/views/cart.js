import { MOST_EACH } from "../cart.js";
import { html } from "../html.js";
import { deliveryCost, money } from "../money.js";
import { tokenField } from "../visit.js";
import { notice } from "./parts.js";

/**
 * @param {import("../visit.js").Visit} visit
 * @param {import("../products.js").Product[]} products those of the cart's lines that are still sold
 * @param {{ name: string, address: string, key: string, problem?: string }} state
 */
export function cartView(visit, products, state) {
  const lines = visit.cart.flatMap(({ product, quantity }) =>
    products.filter((one) => one.id === product).map((found) => ({ ...found, quantity })),
  );
  if (lines.length === 0) return emptyCart(state.problem);
  const goods = lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
  return html`<section class="wide"><h1>Your cart</h1>${notice(state.problem)}
<div class="two">
<ul class="lines">${lines.map((line) => cartLine(visit, line))}</ul>
<aside class="panel">
<dl class="sum"><div><dt>Goods</dt><dd>${money(goods)}</dd></div><div><dt>Delivery</dt><dd>${deliveryCost(goods) ? money(deliveryCost(goods)) : "free"}</dd></div>
<div class="total"><dt>Total</dt><dd>${money(goods + deliveryCost(goods))}</dd></div></dl>
${visit.session ? checkout(visit, state) : html`<p><a class="button full" href="/login?next=/cart">Log in to order</a></p><p class="soft">New here? <a href="/register?next=/cart">Create an account</a>, it takes a minute.</p>`}
</aside>
</div></section>`;
}

/** @param {string | undefined} problem */
function emptyCart(problem) {
  return html`<section class="wide"><h1>Your cart</h1>${notice(problem)}<div class="empty"><img src="/picture/24.svg" width="220" height="220" alt="">
<p>Still empty. Nothing wrong with travelling light.</p><p><a class="button" href="/search">Look around</a></p></div></section>`;
}

/**
 * @param {import("../visit.js").Visit} visit
 * @param {import("../products.js").Product & { quantity: number }} line
 */
function cartLine(visit, { id, name, price, quantity }) {
  return html`<li>
<a href="/product/${id}"><img src="/picture/${id}.svg" width="96" height="96" alt=""></a>
<div><a href="/product/${id}"><strong>${name}</strong></a><span class="soft">${money(price)} each</span>
<form method="post" action="/cart/update">${tokenField(visit)}<input type="hidden" name="product" value="${id}">
<label>Quantity <input type="number" name="quantity" value="${quantity}" min="0" max="${MOST_EACH}"></label><button class="plain">Change</button></form>
<form method="post" action="/cart/update">${tokenField(visit)}<input type="hidden" name="product" value="${id}"><input type="hidden" name="quantity" value="0"><button class="plain">Take out</button></form>
</div>
<span class="price">${money(price * quantity)}</span></li>`;
}

/**
 * @param {import("../visit.js").Visit} visit
 * @param {{ name: string, address: string, key: string }} state
 */
function checkout(visit, { name, address, key }) {
  return html`<form class="stack" method="post" action="/checkout">${tokenField(visit)}<input type="hidden" name="order_key" value="${key}">
<label>For <input name="name" value="${name}" autocomplete="name" maxlength="100" required></label>
<label>Where to <textarea name="address" rows="3" autocomplete="street-address" maxlength="300" placeholder="Street, town, country" required>${address}</textarea></label>
<button class="button full">Place the order</button><p class="soft">An example shop: nothing is charged.</p></form>`;
}
