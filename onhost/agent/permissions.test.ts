import { expect, test } from "vitest";
import { mayAsk } from "./permissions.ts";

const clients = {
  members: ["db1.shop.internal", "db2.shop.internal"],
  routes: ["shop", "shop-api"],
  monitor: "monitor.shop.internal",
};
const paths = [
  "/peer",
  "/backup",
  "/write",
  "/read",
  "/metrics",
  "/status",
  "/request",
  "/restart",
  "/rebuild",
  "/answer",
  "/__proto__",
];
const allowed = (name: string) => paths.filter((path) => mayAsk({ kind: "certificate", name }, path, clients));

test("each certificate may ask what it needs, and nothing else", () => {
  expect(allowed("db2.shop.internal")).toEqual(["/peer", "/backup", "/write", "/read"]);
  expect(allowed("shop-api")).toEqual(["/write", "/read"]);
  expect(allowed("monitor.shop.internal")).toEqual(["/write", "/read", "/metrics", "/status"]);
  expect(allowed("web1.shop.internal")).toEqual([]);
  expect(allowed("")).toEqual([]);
});

test("root on the host may ask everything", () => {
  expect(paths.every((path) => mayAsk({ kind: "root" }, path, clients))).toBe(true);
});
