import { html } from "../html.js";
import { CATEGORIES } from "../words.js";
import { card } from "./parts.js";

/** Products that look well on the front page: one per category for its tile, three for the picture at the top. */
const TILES = [33, 26, 19, 12, 13, 54, 7, 24];
const HERO = [67, 4, 38];

/** @param {import("../products.js").Product[]} featured */
export function homeView(featured) {
  return html`<section class="hero wide">
<div class="words">
<p class="kind">New on the shelf</p>
<h1>Made for slow mornings and long weekends.</h1>
<p>Stoneware from the harbour, wool and canvas from the hill. Three thousand useful things from small workshops, made to be used until they are part of the family.</p>
<p class="actions"><a class="button" href="/search?sort=newest">See what is new</a><a class="button quiet" href="/search?category=lanterns">Light for the evening</a></p>
</div>
<div class="pictures">${HERO.map((id) => html`<a href="/product/${id}" aria-label="Look at this one"><img src="/picture/${id}.svg" width="400" height="400" alt=""></a>`)}</div>
</section>
<section class="wide" aria-labelledby="shelves">
<h2 id="shelves">Eight shelves</h2>
<ul class="tiles">${CATEGORIES.map(
    ({ slug, name, blurb }, index) => html`<li><a href="/search?category=${slug}">
<img src="/picture/${TILES[index]}.svg" width="400" height="400" alt="" loading="lazy">
<span><strong>${name}</strong><small>${blurb}</small></span></a></li>`,
  )}</ul>
</section>
<section class="wide" aria-labelledby="featured">
<div class="headline"><h2 id="featured">Picked this week</h2><a href="/search">Everything</a></div>
<ul class="grid">${featured.map(card)}</ul>
</section>
<section class="promise"><ul class="wide">
<li><strong>Made by hand</strong><span>In workshops of two to twelve people, all within a day’s drive.</span></li>
<li><strong>Sent without plastic</strong><span>Straw, paper and a box you will want to keep.</span></li>
<li><strong>Mended for life</strong><span>Send it back when it breaks. We like mending things.</span></li>
</ul></section>`;
}
