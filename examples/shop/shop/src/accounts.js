import { readFrom, rows, transaction } from "./database.js";
import { passwordHash, passwordMatches } from "./passwords.js";
import { Refusal } from "./refusal.js";

const DUPLICATE = 1062;

/**
 * @typedef {{ id: number, name: string, test?: boolean }} Account `test`: a program, whose orders nobody sends
 * @typedef {{ email: string, name: string, password: string }} Registration
 */

/**
 * @param {import("./database.js").Database} database
 * @param {Registration} registration
 * @returns {Promise<Account>}
 * @throws {Refusal} 422 with a sentence for the visitor
 */
export async function register(database, { email, name, password }) {
  if (!/^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/.test(email) || email.length > 190)
    throw new Refusal(422, "That does not look like an email address.");
  if (name.length < 1 || name.length > 100) throw new Refusal(422, "Please tell us your name (up to 100 characters).");
  if (password.length < 10 || password.length > 200)
    throw new Refusal(422, "Please choose a password of 10 to 200 characters.");
  const hash = await passwordHash(password);
  try {
    return await transaction(database, async (connection) => {
      // A try before may have been done although its answer was lost: our own hash tells.
      const [known] = await rows(connection, "SELECT id, password_hash FROM users WHERE email = ?", [email]);
      if (known?.password_hash === hash) return { id: known.id, name };
      const sql = "INSERT INTO users (email, name, password_hash) VALUES (?, ?, ?)";
      const { insertId } = await rows(connection, sql, [email, name, hash]);
      return { id: insertId, name };
    });
  } catch (error) {
    if (/** @type {any} */ (error).errno !== DUPLICATE) throw error;
    throw new Refusal(422, "There is an account with this email address already. Log in instead?");
  }
}

/**
 * Asks the primary: somebody who just registered must be able to log in.
 *
 * @param {import("./database.js").Database} database
 * @param {string} email
 * @param {string} password
 * @returns {Promise<Account>}
 * @throws {Refusal} 422, the same for a wrong address and a wrong password
 */
export async function logIn(database, email, password) {
  const sql = "SELECT id, name, password_hash, test FROM users WHERE email = ?";
  const [user] = await readFrom(database, "primary", sql, [email]);
  const right = await passwordMatches(password.slice(0, 200), user?.password_hash);
  if (!user || !right) throw new Refusal(422, "Email address and password do not belong together.");
  return { id: user.id, name: user.name, test: Boolean(user.test) };
}
