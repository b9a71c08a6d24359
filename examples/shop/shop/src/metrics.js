const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * What the shop counts about itself. `durations` holds, per route, how many answers took at most each bucket.
 *
 * @typedef {{ requests: Map<string, number>, durations: Map<string, { counts: number[], sum: number, count: number }>,
 *   orders: number, refused: number, retries: number, running: number, database: { write: string, read: string } }} Metrics
 */

/** @returns {Metrics} */
export function newMetrics() {
  const database = { write: "unknown", read: "unknown" };
  return { requests: new Map(), durations: new Map(), orders: 0, refused: 0, retries: 0, running: 0, database };
}

/**
 * @param {Metrics} metrics
 * @param {{ method: string, route: string, status: number, seconds: number }} answer
 */
export function countAnswer(metrics, { method, route, status, seconds }) {
  const labels = `method="${method}",route="${route}",status="${status}"`;
  metrics.requests.set(labels, (metrics.requests.get(labels) ?? 0) + 1);
  const times = metrics.durations.get(route) ?? { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
  BUCKETS.forEach((limit, index) => {
    if (seconds <= limit) times.counts[index] += 1;
  });
  times.sum += seconds;
  times.count += 1;
  metrics.durations.set(route, times);
}

/**
 * Everything in the Prometheus text format.
 *
 * @param {Metrics} metrics
 * @param {{ instance: string, release: string }} about
 */
export function metricsText(metrics, about) {
  const { rss, heapUsed } = process.memoryUsage();
  const cpu = process.cpuUsage();
  const is = (/** @type {boolean} */ yes) => (yes ? 1 : 0);
  return [
    ...family(
      "shop_requests_total",
      "counter",
      "Answers by route and status.",
      [...metrics.requests].map(([labels, count]) => [`{${labels}}`, count]),
    ),
    ...histogram(metrics),
    ...family("shop_requests_running", "gauge", "Requests being answered now.", [["", metrics.running]]),
    ...family("shop_orders_total", "counter", "Orders placed by this instance.", [["", metrics.orders]]),
    ...family("shop_orders_refused_total", "counter", "Orders refused, for example because something is sold out.", [
      ["", metrics.refused],
    ]),
    ...family("shop_database_retries_total", "counter", "Statements and transactions tried again.", [
      ["", metrics.retries],
    ]),
    ...family("shop_database_up", "gauge", "1 when the database answered the last check.", [
      ['{use="write"}', is(metrics.database.write === "ok")],
      ['{use="read"}', is(metrics.database.read === "ok")],
    ]),
    ...family("shop_build_info", "gauge", "The release that runs.", [[`{release="${about.release}"}`, 1]]),
    ...family("process_resident_memory_bytes", "gauge", "Memory in use.", [["", rss]]),
    ...family("nodejs_heap_used_bytes", "gauge", "JavaScript heap in use.", [["", heapUsed]]),
    ...family("process_cpu_seconds_total", "counter", "Processor time used.", [["", (cpu.user + cpu.system) / 1e6]]),
    ...family("process_start_time_seconds", "gauge", "When the process started.", [
      ["", Math.round(Date.now() / 1000 - process.uptime())],
    ]),
    "",
  ].join("\n");
}

/**
 * @param {string} name
 * @param {string} type
 * @param {string} help
 * @param {(string | number)[][]} samples labels and value
 */
function family(name, type, help, samples) {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}

/** @param {Metrics} metrics */
function histogram({ durations }) {
  const name = "shop_request_duration_seconds";
  const lines = [...durations].flatMap(([route, times]) => [
    ...BUCKETS.map((limit, index) => `${name}_bucket{route="${route}",le="${limit}"} ${times.counts[index]}`),
    `${name}_bucket{route="${route}",le="+Inf"} ${times.count}`,
    `${name}_sum{route="${route}"} ${times.sum.toFixed(6)}`,
    `${name}_count{route="${route}"} ${times.count}`,
  ]);
  return [`# HELP ${name} Time until the answer was ready.`, `# TYPE ${name} histogram`, ...lines];
}
