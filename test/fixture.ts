import type { Site, SiteBackup } from "../src/model/site.ts";

/** Every default. */
export const shopBackup: SiteBackup = {
  store: "monitor",
  credentials: undefined,
  at: "03:00",
  keep: { daily: 7, weekly: 4, monthly: 6 },
  drill: "weekly",
};

/** The shop as config/ resolves it: twelve hosts. For tests of what comes after config/. */
export const shopSite: Site = {
  name: "shop",
  domain: "www.shop.example",
  aliases: ["shop.example"],
  tls: { certificate: "own", terminate: "balancer" },
  balancer: { hosts: 2 },
  web: { hosts: 2, files: "./public", maxBodyMiB: 16, waf: "off", wafExceptions: [] },
  app: [
    {
      name: "shop",
      source: "./shop",
      packages: ["nodejs"],
      build: "npm ci --omit=dev",
      migrate: "node migrate.js",
      start: "node server.js",
      port: 3000,
      health: "/healthz",
      metrics: "/metrics",
      login: "/login",
      concurrency: 500,
      routes: [{ host: undefined, path: "/" }],
      env: {},
      secrets: ["SESSION_SECRET"],
      database: true,
      hosts: 2,
    },
    {
      name: "recommendations",
      source: "./recommendations",
      packages: ["nodejs"],
      build: undefined,
      migrate: undefined,
      start: "node server.js",
      port: 3001,
      health: "/healthz",
      metrics: "/metrics",
      login: undefined,
      concurrency: 500,
      routes: [{ host: undefined, path: "/api/recommendations" }],
      env: {},
      secrets: [],
      database: false,
      hosts: 2,
    },
  ],
  database: { hosts: 3, mode: "replicated", promise: "no-loss", bufferPoolMiB: 128, backup: shopBackup },
  monitor: { hosts: 1, retentionDays: 15, alerts: { webhook: undefined } },
  firewall: { admin: [], block: [], extra: [] },
  limits: { requests: "200/s", connections: "100/s", open: 200, errors: "10/s", logins: "10/5m", ban: "1h" },
  environment: { name: "lab", kind: "lab", localDomain: "www.shop.localhost", httpsPort: 8443, httpPort: 8080 },
};
