import { expect, test } from "vitest";
import type { Overview } from "../model/overview.ts";
import { visibleWidth } from "./layout.ts";
import { qpsText } from "./qps.ts";
import { plainStyle } from "./style.ts";
import { topText } from "./top.ts";

const host = (name: string, tier: "balancer" | "database", state: "up" | "down" | "unknown") => ({
  ...{ name, tier, service: null, address: "10.77.1.1", state, notes: state === "up" ? ["holds 198.51.100.10"] : [] },
  ...(state === "up"
    ? { cpu: 0.2, memory: 0.4, disk: 0.3, network: 1e6, rate: 96.2 }
    : { cpu: null, memory: null, disk: null, network: null, rate: null }),
});

const overview: Overview = {
  ...{ site: "shop", environment: "lab", domain: "www.shop.example", url: "https://www.shop.localhost:8443/" },
  now: "2026-11-21T14:03:22.000Z",
  data: { fresh: true, at: "2026-11-21T14:03:21.000Z", why: "" },
  verdict: { health: "attention", headline: "Visitors are served, but lb2 does not answer.", reasons: [] },
  traffic: {
    ...{ errorShare: 0.0012, p50: 0.0042, p95: 0.031, p99: null },
    rows: [
      {
        tier: "visitors",
        name: "visitors",
        of: "",
        unit: "requests/s",
        now: 96.2,
        minute: 95,
        classes: { "2xx": 96, "5xx": 0.2 },
        history: [1, null, 3],
      },
      {
        tier: "database",
        name: "database",
        of: "",
        unit: "statements/s",
        now: null,
        minute: null,
        classes: {},
        history: [],
      },
    ],
  },
  hosts: [host("lb1", "balancer", "up"), host("lb2", "balancer", "down"), host("db1", "database", "unknown")],
  edges: [],
  address: { ip: "198.51.100.10", holders: ["lb1"] },
  ...{
    answersVisitors: true,
    database: null,
    certificates: [],
    alerts: [],
    alertsKnown: false,
    bans: null,
    backup: null,
    lastDrill: null,
  },
};

test("the overview fits 80 columns, and what is not known is said", () => {
  const text = topText(overview, plainStyle);
  for (const line of text.split("\n")) expect(visibleWidth(line), line).toBeLessThanOrEqual(80);
  expect(text).toContain("shop  Visitors are served, but lb2 does not answer.");
  expect(text).toMatch(/lb2 +down +– +– +– +– +–/);
  expect(text).toMatch(/db1 +no data/);
  expect(text).toContain("no data: which fire is not known");
  expect(text).not.toMatch(/none fires|null|NaN|undefined/);
});

test("rows of requests fit 80 columns; a row without figures says so, and old figures are none", () => {
  const text = qpsText(overview, plainStyle);
  for (const line of text.split("\n")) expect(visibleWidth(line), line).toBeLessThanOrEqual(80);
  expect(text).toMatch(/visitors +96\.2 +95\.0 +96\.0 +0\.20/);
  expect(text).toMatch(/database +no data/);
  const data = { fresh: false, at: "2026-11-21T14:01:00.000Z", why: "Prometheus on mon1 does not answer." };
  expect(qpsText({ ...overview, data }, plainStyle)).toContain(
    "no data since 14:01:00 UTC: Prometheus on mon1 does not answer.",
  );
});
