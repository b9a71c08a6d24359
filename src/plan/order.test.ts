import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shopSite } from "../../test/fixture.ts";
import { blankHost, type ObservedSite, observedSite, planOf } from "../../test/observed.ts";
import type { ObservedHost, Plan, Stage } from "../model/plan.ts";
import type { Site } from "../model/site.ts";
import { roles } from "../roles/index.ts";
import { siteTopology } from "../topology/topology.ts";
import { tierOrder } from "./order.ts";

const applied = observedSite(shopSite);
const nobody: ObservedSite = new Map();
const withShops = (count: number): Site => ({
  ...shopSite,
  app: shopSite.app.map((one) => (one.name === "shop" ? { ...one, hosts: count } : one)),
});

/** `open doors: db1 db2 | gate` */
function lines(plan: Plan): readonly string[] {
  return plan.stages.map(({ title, hosts, gate }) => {
    const names = hosts.map((one) => (one.drain ? `${one.host}(drained)` : one.host)).join(" ");
    return `${title}: ${names}${gate.length > 0 ? ` | ${gate.join(" ")}` : ""}`;
  });
}

function stageOf(plan: Plan, host: string, id: string): number {
  return plan.stages.findIndex((stage) => changesOf(stage, host).includes(id));
}

function changesOf(stage: Stage | undefined, host: string): readonly string[] {
  return stage?.hosts.find((one) => one.host === host)?.changes.map((change) => change.id) ?? [];
}

describe("the order of a plan", () => {
  test("a first apply: side by side, but what uses the database after it", () => {
    const plan = planOf(shopSite, nobody);
    expect(lines(plan)).toEqual([
      "bring up balancer, web, recommendations, database and monitor: db1 db2 db3 lb1 lb2 mon1 recommendations1 recommendations2 shop1 shop2 web1 web2 | db1 db2 db3",
      "bring up what uses the database, migrating its schema: shop1",
      "bring up the other hosts of these services: shop2",
    ]);
    expect(changesOf(plan.stages[1], "shop1")).toEqual(["release:shop", "unit:app-shop.service"]);
    expect(plan.added).toHaveLength(12);
    expect(plan.unchanged).toEqual([]);
  });

  test("nothing to do", () => {
    const plan = planOf(shopSite, applied);
    expect(plan.stages).toEqual([]);
    expect(plan.unchanged).toHaveLength(12);
    expect(plan.added).toEqual([]);
  });

  test("a first apply that was cut off before its last word is finished", () => {
    const cut = { ...(applied.get("web1") ?? blankHost("web1")), generation: undefined };
    const plan = planOf(shopSite, new Map([...applied, ["web1", cut]]));
    expect(lines(plan)).toEqual(["bring up web: web1 | web1"]);
    expect(planOf(shopSite, applied).stages).toEqual([]);
  });

  test("one file of the web tier: one host at a time, each well before the next; a reload drains nobody", () => {
    const plan = planOf({ ...shopSite, web: { ...shopSite.web, maxBodyMiB: 17 } }, applied);
    expect(lines(plan)).toEqual(["change web1: web1 | web1", "change web2: web2 | web2"]);
    const changes = plan.stages[0]?.hosts[0]?.changes ?? [];
    expect(changes.map(({ id, effect }) => [id, effect])).toEqual([
      ["file:/etc/nginx/nginx.conf", "none"],
      ["unit:nginx.service", "reload"],
    ]);
    expect(changes[1]?.reason).toBe("/etc/nginx/nginx.conf changes");
  });

  test("a restart of what the host serves drains it, a restart of what every host has does not", () => {
    const haproxy = "file:/etc/systemd/system/haproxy.service.d/rampart.conf";
    const ssh = "file:/etc/systemd/system/ssh.service.d/rampart.conf";
    expect(lines(planOf(shopSite, without(applied, "web1", haproxy)))).toEqual(["change web1: web1(drained) | web1"]);
    expect(lines(planOf(shopSite, without(applied, "web1", ssh)))).toEqual(["change web1: web1 | web1"]);
  });

  test("three database hosts become four: the newcomer is well when all others know it, and before its users do", () => {
    const database = shopSite.database && { ...shopSite.database, hosts: 4 };
    const plan = planOf({ ...shopSite, database }, applied);
    const told = lines(plan);
    expect(told[1]).toBe("bring up database: db4");
    expect(told.slice(2, 5)).toEqual(["change db3: db3 | db3", "change db2: db2 | db2", "change db1: db1 | db1 db4"]);
    expect(told.findIndex((one) => one.startsWith("change shop1"))).toBeGreaterThan(4);
  });

  test("one monitor becomes two: the new one is well when the other one knows it", () => {
    const plan = planOf({ ...shopSite, monitor: { ...shopSite.monitor, hosts: 2 } }, applied);
    const told = lines(plan);
    expect(told[1]).toBe("bring up monitor: mon2");
    expect(told.find((line) => line.startsWith("change mon1"))).toBe("change mon1: mon1 | mon1 mon2");
  });

  test("two shop hosts become three: doors, then the newcomer until it is well, then its users one at a time", () => {
    const plan = planOf(withShops(3), applied);
    expect(lines(plan)).toEqual([
      "open doors: db1 db2 db3 lb1 lb2 mon1 recommendations1 recommendations2 shop1 shop2 web1 web2",
      "bring up the other hosts of these services: shop3 | shop3",
      "change web1: web1 | web1",
      "change web2: web2 | web2",
      "change mon1: mon1 | mon1",
    ]);
    expect(changesOf(plan.stages[0], "web1")).toEqual(["file:/etc/hosts", "firewall:/etc/nftables.conf"]);
    expect(changesOf(plan.stages[0], "lb1")).toEqual(["file:/etc/hosts"]);
  });

  test("a newcomer with a new release waits for the schema", () => {
    const old = changed(applied, "shop1", "release:shop", (seen) => ({ ...seen, id: "old" }));
    const stages = lines(
      planOf(
        withShops(3),
        changed(old, "shop2", "release:shop", (seen) => ({ ...seen, id: "old" })),
      ),
    );
    expect(stages.slice(1, 4)).toEqual([
      "migrate the schema that newcomers need: shop1(drained) | shop1",
      "bring up the other hosts of these services: shop3 | shop3",
      "change shop2: shop2(drained) | shop2",
    ]);
  });

  test("three shop hosts become two: the users first, doors closed last", () => {
    const plan = planOf(shopSite, observedSite(withShops(3)));
    expect(lines(plan)).toEqual([
      "change web1: web1 | web1",
      "change web2: web2 | web2",
      "change mon1: mon1 | mon1",
      "close doors: db1 db2 db3 lb1 lb2 mon1 recommendations1 recommendations2 shop1 shop2 web1 web2",
    ]);
    expect(changesOf(plan.stages[0], "web1")).toEqual([
      "file:/etc/hosts",
      "file:/etc/haproxy/haproxy.cfg",
      "unit:haproxy.service",
    ]);
    expect(changesOf(plan.stages.at(-1), "db1")).toEqual(["file:/etc/hosts", "firewall:/etc/nftables.conf"]);
  });

  test("fewer operators' networks only close doors; more of them only open some", () => {
    const more = { ...shopSite, firewall: { ...shopSite.firewall, admin: ["192.0.2.0/24"] } };
    const closing = planOf(shopSite, observedSite(more));
    expect(stageOf(closing, "db1", "firewall:/etc/nftables.conf")).toBe(closing.stages.length - 1);
    const opening = planOf(more, applied);
    expect(stageOf(opening, "db1", "firewall:/etc/nftables.conf")).toBe(0);
  });

  test("rules that both open and close are loaded twice: first with those that stand, last alone", () => {
    const admin = (network: string) => ({ ...shopSite, firewall: { ...shopSite.firewall, admin: [network] } });
    const plan = planOf(admin("203.0.113.0/24"), observedSite(admin("192.0.2.0/24")));
    const rulesIn = (stage: Stage | undefined) => {
      const [change] = stage?.hosts.find((one) => one.host === "db1")?.changes ?? [];
      const put = change?.steps.find((step) => step.kind === "put");
      return put?.kind === "put" ? put.content : "";
    };
    expect(changesOf(plan.stages.at(-1), "db1")).toEqual(["firewall:/etc/nftables.conf"]);
    expect(rulesIn(plan.stages[0])).toMatch(/192\.0\.2\.0\/24 .*dport 22 /);
    expect(rulesIn(plan.stages[0])).toMatch(/203\.0\.113\.0\/24 .*dport 22 /);
    expect(rulesIn(plan.stages.at(-1))).not.toMatch(/192\.0\.2\.0/);
    const closed = /comment "no flow allows this"\n(?: {4}counter .*\n)? {2}\}/g;
    expect(rulesIn(plan.stages[0]).match(closed)).toHaveLength(3);
    execFileSync("unshare", ["-n", "nft", "-c", "-f", "-"], { input: rulesIn(plan.stages[0]) });
  });

  test("a unit that was found pending is restarted although no file changes", () => {
    const pending = changed(applied, "db2", "unit:mariadb.service", (seen) => ({
      ...seen,
      restart: "/etc/mysql/x.cnf",
    }));
    const plan = planOf(shopSite, pending);
    expect(lines(plan)).toEqual(["change db2: db2 | db2"]);
    expect(plan.stages[0]?.hosts[0]?.changes).toMatchObject([
      { id: "unit:mariadb.service", effect: "restart", reason: "has not taken /etc/mysql/x.cnf yet" },
    ]);
  });
});

test("a tier is changed after those that it uses", () => {
  expect(tierOrder(roles)).toEqual(["database", "app", "web", "balancer", "probe", "monitor"]);
});

/** Hosts as they should be, bare, half done, or not as they should be in some places. */
const findings = fc.record({
  shops: fc.integer({ min: 1, max: 3 }),
  webs: fc.integer({ min: 1, max: 3 }),
  before: fc.record({ shops: fc.integer({ min: 1, max: 3 }), webs: fc.integer({ min: 1, max: 3 }) }),
  blank: fc.array(fc.nat(20), { maxLength: 4 }),
  missing: fc.array(fc.tuple(fc.nat(20), fc.nat(60)), { maxLength: 12 }),
});

const earlier = new Map<string, ObservedSite>();

/** A dozen sizes are tried again and again. */
function observedBefore(site: Site): ObservedSite {
  const size = JSON.stringify([site.app, site.web]);
  const seen = earlier.get(size) ?? observedSite(site);
  earlier.set(size, seen);
  return seen;
}

test("whatever is found: every change once, newcomers before their users, few serving hosts at a time", () => {
  const sized = ({ shops, webs }: { shops: number; webs: number }): Site => {
    const site = withShops(shops);
    return { ...site, web: { ...site.web, hosts: webs } };
  };
  fc.assert(
    fc.property(findings, ({ before, blank, missing, ...now }) => {
      const site = sized(now);
      const { hosts } = siteTopology(site, roles);
      const found = new Map(observedBefore(sized(before)));
      for (const host of blank) found.delete([...found.keys()][host] ?? "");
      for (const [host, nth] of missing) {
        const one = [...found.values()][host];
        const id = one && [...one.seen.keys()][nth];
        if (one && id) found.set(one.host, without(found, one.host, id).get(one.host) ?? one);
      }
      keepsItsPromises(planOf(site, found), hosts, found);
    }),
    { numRuns: 30 },
  );
});

function keepsItsPromises(
  plan: Plan,
  hosts: readonly { readonly name: string; readonly tier: string; readonly service?: string }[],
  found: ObservedSite,
): void {
  // Rules alone may come twice: at the opening of doors and at their closing.
  const deedsOf = (stages: readonly Stage[]) =>
    stages.flatMap((stage) =>
      stage.hosts.flatMap(({ host, changes }) => changes.map((change) => `${host} ${change.id}`)),
    );
  const once = deedsOf(plan.stages.filter((stage) => stage.title !== "open doors"));
  expect(new Set(once).size).toBe(once.length);
  const doors = deedsOf(plan.stages.filter((stage) => stage.title === "open doors"));
  expect(doors.filter((deed) => once.includes(deed) && !deed.includes(" firewall:"))).toEqual([]);
  expect([...plan.added].toSorted()).toEqual(
    hosts
      .map((host) => host.name)
      .filter((name) => !found.has(name))
      .toSorted(),
  );
  const inPlan = new Set([...plan.stages.flatMap((stage) => stage.hosts.map((one) => one.host)), ...plan.unchanged]);
  expect(hosts.filter((host) => !inPlan.has(host.name))).toEqual([]);

  const lastNewcomer = plan.stages.findLastIndex((stage) => stage.hosts.some(({ host }) => plan.added.includes(host)));
  const rolling = plan.stages.filter(({ title }) => title.startsWith("change "));
  for (const stage of rolling) {
    expect(plan.stages.indexOf(stage)).toBeGreaterThan(lastNewcomer);
    const groups = stage.hosts.map(({ host }) => {
      const { tier = "", service = "" } = hosts.find((one) => one.name === host) ?? {};
      return `${tier} ${service}`;
    });
    expect(new Set(groups).size).toBe(groups.length);
    const gate = stage.gate.filter((host) => !plan.added.includes(host));
    expect(gate.toSorted()).toEqual(stage.hosts.map(({ host }) => host).toSorted());
  }
  const joins = plan.added.length > 0 && plan.added.length < hosts.length;
  const gates = plan.stages.slice(lastNewcomer).flatMap(({ gate }) => gate);
  if (joins) expect(gates).toEqual(expect.arrayContaining([...plan.added]));
  const interrupting = plan.stages.filter((stage) => !rolling.includes(stage) && /doors$/.test(stage.title));
  const effects = interrupting.flatMap((stage) =>
    stage.hosts.flatMap((one) => one.changes.map(({ effect }) => effect)),
  );
  expect(effects.filter((effect) => effect !== "none")).toEqual([]);
}

function changed(
  site: ObservedSite,
  host: string,
  id: string,
  change: (seen: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): ObservedSite {
  const one = site.get(host) ?? blankHost(host);
  const seen = new Map([...one.seen, [id, change(one.seen.get(id) ?? {})] as const]);
  return new Map([...site, [host, { ...one, seen }]]);
}

function without(site: ObservedSite, host: string, id: string): ObservedSite {
  const one = site.get(host) ?? blankHost(host);
  const seen: ObservedHost["seen"] = new Map([...one.seen].filter(([key]) => key !== id));
  return new Map([...site, [host, { ...one, seen }]]);
}
