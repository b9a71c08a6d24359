import { defineSite } from "rampart";

// A small shop on twelve hosts: two balancers, two web hosts, two services on two hosts each, three database hosts, a monitor.
// Start it with `make up`; `rampart config` shows the complete site, with every default and where it comes from.
export default defineSite({
  name: "shop",
  domain: "www.shop.example",
  aliases: ["shop.example"], // redirected to the domain

  web: { files: "./public" },
  app: {
    shop: {
      source: "./shop",
      build: "npm ci --omit=dev --no-audit --no-fund",
      migrate: "node migrate.js",
      start: "node server.js",
      port: 3000,
      health: "/healthz",
      metrics: "/metrics",
      login: "/login", // whoever guesses passwords there is banned for a while
      routes: ["/"],
      database: true,
      secrets: ["SESSION_SECRET"],
    },
    recommendations: {
      source: "./recommendations",
      start: "node server.js",
      port: 3001,
      health: "/healthz",
      metrics: "/metrics",
      push: true, // and what it counts by StatsD
      routes: ["/api/recommendations"],
    },
  },
  database: { hosts: 3, promise: "no-loss" },
  monitor: { retentionDays: 15, objectives: { availability: "99.9%", latency: "p95 < 300ms" } },
});
