import { hash } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { DesiredHost, ObservedHost, Plan, Seen } from "../src/model/plan.ts";
import { type Resource, resourceId } from "../src/model/resource.ts";
import type { AppService, Site } from "../src/model/site.ts";
import { desiredHost } from "../src/plan/desired.ts";
import { hostChanges } from "../src/plan/diff.ts";
import { sitePlan } from "../src/plan/order.ts";
import { certificateWish, keyMode } from "../src/resources/certificate.ts";
import type { DiffWorld } from "../src/resources/kind.ts";
import { roles } from "../src/roles/index.ts";
import { rolesOf, siteTopology } from "../src/topology/topology.ts";

/**
 * How long a plan takes for a site of 1,000 hosts, from the site to the ordered stages: nothing to do, and one change in the
 * web tier. What the hosts would be asked over SSH is given. One line of JSON a measurement.
 */
const runs = 7;
const site = largeSite();
const world: DiffWorld = {
  digest: (text) => hash("sha256", text),
  resolve: (text) => text.replaceAll("{{ca}}", "a CA certificate"),
  now: 1_800_000_000,
};
const observed = observedAs(desiredOf(site), world);
measure("plan of 1,000 hosts, nothing to do", () => plan(site), 0);
const changed: Site = { ...site, web: { ...site.web, maxBodyMiB: 17 } };
measure("plan of 1,000 hosts, one change in the web tier", () => plan(changed), site.web.hosts);

function plan(wanted: Site): Plan {
  const topology = siteTopology(wanted, roles);
  const desired = new Map<string, DesiredHost>();
  const changes = new Map<string, ReturnType<typeof hostChanges>>();
  for (const host of topology.hosts) {
    const seen = observed.get(host.name);
    if (!seen) throw new Error(`${host.name} was not observed`);
    const one = desiredHost(host, topology, rolesOf(host, roles));
    desired.set(host.name, one);
    changes.set(host.name, hostChanges(one, seen, world));
  }
  return sitePlan({ topology, roles, desired, observed, changes });
}

function measure(name: string, work: () => Plan, expected: number): void {
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
  const rssMiB = Math.round(process.memoryUsage().rss / 2 ** 20);
  const { user, system } = process.cpuUsage(cpu);
  // Of one run: beside other work on the machine it tells more than the clock.
  const cpuMs = Math.round((user + system) / 1000 / runs);
  console.log(JSON.stringify({ name, medianMs: sorted[runs >> 1], worstMs: sorted.at(-1), cpuMs, runs, rssMiB }));
}

function desiredOf(wanted: Site): readonly DesiredHost[] {
  const topology = siteTopology(wanted, roles);
  return topology.hosts.map((host) => desiredHost(host, topology, rolesOf(host, roles)));
}

/** What would be seen on hosts that are as they should be. */
function observedAs(desired: readonly DesiredHost[], facts: DiffWorld): ReadonlyMap<string, ObservedHost> {
  return new Map(
    desired.map(({ host, resources }) => {
      const owned = resources.map(resourceId);
      const generation = { number: 1, digest: "", at: "2026-01-01T00:00:00.000Z", by: "bench", owned };
      const seen = new Map(resources.flatMap((one) => seenAs(one, facts)));
      return [host, { host, generation, seen }] as const;
    }),
  );
}

function seenAs(wanted: Resource, { digest, resolve, now }: DiffWorld): readonly (readonly [string, Seen])[] {
  const fact = (seen: Seen) => [[resourceId(wanted), seen] as const];
  switch (wanted.kind) {
    case "package":
      return fact({ status: "installed" });
    case "user":
      return fact({ groups: [wanted.name, ...wanted.groups].join(" ") });
    case "directory":
      return fact({ mode: wanted.mode, owner: wanted.owner, group: wanted.group });
    case "file":
      return fact({
        digest: digest(resolve(wanted.content)),
        mode: wanted.mode,
        owner: wanted.owner,
        group: wanted.group,
      });
    case "certificate": {
      const rights = { mode: keyMode(wanted), owner: "root", group: wanted.group };
      const wish = certificateWish(wanted, { digest, resolve });
      return fact({ wish, genuine: "true", notAfter: String(now + 80 * 86_400), ...rights });
    }
    case "firewall":
      return fact({ digest: digest(wanted.content), loaded: "true", rules: "" });
    case "release":
      return fact({ id: wanted.id });
    case "unit":
      return wanted.state === "off"
        ? []
        : fact({ active: "active", enabled: "true", condition: "yes", restart: "", reload: "" });
  }
}

/** 2 balancers, 250 web hosts, four services on 186 hosts each, 3 databases and a monitor. */
function largeSite(): Site {
  const service = (name: string, port: number, database: boolean): AppService => ({
    ...{ name, source: `./${name}`, packages: ["nodejs"], build: undefined, migrate: undefined },
    ...{ start: "node server.js", port, health: "/healthz", metrics: "/metrics" },
    ...{ routes: [{ host: undefined, path: `/${name}` }], env: {}, secrets: ["TOKEN"], database, hosts: 186 },
  });
  return {
    name: "large",
    domain: "www.large.example",
    aliases: ["large.example"],
    tls: { certificate: "own", terminate: "balancer" },
    balancer: { hosts: 2 },
    web: { hosts: 250, files: "./public", maxBodyMiB: 16 },
    app: [
      service("shop", 3000, true),
      service("search", 3001, false),
      service("accounts", 3002, true),
      service("images", 3003, false),
    ],
    database: { hosts: 3, mode: "replicated", promise: "no-loss", bufferPoolMiB: 128 },
    monitor: { hosts: 1, retentionDays: 15, alerts: { webhook: undefined } },
    firewall: { admin: [] },
    environment: { name: "lab", kind: "lab", localDomain: "www.large.localhost", httpsPort: 8443, httpPort: 8080 },
  };
}
