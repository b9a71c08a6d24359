/** Every default of the site file, in one place; the reasons stand in resolve.ts. */
export const defaults = {
  acme: { directory: "https://acme-v02.api.letsencrypt.org/directory" },
  balancer: { hosts: 2 },
  web: { hosts: 2, maxBodyMiB: 16, waf: "off" },
  app: { hosts: 2, health: "/", concurrency: 500 },
  database: { hosts: 3, mode: "replicated", arbiter: "none", promise: "no-loss", bufferPoolMiB: 128 },
  backup: { store: "monitor", at: "03:00", keep: { daily: 7, weekly: 4, monthly: 6 }, drill: "weekly" },
  monitor: { hosts: 1, retentionDays: 15 },
  limits: { requests: "200/s", connections: "100/s", open: 200, errors: "10/s", logins: "10/5m", ban: "1h" },
  lab: { httpsPort: 8443, httpPort: 8080 },
} as const;
