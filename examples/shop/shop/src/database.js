import mysql from "mysql2/promise";
import { isPassing, retrying } from "./retry.js";

/**
 * `primary` takes writes and the reads that must see them; `replica` takes all others and may lag a little.
 *
 * @typedef {{ primary: mysql.Pool, replica: mysql.Pool, onRetry: (error: unknown) => void }} Database
 * @typedef {(string | number | null)[]} Values
 * @typedef {"primary" | "replica"} Source
 */

/** Longest wait for one statement, and for a free connection (ms). */
const STATEMENT = 3000;
/** How long work is tried again: long enough for another primary to take over, even from a host that was lost (ms). */
const WITHIN = 12_000;
/** A replica may not have a new table yet. */
const NO_SUCH_TABLE = 1146;

/**
 * @param {import("./settings.js").DatabaseSettings} settings
 * @param {(error: unknown) => void} onRetry is told about every failure that is tried again
 * @returns {Database}
 */
export function openDatabase(settings, onRetry) {
  const pool = (/** @type {number} */ port) =>
    mysql.createPool({
      ...connectionOptions(settings, port),
      connectionLimit: 10,
      maxIdle: 4,
      idleTimeout: 30_000,
      queueLimit: 300,
    });
  return { primary: pool(settings.port), replica: pool(settings.readPort), onRetry };
}

/**
 * TLS in both directions: the server must be DATABASE_HOST, and we show our own certificate.
 *
 * @param {import("./settings.js").DatabaseSettings} settings
 * @param {number} port
 * @returns {mysql.ConnectionOptions}
 */
export function connectionOptions(settings, port) {
  const { host, name, user, password, ca, cert, key } = settings;
  return {
    host,
    port,
    database: name,
    user,
    password,
    ssl: { ca, cert, key, minVersion: "TLSv1.2", rejectUnauthorized: true, verifyIdentity: true },
    connectTimeout: 2000,
    enableKeepAlive: true,
    charset: "utf8mb4_unicode_ci",
    timezone: "Z",
  };
}

/**
 * Rows for a page. Asks a replica and the primary in turn until one answers: a replica may have been cut off just now, because it
 * becomes the primary.
 *
 * @param {Database} database
 * @param {string} sql
 * @param {Values} values
 * @returns {Promise<any[]>}
 */
export function read(database, sql, values = []) {
  /** @type {Source} */
  let source = "primary";
  const once = () => {
    source = source === "primary" ? "replica" : "primary";
    return readOnce(database, source, sql, values);
  };
  const passing = (/** @type {any} */ error) =>
    isPassing(error) || (source === "replica" && error.errno === NO_SUCH_TABLE);
  return retrying(once, { within: WITHIN, onRetry: database.onRetry, passing });
}

/**
 * Rows from exactly the source asked for, again when it fails for a passing reason.
 *
 * @param {Database} database
 * @param {Source} source
 * @param {string} sql
 * @param {Values} values
 * @returns {Promise<any[]>}
 */
export function readFrom(database, source, sql, values = []) {
  return retrying(() => readOnce(database, source, sql, values), { within: WITHIN, onRetry: database.onRetry });
}

/**
 * @param {Database} database
 * @param {Source} source
 * @param {string} sql
 * @param {Values} values
 * @returns {Promise<any[]>}
 */
function readOnce(database, source, sql, values = []) {
  return holding(database[source], (connection) => rows(connection, sql, values));
}

/**
 * Does `work` in one transaction on the primary, again from the start when it fails for a passing reason.
 *
 * @template T
 * @param {Database} database
 * @param {(connection: mysql.PoolConnection) => Promise<T>} work must be safe to repeat
 * @param {(error: unknown) => boolean} [passing]
 * @returns {Promise<T>}
 */
export function transaction(database, work, passing = isPassing) {
  const once = () =>
    holding(database.primary, async (connection) => {
      await connection.query({ sql: "START TRANSACTION", timeout: STATEMENT });
      const result = await work(connection);
      await connection.query({ sql: "COMMIT", timeout: STATEMENT });
      return result;
    });
  return retrying(once, { within: WITHIN, onRetry: database.onRetry, passing });
}

/**
 * One prepared statement: rows for a SELECT, what changed for everything else.
 *
 * @param {mysql.PoolConnection} connection
 * @param {string} sql
 * @param {Values} values
 * @returns {Promise<any>}
 */
export async function rows(connection, sql, values = []) {
  const [result] = await connection.execute({ sql, values, timeout: STATEMENT });
  return result;
}

/** As many placeholders as there are values: "?, ?, ?". @param {unknown[]} values */
export const marks = (values) => values.map(() => "?").join(", ");

/**
 * Whether the database can be written to and read from right now.
 *
 * @param {Database} database
 * @returns {Promise<{ write: string, read: string }>} each "ok", "read-only" or "unavailable"
 */
export async function databaseState(database) {
  const ask = (/** @type {Source} */ source) =>
    within(1000, readOnce(database, source, "SELECT @@global.read_only AS ro")).then(
      ([row]) => (source === "primary" && row.ro ? "read-only" : "ok"),
      () => "unavailable",
    );
  const [write, readable] = await Promise.all([ask("primary"), ask("replica")]);
  return { write, read: readable };
}

/** @param {Database} database */
export async function closeDatabase(database) {
  await Promise.allSettled([database.primary.end(), database.replica.end()]);
}

/**
 * Lends a connection. After any error it is thrown away: it may hold an open transaction or lead to a host
 * that is no longer the primary.
 *
 * @template T
 * @param {mysql.Pool} pool
 * @param {(connection: mysql.PoolConnection) => Promise<T>} work
 */
async function holding(pool, work) {
  const coming = pool.getConnection();
  const connection = await within(STATEMENT, coming).catch((error) => {
    coming.then((late) => late.release()).catch(() => {});
    throw error;
  });
  try {
    const result = await work(connection);
    connection.release();
    return result;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** @template T @param {number} milliseconds @param {Promise<T>} promise @returns {Promise<T>} */
async function within(milliseconds, promise) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    const error = Object.assign(new Error("the database did not answer in time"), { code: "POOL_TIMEOUT" });
    timer = setTimeout(() => reject(error), milliseconds);
  });
  return Promise.race([promise, /** @type {Promise<never>} */ (late)]).finally(() => clearTimeout(timer));
}
