import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { rolePackages } from "../src/cli/lab-packages.ts";
import { BASE_PACKAGES } from "../src/lab/recipe.ts";
import { type Resource, resourceId } from "../src/model/resource.ts";
import { referencedSecrets } from "../src/model/secret.ts";
import type { Site } from "../src/model/site.ts";
import type { Host, Service, Topology } from "../src/model/topology.ts";
import { desiredHost } from "../src/plan/desired.ts";
import { roles } from "../src/roles/index.ts";
import { rolesOf, siteTopology } from "../src/topology/topology.ts";
import { shopBackup, shopSite } from "./fixture.ts";

// The contract that every role keeps, on sites that differ in what they have.
const releases = { shop: "1".repeat(12), recommendations: "2".repeat(12), public: "3".repeat(12) };
const small: Site = {
  ...shopSite,
  aliases: [],
  balancer: { hosts: 1 },
  web: { ...shopSite.web, hosts: 1, files: undefined },
  app: shopSite.app.filter((service) => !service.database).map((service) => ({ ...service, hosts: 1 })),
  database: undefined,
};
const filesOnly: Site = { ...small, web: { ...small.web, files: "./public" }, app: [] };
const acme: Site = {
  ...filesOnly,
  balancer: { hosts: 2 },
  tls: {
    ...filesOnly.tls,
    certificate: { kind: "acme", email: "ops@shop.example", directory: "https://198.51.100.1:14000/dir" },
  },
};
const given: Site = {
  ...filesOnly,
  tls: { ...filesOnly.tls, certificate: { kind: "files", certificate: "./www.crt", key: "./www.key" } },
};
const galera = {
  ...shopSite,
  database: {
    ...{ hosts: 3, mode: "galera", arbiter: "none", promise: undefined, bufferPoolMiB: 128 },
    backup: { ...shopBackup, store: "none" },
  },
} satisfies Site;
const watched: Site = {
  ...shopSite,
  web: { ...shopSite.web, beacon: true, waf: "block" },
  app: shopSite.app.map((service) => ({ ...service, push: service.name === "recommendations" })),
  monitor: { ...shopSite.monitor, statusPage: "/status" },
};
const seen: Site = {
  ...shopSite,
  app: shopSite.app.map((service) => (service.database ? { ...service, secrets: ["VISIT_PASSWORD"] } : service)),
  monitor: {
    ...shopSite.monitor,
    alerts: { webhook: "https://hooks.example/ops", heartbeat: "https://heartbeat.example/ping" },
    regions: ["eu", "us", "asia"],
    visit: [
      { name: "front page", method: "GET", path: "/", form: [], status: 200, text: "Harbour", take: {} },
      {
        ...{ name: "log in", method: "POST", path: "/login", status: 303, text: undefined, take: {} },
        form: [{ name: "password", secret: "shop.VISIT_PASSWORD" }],
      },
    ],
  },
};
const two = { hosts: 2, arbiter: "monitor" } as const;

const sites: readonly (readonly [string, Site])[] = [
  ["the shop of twelve hosts", shopSite],
  ["one host of each tier, no database, no files", small],
  ["files only", filesOnly],
  ["a certificate by ACME", acme],
  ["a certificate of the user's", given],
  ["pushed measurements, beacons and a status page", watched],
  ["the same, where web hosts open TLS", { ...watched, tls: { ...watched.tls, terminate: "web" } }],
  ["the shop, looked at from three regions", seen],
  ["a Galera cluster of three", galera],
  ["a Galera cluster of two and an arbiter", { ...galera, database: { ...galera.database, ...two } }],
];

test("every role has a name of its own, a summary and a guide page", () => {
  expect(new Set(roles.map((role) => role.name)).size).toBe(roles.length);
  expect(roles[0]?.name).toBe("base");
  for (const role of roles) {
    expect(role.summary.length, role.name).toBeGreaterThan(20);
    expect(existsSync(join(import.meta.dirname, `../docs/guide/${role.name}.md`)), `guide of ${role.name}`).toBe(true);
    expect(role.rollout.atOnce).toBeGreaterThan(0);
    for (const tier of role.rollout.after) expect(roles.map((one) => one.name)).toContain(tier);
  }
});

describe.each(sites)("%s", (_, site) => {
  const topology = siteTopology(site, roles, { releases });
  const hosts = topology.hosts.map((host) => ({ host, resources: resourcesOf(host, topology) }));

  test("a service is offered once by a host, by the role that the host holds", () => {
    const keys = topology.services.map(({ name, host }) => `${name} ${host}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    const places = topology.services.map(({ host, address, port, protocol }) => [host, address, port, protocol].join());
    expect(places.filter((place, index) => places.indexOf(place) !== index)).toEqual([]);
    const wrong = topology.services.filter(
      ({ name, role, host }) =>
        !name.startsWith(`${role}.`) || !rolesOf(hostNamed(host, topology), roles).some((one) => one.name === role),
    );
    expect(wrong).toEqual([]);
  });

  test("a service with TLS shows a certificate with the name that its clients verify", () => {
    const missing = topology.services.filter(({ host, tlsName }) => {
      const names = hosts
        .find((one) => one.host.name === host)
        ?.resources.flatMap((one) => (one.kind === "certificate" && one.usages.includes("server") ? one.dnsNames : []));
      // The user's own is a file, and covers the names by a check of its own.
      const foreign = site === given && tlsName === site.domain;
      return tlsName !== undefined && !foreign && !names?.includes(tlsName);
    });
    expect(missing).toEqual([]);
  });

  test("every service can be reached by somebody, and every flow has a reason and a path of the site", () => {
    const open = new Set(topology.flows.map((flow) => `${flow.service} ${flow.toHost}`));
    // The only balancer has none to agree with, and what the only monitor asks itself goes over its loopback.
    const alone = ({ name, host }: Service) =>
      (name === "balancer.vrrp" && site.balancer.hosts === 1) || (host === "mon1" && site.monitor.hosts === 1);
    const closed = topology.services.filter((one) => !open.has(`${one.name} ${one.host}`) && !alone(one));
    expect(closed).toEqual([]);
    expect(topology.flows.filter((flow) => flow.why.trim() === "" || !isPath(flow.path, site))).toEqual([]);
  });

  test("a declared flow leads to a service of the site, or to a tier that the site does not have", () => {
    const offered = new Set(siteTopology(shopSite, roles).services.map((service) => service.name));
    const declared = roles.flatMap((role) => role.flows(shopSite).map((flow) => ({ ...flow, declaredBy: role.name })));
    expect(declared.filter(({ to }) => typeof to === "string" && !offered.has(to))).toEqual([]);
    expect(declared.filter(({ role, declaredBy }) => role !== declaredBy)).toEqual([]);
  });

  test("every resource says who wants it, from where in the site file it follows, and why", () => {
    const poor = hosts.flatMap(({ host, resources }) =>
      resources.filter(
        ({ role, path, why }) =>
          !rolesOf(host, roles).some((one) => one.name === role) || !isPath(path, site) || !isSentence(why),
      ),
    );
    expect(poor.map((one) => `${resourceId(one)} of ${one.role}: "${one.path}" ${one.why}`)).toEqual([]);
  });

  test("modes have four digits, paths are absolute, and files with secrets are closed to others", () => {
    for (const one of hosts.flatMap(({ resources }) => resources)) {
      if (one.kind === "file" || one.kind === "directory") expect(one.mode, resourceId(one)).toMatch(/^[0-7]{4}$/);
      if (one.kind === "file") expect(one.file).toMatch(/^\/\S+$/);
      if (one.kind === "file" && referencedSecrets(one.content).length > 0) {
        expect(["0600", "0640"], resourceId(one)).toContain(one.mode);
        expect(one.mode === "0640" && one.group === "root", resourceId(one)).toBe(false);
      }
      if (one.kind === "release") expect(one).toMatchObject({ id: releases[one.name as keyof typeof releases] });
      if (one.kind === "release") expect(one.root).toBe(`/srv/${one.name}`);
    }
  });

  test("files begin with whose they are, and hold nothing that changes by itself", () => {
    const files = hosts.flatMap(({ host, resources }) =>
      resources.flatMap((one) => (one.kind === "file" || one.kind === "firewall" ? [{ host, one }] : [])),
    );
    const foreign = files.filter(({ host, one }) => {
      const head = one.content.split("\n").slice(0, 8).join("\n");
      // Visitors see pages, and are told nothing of the host.
      const bare = /^\/etc\/rampart\/(ca\.crt|database\/(replication|backup\.key))$|\.(http|html)$|\/beacon\.js$/.test(
        one.file,
      );
      return head.includes(`Made by Rampart for ${host.name}`) === bare;
    });
    expect(foreign.map(({ host, one }) => `${host.name} ${one.file}`)).toEqual([]);
    expect(files.filter(({ one }) => one.content.includes("undefined") || /\[object /.test(one.content))).toEqual([]);
    expect(files.filter(({ one }) => !one.content.endsWith("\n")).map(({ one }) => one.file)).toEqual([]);
  });

  test("units follow resources that are there, and every file of a unit is followed", () => {
    for (const { host, resources } of hosts) {
      const ids = new Set(resources.map(resourceId));
      const units = resources.flatMap((one) => (one.kind === "unit" ? [one] : []));
      const followed = new Set(units.flatMap((unit) => [...unit.reloadOn, ...unit.restartOn]));
      expect(
        [...followed].filter((id) => !ids.has(id)),
        host.name,
      ).toEqual([]);
      for (const id of ids) {
        const unit = /^file:\/etc\/systemd\/system\/([^/]+?)(?:\.d\/[^/]+)?$/.exec(id)?.[1];
        // What nftables.service does at boot is done by then: the rules are loaded by the firewall's own change.
        if (unit === undefined || unit === "nftables.service") continue;
        // Started when they are due, each time by what their file says then; a change must not end one that runs.
        if (/^rampart-(backup-(base|drill)|restored@)\.service$/.test(unit)) continue;
        const owner = units.find((one) => one.name === unit);
        expect([...(owner?.restartOn ?? []), ...(owner?.reloadOn ?? [])], `${host.name}: ${unit}`).toContain(id);
      }
    }
  });

  test("owners are root, an account of the host, or of one of its packages", () => {
    const brought = new Set([
      "root",
      "mysql",
      "prometheus",
      "www-data",
      "haproxy",
      "etcd",
      "_chrony",
      "adm",
      "systemd-journal",
    ]);
    for (const { host, resources } of hosts) {
      const accounts = new Set(resources.flatMap((one) => (one.kind === "user" ? [one.name] : [])));
      const owners = resources.flatMap((one) =>
        one.kind === "file" || one.kind === "directory" ? [one.owner, one.group] : "group" in one ? [one.group] : [],
      );
      expect(
        [...new Set(owners)].filter((name) => !brought.has(name) && !accounts.has(name)),
        host.name,
      ).toEqual([]);
    }
  });

  test("every package is in the lab's image", () => {
    const held = new Set([
      ...rolePackages,
      ...(site === acme ? ["lego"] : []),
      ...BASE_PACKAGES,
      ...site.app.flatMap((service) => service.packages),
    ]);
    const wanted = hosts.flatMap(({ resources }) =>
      resources.flatMap((one) => (one.kind === "package" ? one.name : [])),
    );
    expect([...new Set(wanted)].filter((name) => !held.has(name))).toEqual([]);
  });

  test("checks are told apart, are looked at from hosts that exist, and promise something", () => {
    const names = new Set(topology.hosts.map((host) => host.name));
    const checks = hosts.flatMap(({ host }) => rolesOf(host, roles).flatMap((role) => role.checks(host, topology)));
    const keys = checks.map((check) => `${check.host} ${check.id}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    for (const check of checks) {
      expect(check.id).toMatch(/^[a-z]+\.[a-z-]+$/);
      expect(check.id.startsWith(`${check.role}.`)).toBe(true);
      expect(names).toContain(check.host);
      if (check.from !== "visitor") expect(check.from.length, check.id).toBeGreaterThan(0);
      if (check.from !== "visitor") for (const host of check.from) expect(names, check.id).toContain(host);
      expect(check.promise.trim(), check.id).not.toBe("");
      expect(check.within).toBeGreaterThan(0);
    }
  });

  test("what is drained around a change are hosts of the site", () => {
    const names = new Set(topology.hosts.map((host) => host.name));
    for (const { host } of hosts) {
      for (const role of rolesOf(host, roles)) {
        const { before, after } = role.around?.(host, topology) ?? { before: {}, after: {} };
        expect(Object.keys(before).toSorted()).toEqual(Object.keys(after).toSorted());
        for (const name of Object.keys(before)) expect(names).toContain(name);
      }
    }
  });

  test("the same site gives the same text", () => {
    const again = siteTopology(structuredClone(site), roles, { releases });
    expect(again).toEqual(topology);
    expect(again.hosts.map((host) => resourcesOf(host, again))).toEqual(hosts.map(({ resources }) => resources));
  });
});

test.each([
  ["a web host", { ...shopSite, web: { ...shopSite.web, hosts: 3 } }],
  ["an app host", { ...shopSite, app: shopSite.app.map((one) => (one.name === "shop" ? { ...one, hosts: 3 } : one)) }],
  [
    "a database host",
    {
      ...shopSite,
      database: { hosts: 4, mode: "replicated", promise: "no-loss", bufferPoolMiB: 128, backup: shopBackup },
    },
  ],
] as const)("one host more changes only what has to know of %s", (_, more) => {
  const [before, after] = [shopSite, more as Site].map((site) => siteTopology(site, roles, { releases }));
  if (!before || !after) throw new Error("no topology");
  const changes = before.hosts.map((host) => {
    const then = new Map(resourcesOf(host, before).map((one) => [resourceId(one), wish(one)]));
    const now = new Map(resourcesOf(hostNamed(host.name, after), after).map((one) => [resourceId(one), wish(one)]));
    const ids = new Set([...then.keys(), ...now.keys()]);
    return [host.name, [...ids].filter((id) => then.get(id) !== now.get(id))] as const;
  });
  expect(Object.fromEntries(changes)).toMatchSnapshot();
});

function resourcesOf(host: Host, topology: Topology): readonly Resource[] {
  return desiredHost(host, topology, rolesOf(host, roles)).resources;
}

test("what a host's exporter collects is asked for, and nothing else", () => {
  const topology = siteTopology(shopSite, roles, { releases });
  const contentOf = (host: string, file: string) => {
    const found = resourcesOf(hostNamed(host, topology), topology).find(
      (one) => one.kind === "file" && one.file === file,
    );
    return found?.kind === "file" ? found.content : "";
  };
  const collected =
    contentOf("web1", "/etc/default/prometheus-node-exporter").match(/(?<=--collector\.)[a-z]+(?= )/g) ?? [];
  const config = contentOf("mon1", "/etc/prometheus/prometheus.yml");
  const asked = [...config.matchAll(/collect\[\]:\n((?: +- [a-z]+\n)+)/g)].flatMap(
    ([, list]) => list?.match(/[a-z]+/g) ?? [],
  );
  expect([...new Set(asked)].toSorted()).toEqual(collected.filter((name) => name !== "disable").toSorted());
});

function hostNamed(name: string, topology: Topology): Host {
  const host = topology.hosts.find((one) => one.name === name);
  if (!host) throw new Error(`no host ${name}`);
  return host;
}

/** What is wanted, without the reasons. */
function wish({ role: _role, path: _path, why: _why, ...rest }: Resource): string {
  return JSON.stringify(rest);
}

/** It may begin with the name of a service or a daemon. */
function isSentence(text: string): boolean {
  return /^[A-Za-z].{10,}[.!?]$/.test(text);
}

/** "" or a path that leads somewhere in the site; services of `app` are called by their names, as in the site file. */
function isPath(path: string, site: Site): boolean {
  const { app, ...rest } = site;
  const named = { ...rest, app: Object.fromEntries(app.map((service) => [service.name, service])) };
  if (path === "") return true;
  const parts = path.split(".");
  let value: unknown = named;
  for (const part of parts) {
    if (typeof value !== "object" || value === null || !(part in value)) return false;
    value = (value as Record<string, unknown>)[part];
  }
  return true;
}
