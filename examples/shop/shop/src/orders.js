import { marks, readFrom, rows, transaction } from "./database.js";
import { deliveryCost } from "./money.js";
import { Refusal } from "./refusal.js";
import { isPassing } from "./retry.js";
import { forgetOldOrders } from "./test-customer.js";

/**
 * @typedef {{ user: number, key: string, cart: import("./cart.js").CartLine[], name: string, address: string,
 *   instance: string, test?: boolean }} Wish what somebody wants to order; `key` is made once per order by the form
 * @typedef {{ product: number, name: string, price: number, quantity: number }} OrderLine
 * @typedef {{ id: number, key: string, total: number, delivery: number, name: string, address: string, instance: string,
 *   placed: Date, lines: OrderLine[], source: import("./database.js").Source, server: string }} Order
 */

const DUPLICATE = 1062;

/**
 * Places the order exactly once, however often the same wish is sent: by a second click, by a client that got no
 * answer, or by our own retry after the primary changed.
 *
 * @param {import("./database.js").Database} database
 * @param {Wish} wish
 * @returns {Promise<{ id: number, repeated: boolean }>}
 * @throws {Refusal} when the cart is empty or something is sold out
 */
export function placeOrder(database, wish) {
  // Two tries with the same key may cross: the second meets a duplicate, and finds the first when it looks again.
  const passing = (/** @type {any} */ error) => isPassing(error) || error.errno === DUPLICATE;
  return transaction(
    database,
    async (connection) => {
      const sql = "SELECT id FROM orders WHERE user_id = ? AND order_key = ?";
      const [before] = await rows(connection, sql, [wish.user, wish.key]);
      if (before) return { id: before.id, repeated: true };
      const lines = await takeFromStock(connection, wish.cart, wish.test === true);
      if (wish.test) await forgetOldOrders(connection, wish.user);
      return { id: await writeOrder(connection, wish, lines), repeated: false };
    },
    passing,
  );
}

/**
 * One order of this user, with the name of the database host that answered.
 *
 * @param {import("./database.js").Database} database
 * @param {{ user: number, id: number, source: import("./database.js").Source }} question
 * @returns {Promise<Order | undefined>}
 */
export async function orderById(database, { user, id, source }) {
  const found = await readFrom(
    database,
    source,
    `SELECT o.id, o.order_key, o.total_cents, o.delivery_name, o.delivery_address, o.instance, o.placed_at,
            l.product_id, l.name, l.price_cents, l.quantity, @@hostname AS server
       FROM orders o JOIN order_lines l ON l.order_id = o.id
      WHERE o.id = ? AND o.user_id = ? ORDER BY l.product_id`,
    [id, user],
  );
  const [head] = found;
  if (!head) return undefined;
  const lines = found.map((row) => ({
    product: row.product_id,
    name: row.name,
    price: row.price_cents,
    quantity: row.quantity,
  }));
  return {
    id: head.id,
    key: head.order_key,
    total: head.total_cents,
    delivery: head.total_cents - lines.reduce((sum, line) => sum + line.price * line.quantity, 0),
    name: head.delivery_name,
    address: head.delivery_address,
    instance: head.instance,
    placed: head.placed_at,
    lines,
    source,
    server: head.server,
  };
}

/**
 * @param {import("./database.js").Database} database
 * @param {number} user
 * @returns {Promise<{ id: number, total: number, placed: Date, things: number, product: number }[]>} newest first
 */
export function ordersOf(database, user) {
  return readFrom(
    database,
    "primary",
    `SELECT o.id, o.total_cents AS total, o.placed_at AS placed, CAST(SUM(l.quantity) AS INT) AS things, MIN(l.product_id) AS product
       FROM orders o JOIN order_lines l ON l.order_id = o.id
      WHERE o.user_id = ? GROUP BY o.id ORDER BY o.id DESC LIMIT 100`,
    [user],
  );
}

/**
 * Locks the products (always in the order of their ids, so that two orders never wait for each other) and takes
 * what is wanted.
 *
 * @param {import("mysql2/promise").PoolConnection} connection
 * @param {import("./cart.js").CartLine[]} cart
 * @param {boolean} test nothing is taken
 * @returns {Promise<OrderLine[]>}
 */
async function takeFromStock(connection, cart, test) {
  if (cart.length === 0) throw new Refusal(422, "Your cart is empty.");
  const ids = cart.map((line) => line.product).sort((a, b) => a - b);
  const products = await rows(
    connection,
    `SELECT id, name, price_cents, stock FROM products WHERE id IN (${marks(ids)}) ORDER BY id FOR UPDATE`,
    ids,
  );
  const lines = cart.map(({ product, quantity }) => {
    const found = products.find((/** @type {any} */ one) => one.id === product);
    if (!found) throw new Refusal(409, "Something in your cart is no longer sold. Please take it out.");
    if (found.stock < quantity)
      throw new Refusal(409, `Only ${found.stock} left of ${found.name}. Please change the quantity.`);
    return { product, name: found.name, price: found.price_cents, quantity };
  });
  for (const { product, quantity } of test ? [] : lines) {
    await rows(connection, "UPDATE products SET stock = stock - ? WHERE id = ?", [quantity, product]);
  }
  return lines;
}

/**
 * @param {import("mysql2/promise").PoolConnection} connection
 * @param {Wish} wish
 * @param {OrderLine[]} lines
 * @returns {Promise<number>} the order's number
 */
async function writeOrder(connection, wish, lines) {
  const goods = lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
  const { insertId } = await rows(
    connection,
    `INSERT INTO orders (user_id, order_key, total_cents, delivery_name, delivery_address, instance)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [wish.user, wish.key, goods + deliveryCost(goods), wish.name, wish.address, wish.instance],
  );
  await rows(
    connection,
    `INSERT INTO order_lines (order_id, product_id, name, price_cents, quantity)
     VALUES ${lines.map(() => "(?, ?, ?, ?, ?)").join(", ")}`,
    lines.flatMap((line) => [insertId, line.product, line.name, line.price, line.quantity]),
  );
  return insertId;
}
