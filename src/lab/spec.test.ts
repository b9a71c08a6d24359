import { expect, test } from "vitest";
import { RampartError } from "../base/problem.ts";
import { cableName } from "./network.ts";
import { checkSpec, type LabSpec } from "./spec.ts";

const good: LabSpec = {
  name: "shop",
  hosts: [
    { name: "lb1", inside: "10.77.1.1", outside: "198.51.100.11" },
    { name: "web1", inside: "10.77.2.1" },
  ],
  publish: [{ listen: 8443, to: "198.51.100.10:443", path: "environments.lab.httpsPort" }],
  names: [],
  packages: [],
};

test("a sound spec passes; everything wrong with another is said at once", () => {
  expect(() => checkSpec(good)).not.toThrow();
  const bad: LabSpec = {
    ...good,
    name: "Shop",
    hosts: [
      { name: "lb_1", inside: "10.78.1.1", outside: "198.51.100.1" },
      { name: "web1", inside: "10.77.2.1" },
      { name: "web1", inside: "10.77.2.1" },
    ],
    publish: [...good.publish, ...good.publish],
  };
  const problems = (() => {
    try {
      checkSpec(bad);
      return [];
    } catch (error) {
      return error instanceof RampartError ? error.problems : [];
    }
  })();
  expect(problems.map((problem) => problem.path)).toEqual([
    ...["name", "lb_1", "lb_1", "lb_1", "web1", "web1", "environments.lab.httpsPort"],
  ]);
});

test("cables of all addresses have different names that fit Linux's 15 characters", () => {
  expect(cableName("10.77.255.255")).toBe("cable0a4dffff");
  expect(cableName("198.51.100.254").length).toBeLessThanOrEqual(15);
});
