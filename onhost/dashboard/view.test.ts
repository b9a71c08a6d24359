import { expect, test } from "vitest";
import type { Overview } from "../../src/model/overview.ts";
import { material, samples, settings, without } from "./site.fixture.ts";
import { overviewOf } from "./view.ts";

const row = ({ traffic }: Overview, name: string, of = "") =>
  traffic.rows.find((one) => one.name === name && one.of === of);

test("a site that was seen to be well is told so, with its figures", () => {
  const seen = overviewOf(settings, material);
  expect(seen.verdict).toMatchObject({ health: "well", headline: "All is well." });
  expect(row(seen, "visitors")).toMatchObject({ now: 100, minute: 100, classes: { "2xx": 95, "5xx": 5 } });
  expect(row(seen, "web")?.now).toBe(90);
  expect(row(seen, "shop1", "shop")?.now).toBe(80);
  expect(row(seen, "database")).toMatchObject({ now: 120, unit: "statements/s" });
  expect(seen.traffic.errorShare).toBeCloseTo(0.05);
  expect(seen.edges).toContainEqual({ from: "lb1", to: "web1", kind: "requests", rate: 90, up: true });
  expect(seen.edges).toContainEqual({ from: "db1", to: "db3", kind: "replication", rate: 0, up: true });
  expect(seen.database).toMatchObject({ primary: "db1", promiseHolds: true });
  expect(seen.address.holders).toEqual(["lb1"]);
});

test("without data nothing is zero, nothing is well, and it is said since when", () => {
  const data = { fresh: false, at: "2026-11-21T14:01:00.000Z", why: "Prometheus on mon1 does not answer." };
  const seen = overviewOf(settings, { ...material, data });
  expect(seen.verdict).toEqual({ health: "unknown", headline: "No data since 14:01:00 UTC.", reasons: [data.why] });
  expect(seen.traffic.rows.flatMap(({ now, minute }) => [now, minute]).every((value) => value === null)).toBe(true);
  expect(seen.hosts.every(({ state, cpu, rate }) => state === "unknown" && cpu === null && rate === null)).toBe(true);
  expect(seen.edges.every(({ rate, up }) => rate === null && up === null)).toBe(true);
  expect(seen).toMatchObject({
    bans: null,
    answersVisitors: null,
    alertsKnown: false,
    database: { promiseHolds: null },
  });
  expect(seen.address.holders).toBeNull();
});

test("each figure that is missing alone is told, and takes the word well away", () => {
  for (const figure of ["probe", "up", "promise", "visitors.now", "balancers"]) {
    const left = samples.filter(({ labels }) => labels.figure !== figure);
    const { verdict } = overviewOf(settings, { ...material, samples: left });
    expect(verdict.health, figure).not.toBe("well");
    expect(`${verdict.headline} ${verdict.reasons.join(" ")}`, figure).toMatch(/not known|Nothing is known/);
  }
  expect(overviewOf(settings, { ...material, alerts: undefined }).verdict.health).toBe("attention");
});

test("a lost host is named while visitors are served; a primary that is lost is trouble", () => {
  const balancer = overviewOf(settings, { ...material, samples: without("lb2") });
  expect(balancer.verdict).toMatchObject({
    health: "attention",
    headline: "Visitors are served, but lb2 does not answer.",
  });
  const primary = overviewOf(settings, { ...material, samples: without("db1") });
  expect(primary.verdict).toMatchObject({ health: "trouble", headline: "No database host takes writes." });
  expect(primary.database?.promiseHolds).toBe(false);
  const site = samples.map((one) => (one.labels.figure === "probe" ? { ...one, value: 0 } : one));
  expect(overviewOf(settings, { ...material, samples: site }).verdict.headline).toBe("Visitors get no answer.");
});

test("nobody or two with the address, and a certificate near its end, are told", () => {
  const nobody = samples.filter(({ labels }) => labels.figure !== "holders");
  expect(overviewOf(settings, { ...material, samples: nobody }).verdict.headline).toBe(
    "No balancer holds 198.51.100.10.",
  );
  const two = [...samples, { value: 1, labels: { figure: "holders", host: "lb2" } }];
  expect(overviewOf(settings, { ...material, samples: two }).verdict.headline).toContain("lb1 and lb2 both hold");
  const soon = samples.map((one) =>
    one.labels.figure === "certificate" ? { ...one, value: material.now / 1000 + 5.5 * 86_400 } : one,
  );
  expect(overviewOf(settings, { ...material, samples: soon }).verdict.headline).toContain("ends in 5 days");
});
