import { readFileSync } from "node:fs";

/**
 * Everything the environment tells the shop.
 *
 * @typedef {{ host: string, port: number, readPort: number, name: string, user: string, password: string,
 *   ca: Buffer, cert: Buffer, key: Buffer }} DatabaseSettings
 * @typedef {{ host: string, port: number, instance: string, release: string, siteUrl: URL, sessionSecret: string,
 *   database: DatabaseSettings }} Settings
 */

const DATABASE = [
  "DATABASE_HOST",
  "DATABASE_PORT",
  "DATABASE_READ_PORT",
  "DATABASE_NAME",
  "DATABASE_USER",
  "DATABASE_PASSWORD",
  "DATABASE_CA",
  "DATABASE_CERT",
  "DATABASE_KEY",
];

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Settings}
 * @throws {Error} naming every variable that is missing
 */
export function settingsFrom(environment) {
  needed(environment, ["PORT", "SITE_URL", "SESSION_SECRET", ...DATABASE]);
  const value = (/** @type {string} */ name) => environment[name] ?? "";
  if (value("SESSION_SECRET").length < 32) throw new Error("SESSION_SECRET is too short: use 32 characters or more.");
  return {
    host: value("HOST") || "127.0.0.1",
    port: Number(value("PORT")),
    instance: value("INSTANCE") || "local",
    release: value("RELEASE") || "unknown",
    siteUrl: new URL(value("SITE_URL")),
    sessionSecret: value("SESSION_SECRET"),
    database: databaseSettings(environment),
  };
}

/**
 * The part the migration needs too.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {DatabaseSettings}
 * @throws {Error} naming every variable that is missing
 */
export function databaseSettings(environment) {
  needed(environment, DATABASE);
  const value = (/** @type {string} */ name) => environment[name] ?? "";
  return {
    host: value("DATABASE_HOST"),
    port: Number(value("DATABASE_PORT")),
    readPort: Number(value("DATABASE_READ_PORT")),
    name: value("DATABASE_NAME"),
    user: value("DATABASE_USER"),
    password: value("DATABASE_PASSWORD"),
    ca: readFileSync(value("DATABASE_CA")),
    cert: readFileSync(value("DATABASE_CERT")),
    key: readFileSync(value("DATABASE_KEY")),
  };
}

/** @param {NodeJS.ProcessEnv} environment @param {string[]} names */
function needed(environment, names) {
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`Missing in the environment: ${missing.join(", ")}.`);
}
