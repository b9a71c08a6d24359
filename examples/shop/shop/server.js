import { createServer } from "node:http";
import { answer } from "./src/answer.js";
import { closeDatabase, databaseState, openDatabase } from "./src/database.js";
import { log } from "./src/log.js";
import { newMetrics } from "./src/metrics.js";
import { settingsFrom } from "./src/settings.js";

const CHECK_EVERY = 2000;
/** A little less than the five seconds we are given to stop. */
const STOP_WITHIN = 4500;

const settings = settingsFrom(process.env);
const metrics = newMetrics();
const database = openDatabase(settings.database, (error) => {
  metrics.retries += 1;
  log("info", { what: "database, once more", error: String(error) });
});
/** @type {import("./src/visit.js").Shop} */
const shop = { settings, database, metrics, draining: false, checked: 0 };

const server = createServer((request, response) => answer(shop, request, response));
server.requestTimeout = 15_000;
server.headersTimeout = 10_000;
// Longer than the web tier keeps an idle connection, so that it is never us who closes one just being used.
server.keepAliveTimeout = 75_000;
server.listen(settings.port, settings.host, () => {
  log("info", { what: "listening", host: settings.host, port: settings.port, release: settings.release });
});

checkDatabase();
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

/** Looks after the database again and again; what it finds goes to /healthz and /metrics. */
async function checkDatabase() {
  const state = await databaseState(database);
  if (state.write !== metrics.database.write || state.read !== metrics.database.read)
    log("info", { what: "database", ...state });
  metrics.database = state;
  shop.checked = Date.now();
  if (!shop.draining) setTimeout(checkDatabase, CHECK_EVERY).unref();
}

/** Takes no new connections, finishes what runs, and goes. */
function stop() {
  if (shop.draining) return;
  shop.draining = true;
  log("info", { what: "stopping", running: metrics.running });
  setTimeout(() => process.exit(1), STOP_WITHIN).unref();
  server.close(async () => {
    await closeDatabase(database);
    process.exit(0);
  });
  server.closeIdleConnections();
}
