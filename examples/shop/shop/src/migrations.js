import { catalogue } from "./catalogue.js";

/**
 * The schema's history: only ever add at the end. Each step may have been begun before (a CREATE cannot be rolled
 * back), so each can be repeated. The release before still runs while a step is done: add first, take away in a
 * later release.
 *
 * @type {{ name: string, up: (connection: import("mysql2/promise").Connection) => Promise<void> }[]}
 */
export const MIGRATIONS = [
  { name: "products", up: createProducts },
  { name: "accounts and orders", up: createOrders },
  { name: "catalogue", up: fillCatalogue },
  { name: "test customers", up: markTestCustomers },
];

/** @param {import("mysql2/promise").Connection} connection */
async function createProducts(connection) {
  await connection.query(
    `CREATE TABLE IF NOT EXISTS products (
       id INT UNSIGNED NOT NULL PRIMARY KEY,
       category VARCHAR(20) NOT NULL,
       name VARCHAR(120) NOT NULL,
       description TEXT NOT NULL,
       price_cents INT UNSIGNED NOT NULL,
       stock INT UNSIGNED NOT NULL,
       added DATE NOT NULL,
       featured BOOLEAN NOT NULL DEFAULT FALSE,
       KEY by_category (category, added),
       KEY by_featured (featured, added),
       FULLTEXT KEY words (name, description)
     ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
  );
}

/** @param {import("mysql2/promise").Connection} connection */
async function createOrders(connection) {
  const table = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci";
  await connection.query(
    `CREATE TABLE IF NOT EXISTS users (
       id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
       email VARCHAR(190) NOT NULL,
       name VARCHAR(100) NOT NULL,
       password_hash VARCHAR(200) NOT NULL,
       created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
       UNIQUE KEY by_email (email)
     ) ${table}`,
  );
  await connection.query(
    `CREATE TABLE IF NOT EXISTS orders (
       id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
       user_id BIGINT UNSIGNED NOT NULL,
       order_key CHAR(36) CHARACTER SET ascii NOT NULL,
       total_cents INT UNSIGNED NOT NULL,
       delivery_name VARCHAR(100) NOT NULL,
       delivery_address VARCHAR(300) NOT NULL,
       instance VARCHAR(100) NOT NULL,
       placed_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
       UNIQUE KEY once (user_id, order_key),
       CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id)
     ) ${table}`,
  );
  await connection.query(
    `CREATE TABLE IF NOT EXISTS order_lines (
       order_id BIGINT UNSIGNED NOT NULL,
       product_id INT UNSIGNED NOT NULL,
       name VARCHAR(120) NOT NULL,
       price_cents INT UNSIGNED NOT NULL,
       quantity INT UNSIGNED NOT NULL,
       PRIMARY KEY (order_id, product_id),
       CONSTRAINT lines_order FOREIGN KEY (order_id) REFERENCES orders (id),
       CONSTRAINT lines_product FOREIGN KEY (product_id) REFERENCES products (id)
     ) ${table}`,
  );
}

/** Accounts whose orders are made by programs: they take nothing from the stock. @param {import("mysql2/promise").Connection} connection */
async function markTestCustomers(connection) {
  await connection.query("ALTER TABLE users ADD COLUMN IF NOT EXISTS test BOOLEAN NOT NULL DEFAULT FALSE");
}

/**
 * All products, in a few large inserts of one transaction each: a commit waits for a replica.
 *
 * @param {import("mysql2/promise").Connection} connection
 */
async function fillCatalogue(connection) {
  const products = catalogue();
  for (let from = 0; from < products.length; from += 1000) {
    const batch = products.slice(from, from + 1000);
    const values = batch.flatMap((one) => [
      one.id,
      one.category,
      one.name,
      one.description,
      one.price,
      one.stock,
      one.added,
      one.featured,
    ]);
    await connection.query(
      `INSERT IGNORE INTO products (id, category, name, description, price_cents, stock, added, featured)
       VALUES ${batch.map(() => "(?, ?, ?, ?, ?, ?, ?, ?)").join(", ")}`,
      values,
    );
  }
}
