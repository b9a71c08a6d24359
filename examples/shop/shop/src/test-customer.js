import { rows } from "./database.js";
import { passwordHash, passwordMatches } from "./passwords.js";

/** Who makes the visits of the site's probes. */
export const TEST_CUSTOMER = "visit@shop.example";

/**
 * Makes the test customer, or gives it the password that the environment names now.
 *
 * @param {import("mysql2/promise").Connection} connection
 * @param {string | undefined} password undefined: the site makes no visits
 */
export async function ensureTestCustomer(connection, password) {
  if (!password) return;
  const [known] = await rows(connection, "SELECT password_hash FROM users WHERE email = ? AND test", [TEST_CUSTOMER]);
  if (known && (await passwordMatches(password, known.password_hash))) return;
  const sql = `INSERT INTO users (email, name, password_hash, test) VALUES (?, 'Test customer', ?, TRUE)
    ON DUPLICATE KEY UPDATE password_hash = VALUES(password_hash), test = TRUE`;
  await rows(connection, sql, [TEST_CUSTOMER, await passwordHash(password)]);
}

/**
 * Takes away what a test customer ordered more than an hour ago, so that visits do not fill the database.
 *
 * @param {import("mysql2/promise").Connection} connection
 * @param {number} user
 */
export async function forgetOldOrders(connection, user) {
  const old = await rows(
    connection,
    "SELECT id FROM orders WHERE user_id = ? AND placed_at < NOW() - INTERVAL 1 HOUR ORDER BY id LIMIT 20",
    [user],
  );
  for (const { id } of old) {
    await rows(connection, "DELETE FROM order_lines WHERE order_id = ?", [id]);
    await rows(connection, "DELETE FROM orders WHERE id = ?", [id]);
  }
}
