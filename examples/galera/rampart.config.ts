import { defineSite } from "rampart";

// The shop's service on a Galera cluster: two members and an arbiter on the monitor host. The other mode, with one primary, is the
// one that promises that no acknowledged write is lost: docs/guide/database.md says what this one keeps and what it does not.
export default defineSite({
  name: "galera",
  domain: "www.galera.example",

  balancer: { hosts: 1 },
  web: { hosts: 1 },
  app: {
    shop: {
      source: "../shop/shop",
      build: "npm ci --omit=dev --no-audit --no-fund",
      migrate: "node migrate.js",
      start: "node server.js",
      port: 3000,
      health: "/healthz",
      database: true,
      hosts: 1,
      secrets: ["SESSION_SECRET"],
    },
  },
  database: { mode: "galera", hosts: 2, arbiter: "monitor", backup: { store: "none" } },
});
