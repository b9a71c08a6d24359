import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import { recommendations } from "./recommend.js";

// Answers GET /api/recommendations?product=12. Asks nobody: no database, no other service.
// Its measurements go both ways that there are: what it offers at /metrics, and what it pushes (StatsD) where somebody takes it.

const { HOST = "127.0.0.1", PORT, INSTANCE = "local", RELEASE = "unknown", SITE_URL } = process.env;
const { STATSD_HOST = "127.0.0.1", STATSD_PORT } = process.env;
if (!PORT) throw new Error("Missing in the environment: PORT.");

const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5];
const STOP_WITHIN = 4500;
/** @type {Map<string, number>} answers by labels */
const answers = new Map();
const times = { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
const pushes = STATSD_PORT ? createSocket("udp4").unref() : undefined;
// Of the loopback alone: else the socket would take packets from anywhere, and `rampart verify` says so.
pushes?.bind(0, "127.0.0.1");
let draining = false;

const server = createServer((request, response) => {
  const started = process.hrtime.bigint();
  const { route, status, type, body, cache = "no-store" } = reply(request);
  const headers = { "Content-Type": type, "Content-Length": Buffer.byteLength(body), "Cache-Control": cache };
  response.writeHead(status, {
    ...headers,
    "X-Content-Type-Options": "nosniff",
    ...(draining ? { Connection: "close" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
  count(`route="${route}",status="${status}"`, Number(process.hrtime.bigint() - started) / 1e9);
});
server.requestTimeout = 10_000;
server.keepAliveTimeout = 75_000;
server.listen(Number(PORT), HOST, () =>
  console.log(JSON.stringify({ level: "info", what: "listening", port: PORT, release: RELEASE })),
);
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

/**
 * @param {import("node:http").IncomingMessage} request
 * @returns {{ route: string, status: number, type: string, body: string, cache?: string }}
 */
function reply(request) {
  const [path, query = ""] = (request.url ?? "/").split("?");
  if (request.method !== "GET" && request.method !== "HEAD") return json("none", 405, { problem: "only GET" });
  if (path === "/healthz")
    return json(path, draining ? 503 : 200, {
      status: draining ? "stopping" : "ok",
      instance: INSTANCE,
      release: RELEASE,
    });
  if (path === "/metrics" && !isPublic(request))
    return { route: path, status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: metrics() };
  if (path !== "/api/recommendations") return json("none", 404, { problem: "nothing at this address" });
  const product = Number(new URLSearchParams(query).get("product"));
  const found = recommendations(product);
  push(`recommendations_asked:1|c|#known:${found ? "yes" : "no"}`);
  if (!found) return json(path, 404, { problem: "no such product" });
  return { ...json(path, 200, { product, recommendations: found, instance: INSTANCE }), cache: "public, max-age=300" };
}

/** @param {string} route @param {number} status @param {unknown} value */
function json(route, status, value) {
  return { route, status, type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` };
}

/** Whether it came through the site's public address. @param {import("node:http").IncomingMessage} request */
function isPublic(request) {
  const host = String(request.headers["x-forwarded-host"] ?? "").replace(/:\d+$/, "");
  return SITE_URL !== undefined && host === new URL(SITE_URL).hostname;
}

/** @param {string} labels @param {number} seconds */
function count(labels, seconds) {
  answers.set(labels, (answers.get(labels) ?? 0) + 1);
  times.counts = times.counts.map((counted, index) => counted + (seconds <= BUCKETS[index] ? 1 : 0));
  times.sum += seconds;
  times.count += 1;
}

/** Never waits, and nobody answers. @param {string} line of StatsD */
function push(line) {
  pushes?.send(line, Number(STATSD_PORT), STATSD_HOST, () => undefined);
}

function metrics() {
  const duration = "recommendations_request_duration_seconds";
  return [
    "# TYPE recommendations_requests_total counter",
    ...[...answers].map(([labels, value]) => `recommendations_requests_total{${labels}} ${value}`),
    `# TYPE ${duration} histogram`,
    ...BUCKETS.map((limit, index) => `${duration}_bucket{le="${limit}"} ${times.counts[index]}`),
    `${duration}_bucket{le="+Inf"} ${times.count}`,
    `${duration}_sum ${times.sum.toFixed(6)}`,
    `${duration}_count ${times.count}`,
    "# TYPE process_resident_memory_bytes gauge",
    `process_resident_memory_bytes ${process.memoryUsage().rss}`,
    "# TYPE process_start_time_seconds gauge",
    `process_start_time_seconds ${Math.round(Date.now() / 1000 - process.uptime())}`,
    "",
  ].join("\n");
}

/** Takes no new connections, finishes what runs, and goes. */
function stop() {
  if (draining) return;
  draining = true;
  setTimeout(() => process.exit(1), STOP_WITHIN).unref();
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}
