import { execFileSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import type { Plan } from "../src/model/plan.ts";
import type { AppService, Site } from "../src/model/site.ts";
import { observedSite, planOf } from "../test/observed.ts";

/**
 * How long a plan takes for a site of 1,000 hosts, from the site to the ordered stages: nothing to do, and one change in the
 * web tier. What the hosts would answer over SSH is given. One line of JSON a measurement. The memory is that of a process
 * which makes one plan, at its highest: garbage of seven plans says nothing of one.
 */
const runs = 5;
const site = largeSite();
const observed = observedSite(site);
const changed: Site = { ...site, web: { ...site.web, maxBodyMiB: 17 } };
if (process.argv[2] === "once") {
  planOf(changed, observed);
  console.log(process.resourceUsage().maxRSS / 1024);
} else {
  const once = execFileSync(process.execPath, [...process.execArgv, process.argv[1] ?? "", "once"], {
    encoding: "utf8",
  });
  const rssMiB = Math.round(Number(once));
  measure("plan of 1,000 hosts, nothing to do", () => planOf(site, observed), 0, rssMiB);
  measure("plan of 1,000 hosts, one change in the web tier", () => planOf(changed, observed), site.web.hosts, rssMiB);
}

function measure(name: string, work: () => Plan, expected: number, rssMiB: number): void {
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    const { stages } = work();
    times.push(performance.now() - began);
    const hosts = new Set(stages.flatMap((stage) => stage.hosts.map((one) => one.host))).size;
    if (hosts !== expected) throw new Error(`${name}: ${hosts} hosts change, not ${expected}`);
  }
  const sorted = times.toSorted((one, other) => one - other).map(Math.round);
  const { user, system } = process.cpuUsage(cpu);
  // Of one run: beside other work on the machine it tells more than the clock.
  const cpuMs = Math.round((user + system) / 1000 / runs);
  console.log(JSON.stringify({ name, medianMs: sorted[runs >> 1], worstMs: sorted.at(-1), cpuMs, runs, rssMiB }));
}

/** 2 balancers, 250 web hosts, four services on 186 hosts each, 3 databases and a monitor. */
function largeSite(): Site {
  const service = (name: string, port: number, database: boolean): AppService => ({
    ...{ name, source: `./${name}`, packages: ["nodejs"], build: undefined, migrate: undefined },
    ...{ start: "node server.js", port, health: "/healthz", metrics: "/metrics" },
    ...{ push: false, login: undefined, concurrency: 500 },
    ...{ routes: [{ host: undefined, path: `/${name}` }], env: {}, secrets: ["TOKEN"], database, hosts: 186 },
  });
  return {
    name: "large",
    domain: "www.large.example",
    aliases: ["large.example"],
    tls: { certificate: "own", terminate: "balancer" },
    balancer: { hosts: 2 },
    web: { hosts: 250, files: "./public", maxBodyMiB: 16, waf: "off", wafExceptions: [], beacon: false },
    app: [
      service("shop", 3000, true),
      service("search", 3001, false),
      service("accounts", 3002, true),
      service("images", 3003, false),
    ],
    database: {
      hosts: 3,
      mode: "replicated",
      arbiter: "none",
      promise: "no-loss",
      bufferPoolMiB: 128,
      backup: {
        store: "monitor",
        credentials: undefined,
        trust: undefined,
        at: "03:00",
        keep: { daily: 7, weekly: 4, monthly: 6 },
        drill: "weekly",
      },
    },
    monitor: {
      ...{ hosts: 1, retentionDays: 15, statusPage: undefined, regions: [], visit: [] },
      alerts: { webhook: undefined, heartbeat: undefined },
    },
    firewall: { admin: [], block: [], extra: [] },
    limits: { requests: "200/s", connections: "100/s", open: 200, errors: "10/s", logins: "10/5m", ban: "1h" },
    environment: { name: "lab", kind: "lab", localDomain: "www.large.localhost", httpsPort: 8443, httpPort: 8080 },
  };
}
