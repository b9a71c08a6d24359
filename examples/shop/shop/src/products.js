import { marks, read } from "./database.js";

/**
 * A product as pages show it; `price` in cents.
 *
 * @typedef {{ id: number, category: string, name: string, description: string, price: number, stock: number }} Product
 * @typedef {{ text: string, category: string, sort: string, page: number }} Search
 * @typedef {{ products: Product[], total: number, pages: number }} Found
 */

export const PER_PAGE = 24;

const COLUMNS = "id, category, name, description, price_cents AS price, stock";
/** What people may sort by; the keys come from the address, the values go into the statement. */
/** @type {Record<string, string>} */
const ORDERS = { newest: "added DESC, id", "price-up": "price_cents, id", "price-down": "price_cents DESC, id" };

/** Words InnoDB leaves out of its index: asking for them would find nothing. */
const UNINDEXED = new Set(
  "about are com for from how that the this was what when where who will with und www".split(" "),
);

/**
 * @param {import("./database.js").Database} database
 * @param {Search} search
 * @returns {Promise<Found>}
 */
export async function searchProducts(database, search) {
  const { where, values, words } = conditions(search);
  const relevance = words ? "MATCH (name, description) AGAINST (? IN BOOLEAN MODE) DESC, id" : ORDERS.newest;
  const order = ORDERS[search.sort] ?? relevance;
  const ordering = order === relevance && words ? [words] : [];
  const [[{ total }], products] = await Promise.all([
    read(database, `SELECT COUNT(*) AS total FROM products WHERE ${where}`, values),
    read(
      database,
      `SELECT ${COLUMNS} FROM products WHERE ${where} ORDER BY ${order} LIMIT ${PER_PAGE} OFFSET ${(search.page - 1) * PER_PAGE}`,
      [...values, ...ordering],
    ),
  ]);
  return { products, total, pages: Math.max(1, Math.ceil(total / PER_PAGE)) };
}

/** @param {import("./database.js").Database} database @param {number} id @returns {Promise<Product | undefined>} */
export async function productById(database, id) {
  const [product] = await read(database, `SELECT ${COLUMNS} FROM products WHERE id = ?`, [id]);
  return product;
}

/**
 * In the order of the ids; unknown ones are left out.
 *
 * @param {import("./database.js").Database} database
 * @param {number[]} ids
 * @returns {Promise<Product[]>}
 */
export async function productsById(database, ids) {
  if (ids.length === 0) return [];
  const found = await read(database, `SELECT ${COLUMNS} FROM products WHERE id IN (${marks(ids)})`, ids);
  return ids.flatMap((id) => found.filter((product) => product.id === id));
}

/** @param {import("./database.js").Database} database @returns {Promise<Product[]>} the eight for the front page */
export function featuredProducts(database) {
  return read(
    database,
    `SELECT ${COLUMNS} FROM products WHERE featured = 1 AND stock > 0 ORDER BY added DESC, id LIMIT 8`,
  );
}

/**
 * What people typed, as words for the index: each must appear, its end may be missing. Nothing when no word is
 * long enough to be in the index.
 *
 * @param {string} text
 */
export function indexWords(text) {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const indexed = words.filter((word) => word.length >= 3 && !UNINDEXED.has(word)).slice(0, 8);
  return indexed.map((word) => `+${word}*`).join(" ");
}

/**
 * @param {Search} search
 * @returns {{ where: string, values: string[], words: string }}
 */
function conditions({ text, category }) {
  const words = indexWords(text);
  const parts = ["1 = 1"];
  const values = [];
  if (words) {
    parts.push("MATCH (name, description) AGAINST (? IN BOOLEAN MODE)");
    values.push(words);
  } else if (text) {
    parts.push("name LIKE ?");
    values.push(`%${text.replace(/[\\%_]/g, "\\$&")}%`);
  }
  if (category) {
    parts.push("category = ?");
    values.push(category);
  }
  return { where: parts.join(" AND "), values, words };
}
