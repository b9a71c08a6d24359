import { MOST_EACH } from "../cart.js";
import { html } from "../html.js";
import { money } from "../money.js";
import { tokenField } from "../visit.js";
import { categoryName } from "./parts.js";

/** @param {import("../visit.js").Visit} visit @param {import("../products.js").Product} product */
export function productView(visit, product) {
  const { id, name, category, description, price, stock } = product;
  return html`<article class="wide product">
<div class="frame"><img src="/picture/${id}.svg" width="400" height="400" alt="${name}"></div>
<div class="words">
<p class="kind"><a href="/search?category=${category}">${categoryName(category)}</a></p>
<h1>${name}</h1>
<p class="price large">${money(price)}</p>
<p>${description}</p>
${stock > 0 ? buying(visit, product) : html`<p class="notice">Sold out for now. The next ones are in the kiln.</p>`}
<dl class="facts"><div><dt>Stock</dt><dd>${stockWords(stock)}</dd></div><div><dt>Delivery</dt><dd>2 to 4 days, free from €80</dd></div><div><dt>Number</dt><dd>HH-${String(id).padStart(4, "0")}</dd></div></dl>
</div>
</article>
<section class="wide" id="recommendations" data-product="${id}" aria-labelledby="also" hidden>
<h2 id="also">Goes well with it</h2>
<ul class="grid"></ul>
</section>`;
}

/** @param {import("../visit.js").Visit} visit @param {import("../products.js").Product} product */
function buying(visit, { id, stock }) {
  return html`<form class="buy" method="post" action="/cart/add">
${tokenField(visit)}<input type="hidden" name="product" value="${id}">
<label>Quantity <input type="number" name="quantity" value="1" min="1" max="${Math.min(stock, MOST_EACH)}"></label>
<button class="button">Put into the cart</button>
</form>`;
}

/** @param {number} stock */
function stockWords(stock) {
  if (stock === 0) return "sold out";
  return stock < 10 ? `only ${stock} left` : "on the shelf";
}
