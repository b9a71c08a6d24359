import mysql from "mysql2/promise";
import { connectionOptions } from "./src/database.js";
import { MIGRATIONS } from "./src/migrations.js";
import { retrying } from "./src/retry.js";
import { databaseSettings } from "./src/settings.js";
import { ensureTestCustomer } from "./src/test-customer.js";

// Brings the schema to what this release needs. Safe to run at any time, any number of times, from several hosts
// at once: a lock lets one through, the others find nothing left to do.

const settings = databaseSettings(process.env);
const started = Date.now();
try {
  const done = await retrying(migrate, { within: 20_000, onRetry: (error) => console.error(`once more: ${error}`) });
  const what = done.length > 0 ? done.join(", ") : "nothing to do";
  console.log(`schema is up to date: ${what} (${Date.now() - started} ms)`);
} catch (error) {
  console.error(`the schema could not be migrated: ${error}`);
  process.exitCode = 1;
}

/** @returns {Promise<string[]>} the names of the migrations that were done now */
async function migrate() {
  const connection = await mysql.createConnection(connectionOptions(settings, settings.port));
  try {
    const lock = `${settings.name}.migrate`.slice(0, 64);
    const [[{ got }]] = /** @type {any} */ (await connection.execute("SELECT GET_LOCK(?, 30) AS got", [lock]));
    if (got !== 1) throw new Error("another migration is still running after 30 s");
    return await migrateAlone(connection);
  } finally {
    connection.destroy();
  }
}

/** @param {mysql.Connection} connection */
async function migrateAlone(connection) {
  await connection.query(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       version INT NOT NULL PRIMARY KEY,
       name VARCHAR(100) NOT NULL,
       done_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
     ) ENGINE=InnoDB`,
  );
  const [known] = /** @type {any} */ (await connection.query("SELECT version FROM schema_migrations"));
  const versions = new Set(known.map((/** @type {any} */ row) => row.version));
  const open = MIGRATIONS.map((one, index) => ({ ...one, version: index + 1 })).filter(
    (one) => !versions.has(one.version),
  );
  for (const { version, name, up } of open) {
    await up(connection);
    await connection.execute("INSERT INTO schema_migrations (version, name) VALUES (?, ?)", [version, name]);
  }
  await ensureTestCustomer(connection, process.env.VISIT_PASSWORD);
  return open.map((one) => one.name);
}
