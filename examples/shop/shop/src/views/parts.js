import { html } from "../html.js";
import { money } from "../money.js";
import { CATEGORIES } from "../words.js";

/** A product as a card in a grid. @param {import("../products.js").Product} product */
export function card({ id, name, category, price, stock }) {
  return html`<li class="card"><a href="/product/${id}">
<img src="/picture/${id}.svg" width="400" height="400" alt="" loading="lazy">
<span class="kind">${categoryName(category)}</span>
<strong>${name}</strong>
<span class="price">${money(price)}${stock === 0 && html` <em>sold out</em>`}</span>
</a></li>`;
}

/** @param {string} slug */
export function categoryName(slug) {
  return CATEGORIES.find((one) => one.slug === slug)?.name ?? slug;
}

/** A sentence above a form that was not accepted. @param {string | undefined} problem */
export function notice(problem) {
  return problem && html`<p class="notice" role="alert">${problem}</p>`;
}
