import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { recommendations } from "../../recommendations/recommend.js";
import { CATALOGUE_SIZE, catalogue } from "../src/catalogue.js";
import { picture } from "../src/picture/picture.js";
import { CATEGORIES } from "../src/words.js";

const products = catalogue();

test("the catalogue is the same everywhere, and every product has a name of its own", () => {
  assert.equal(products.length, 3000);
  assert.deepEqual(products, catalogue());
  assert.equal(new Set(products.map((one) => one.name)).size, CATALOGUE_SIZE);
  assert.equal(products[18].name, "Driftwood Planter in Sea Salt");
  for (const { price, stock } of products) assert.ok(price >= 900 && price < 30000 && stock >= 0 && stock < 1000);
});

test("the number of a product tells its category: the recommendations rely on it", () => {
  for (const { id, category } of products) assert.equal(CATEGORIES[(id - 1) % 8].slug, category);
});

test("every product has a small, stable picture without scripts", () => {
  const all = products.map(({ id }) => picture(id) ?? "");
  for (const svg of all) {
    assert.ok(svg.startsWith("<svg ") && svg.endsWith("</svg>") && svg.length < 12_000);
    assert.doesNotMatch(svg, /NaN|undefined|<script|style=/);
  }
  assert.equal(new Set(all.map((svg) => createHash("sha256").update(svg).digest("hex"))).size, CATALOGUE_SIZE);
  assert.equal(picture(19), all[18]);
  assert.equal(picture(0), undefined);
  assert.equal(picture(CATALOGUE_SIZE + 1), undefined);
});

test("four others are recommended for every product, always the same", () => {
  for (const { id } of products) {
    const found = recommendations(id) ?? [];
    assert.equal(new Set([id, ...found.map((one) => one.product)]).size, 5);
    for (const { product } of found) assert.ok(product >= 1 && product <= CATALOGUE_SIZE);
  }
  assert.deepEqual(recommendations(12), recommendations(12));
  assert.equal(recommendations(0), undefined);
});
