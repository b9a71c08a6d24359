import { CATEGORIES, COLLECTIONS, COLOURS } from "./words.js";

/**
 * One product as the catalogue makes it. `price` in euro cents, `added` as YYYY-MM-DD.
 *
 * @typedef {{ id: number, category: string, name: string, description: string, price: number, stock: number,
 *   added: string, featured: boolean }} Product
 * @typedef {{ category: number, form: number, collection: number, colour: number }} Recipe
 */

/** Every category holds each collection in each colour once: 8 × 25 × 15. */
export const CATALOGUE_SIZE = CATEGORIES.length * COLLECTIONS.length * COLOURS.length;

/** @returns {Product[]} The whole catalogue: the same on every machine and in every release. */
export function catalogue() {
  return Array.from({ length: CATALOGUE_SIZE }, (_, index) => product(index + 1));
}

/**
 * What product number `id` is made of. Its picture and its words both come from here, so they always agree.
 *
 * @param {number} id 1 … CATALOGUE_SIZE
 * @returns {Recipe}
 */
export function recipe(id) {
  const perCategory = COLLECTIONS.length * COLOURS.length;
  const category = (id - 1) % CATEGORIES.length;
  // 187 has no common divisor with 375, so neighbours differ and yet every combination comes exactly once.
  const place = (Math.floor((id - 1) / CATEGORIES.length) * 187 + category * 53) % perCategory;
  const collection = Math.floor(place / COLOURS.length);
  return { category, collection, colour: place % COLOURS.length, form: (collection * 3 + category) % 4 };
}

/**
 * Numbers between 0 and 1 that look like chance but are the same for the same seed (mulberry32).
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function chance(seed) {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {number} id @returns {Product} */
function product(id) {
  const parts = recipe(id);
  const category = CATEGORIES[parts.category];
  const form = category.forms[parts.form];
  const [collection, story] = COLLECTIONS[parts.collection];
  const [colour] = COLOURS[parts.colour];
  const random = chance(id);
  const price = Math.round((form.price * (0.85 + (parts.collection % 7) * 0.05)) / 100) * 100;
  const added = new Date(Date.UTC(2023, 0, 1) + Math.floor(random() * 1000) * 86_400_000);
  return {
    id,
    category: category.slug,
    name: `${collection} ${form.name} in ${colour}`,
    description: `${form.line} ${capital(category.material)}, in ${colour.toLowerCase()}. ${story} ${category.care}`,
    price,
    stock: random() < 0.04 ? 0 : 40 + Math.floor(random() * 960),
    added: added.toISOString().slice(0, 10),
    featured: random() < 0.016,
  };
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
