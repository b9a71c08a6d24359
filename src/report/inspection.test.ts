import { expect, test } from "vitest";
import type { HostInspection } from "../model/inspection.ts";
import { inspectionOutcomes, inspectionText } from "./inspection.ts";
import { plainStyle } from "./style.ts";

const unit = { unit: "haproxy.service", score: 2.6, bound: 3 };
const finding = { id: "base.updates", promise: "No security update is waiting on web1.", message: "" };
const inspections: readonly HostInspection[] = [
  { host: "web1", units: [unit], findings: [{ ...finding, state: "unknown", message: "whether it rains" }] },
  {
    host: "lb1",
    units: [
      { ...unit, score: 9.6 },
      { unit: "keepalived.service", score: 4.8, bound: 5, exception: "it sends VRRP" },
    ],
    findings: [{ ...finding, state: "fails", message: "1 package: openssl" }],
  },
];

test("a unit is shown once, with its worst score; exceptions and what is not known are said", () => {
  expect(inspectionText(inspections, plainStyle)).toBe(`    confinement         exposure  at most  hosts
  ✖ haproxy.service     9.6       3.0      lb1 web1
  ✔ keepalived.service  4.8       5.0      lb1
    keepalived.service is an exception: it sends VRRP.
    Not known on web1: whether it rains.`);
});

test("what is not known is no outcome, what fails is one", () => {
  expect(inspectionOutcomes(inspections)).toMatchObject([
    { ok: false, message: "1 package: openssl", check: { host: "lb1" } },
  ]);
});

test("many hosts are told in lines that fit, all of them in two words", () => {
  const many = ["recommendations1", "recommendations2", "shop1", "shop2", "web1", "web2", "lb1"].map((host) => ({
    ...{ host, findings: [] },
    units: [{ unit: "all.service", score: 1, bound: 2 }, ...(host === "lb1" ? [] : [{ ...unit, score: 2 }])],
  }));
  const lines = inspectionText(many, { ...plainStyle, width: 80 }).split("\n");
  expect(lines.find((line) => line.includes("all.service"))).toContain("all 7 hosts");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.join(" ")).toMatch(/recommendations1 recommendations2 shop1 +shop2 web1 web2/);
});
