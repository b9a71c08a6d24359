import { cartCount } from "../cart.js";
import { html } from "../html.js";
import { tokenField } from "../visit.js";
import { CATEGORIES } from "../words.js";

const STYLES = ["base", "frame", "shelves", "buying"];

/**
 * A whole page around `body`.
 *
 * @param {import("../visit.js").Visit} visit
 * @param {{ title: string, body: import("../html.js").Html, status?: number, search?: string, category?: string }} content
 * @returns {import("../http.js").Reply}
 */
export function page(visit, { title, body, status = 200, search = "", category = "" }) {
  const { settings } = visit.shop;
  const version = encodeURIComponent(settings.release);
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === "Harbour & Hill" ? "Harbour & Hill: things for the table, the fire and the path" : `${title} · Harbour & Hill`}</title>
<meta name="description" content="Ceramics, wool, light and canvas from small workshops between the harbour and the hill.">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f7f3ec" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14191b" media="(prefers-color-scheme: dark)">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${STYLES.map(
  (name) => html`<link rel="stylesheet" href="/assets/${name}.css?v=${version}">
`,
)}
<script src="/assets/shop.js?v=${version}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${header(visit, search)}
${categories(category)}
<main id="main">${body}</main>
${footer(settings)}
</body>
</html>
`;
  return { status, type: "text/html; charset=utf-8", body: whole.html };
}

/** @param {import("../visit.js").Visit} visit @param {string} search */
function header(visit, search) {
  const count = cartCount(visit.cart);
  return html`<header class="top">
<div class="bar">
<a class="brand" href="/"><img src="/assets/logo.svg" width="38" height="38" alt=""><span>Harbour <i>&amp;</i> Hill</span></a>
<form class="find" action="/search" role="search">
<input type="search" name="q" value="${search}" placeholder="Search mugs, wool, lanterns…" aria-label="Search" autocomplete="off" maxlength="100">
<button aria-label="Search">${icon("M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20")}</button>
<ul class="hints" hidden></ul>
</form>
<nav class="mine" aria-label="Account">
${account(visit)}
<a class="cart" href="/cart">${icon("M5 8h14l-1.2 11.2H6.2zM9 10V7a3 3 0 0 1 6 0v3")}<span class="word">Cart</span>${count > 0 && html`<b>${count}</b>`}</a>
</nav>
</div>
</header>`;
}

/** @param {import("../visit.js").Visit} visit */
function account(visit) {
  const person = icon("M12 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM5 20c.6-3.6 3.3-5.5 7-5.5s6.4 1.9 7 5.5");
  if (!visit.session) return html`<a href="/login">${person}<span class="word">Log in</span></a>`;
  return html`<a href="/orders" title="${visit.session.name}">${person}<span class="word">Orders</span></a>
<form method="post" action="/logout">${tokenField(visit)}<button class="plain">Log out</button></form>`;
}

/** @param {string} current */
function categories(current) {
  return html`<nav class="shelves" aria-label="Categories"><ul>${CATEGORIES.map(
    ({ slug, name }) =>
      html`<li><a href="/search?category=${slug}"${slug === current && html` aria-current="page"`}>${name}</a></li>`,
  )}</ul></nav>`;
}

/** @param {import("../settings.js").Settings} settings */
function footer(settings) {
  return html`<footer>
<div class="wide foot">
<div><p class="brand small">Harbour <i>&amp;</i> Hill</p><p>Things for the table, the fire and the path, made by people we know by name.</p></div>
<div><h2>Good to know</h2><p>Delivery is free from €80, and €5.90 below. Thirty days to change your mind.</p></div>
<div><h2>Not quite real</h2><p>This shop is an example. Nothing is charged, nothing is sent.</p></div>
</div>
<p class="served wide">Served by ${settings.instance} · release ${settings.release}</p>
</footer>`;
}

/** A line drawing of 24 × 24. @param {string} path */
export function icon(path) {
  return html`<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${path}"/></svg>`;
}
