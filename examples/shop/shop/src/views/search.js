import { html } from "../html.js";
import { PER_PAGE } from "../products.js";
import { CATEGORIES } from "../words.js";
import { card } from "./parts.js";

/** @type {[value: string, label: string][]} */
const SORTS = [
  ["", "Best match"],
  ["newest", "Newest"],
  ["price-up", "Price, low to high"],
  ["price-down", "Price, high to low"],
];

/** @param {import("../products.js").Search} search @param {import("../products.js").Found} found */
export function searchView(search, found) {
  const category = CATEGORIES.find((one) => one.slug === search.category);
  const first = (search.page - 1) * PER_PAGE + 1;
  const last = first + found.products.length - 1;
  return html`<section class="wide">
<div class="headline"><div>
<h1>${search.text ? html`“${search.text}”` : (category?.name ?? "Everything")}</h1>
<p class="soft">${category && !search.text ? `${category.blurb} ` : ""}${found.products.length > 0 ? `${first}–${last} of ${found.total.toLocaleString("en")}` : ""}</p>
</div>${sorting(search)}</div>
${found.products.length > 0 ? html`<ul class="grid">${found.products.map(card)}</ul>${pages(search, found)}` : nothing(search)}
</section>`;
}

/** @param {import("../products.js").Search} search */
function sorting(search) {
  return html`<form class="sort" action="/search">
${search.text && html`<input type="hidden" name="q" value="${search.text}">`}
<label>In <select name="category"><option value="">all shelves</option>${CATEGORIES.map(({ slug, name }) => option(slug, name, search.category))}</select></label>
<label>by <select name="sort">${SORTS.filter(([value]) => value || search.text).map(([value, label]) => option(value, label, search.sort))}</select></label>
<button class="button quiet">Show</button>
</form>`;
}

/** @param {string} value @param {string} label @param {string} chosen */
function option(value, label, chosen) {
  return html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`;
}

/** @param {import("../products.js").Search} search */
function nothing(search) {
  return html`<div class="empty"><img src="/picture/34.svg" width="220" height="220" alt=""><p>Nothing here by that name.</p>
<p class="soft">Try one word less, or another: “mug”, “wool”, “moss”.</p>
${search.category && search.text && html`<p><a class="button" href="/search?q=${encodeURIComponent(search.text)}">Look on all shelves</a></p>`}</div>`;
}

/** @param {import("../products.js").Search} search @param {import("../products.js").Found} found */
function pages(search, { pages: count }) {
  if (count === 1) return "";
  const numbers = [1, search.page - 1, search.page, search.page + 1, count];
  const shown = [...new Set(numbers)].filter((number) => number >= 1 && number <= count).sort((a, b) => a - b);
  return html`<nav class="pages" aria-label="Pages"><ul>${shown.map(
    (number, index) => html`${index > 0 && number - shown[index - 1] > 1 && html`<li aria-hidden="true">…</li>`}
<li><a href="${address(search, number)}"${number === search.page && html` aria-current="page"`}>${number}</a></li>`,
  )}</ul></nav>`;
}

/** @param {import("../products.js").Search} search @param {number} page */
function address({ text, category, sort }, page) {
  const all = { q: text, category, sort, page: page > 1 ? String(page) : "" };
  return `/search?${new URLSearchParams(Object.entries(all).filter(([, value]) => value))}`;
}
