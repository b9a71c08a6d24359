import { expect, test } from "vitest";
import type { Watch } from "../../src/model/probe.ts";
import { decide, type View } from "./silence.ts";

const order = ["eu", "us", "asia"];
const now = "2026-11-30T12:00:00.000Z";
const told = { since: now, by: "eu" };

function one(region: string, rest: Partial<Watch> = {}): Watch {
  return { region, silence: 40, page: true, mute: false, told: null, ...rest };
}

function deed(me: string, ...all: readonly Watch[]) {
  const own = all.find(({ region }) => region === me) ?? one(me);
  const view: View = { me, order, own, others: all.filter(({ region }) => region !== me), now };
  return decide(view).kind;
}

test("all agree: the first tells, the others wait and then know", () => {
  const all = order.map((region) => one(region));
  expect(order.map((me) => deed(me, ...all))).toEqual(["tell", "rest", "rest"]);
  const after = [one("eu", { told }), one("us"), one("asia")];
  expect(order.map((me) => deed(me, ...after))).toEqual(["rest", "note", "note"]);
});

test("one that hears the monitor is enough for all others to be quiet", () => {
  const all = [one("eu"), one("us"), one("asia", { silence: 2 })];
  expect(order.map((me) => deed(me, ...all))).toEqual(["rest", "rest", "rest"]);
});

test("the first cannot deliver, or is gone: the next tells", () => {
  expect(deed("us", one("eu", { mute: true }), one("us"), one("asia"))).toBe("tell");
  expect(deed("eu", one("eu", { mute: true }), one("us"), one("asia"))).toBe("rest");
  expect(deed("us", one("us"), one("asia"))).toBe("tell");
  expect(deed("asia", one("us"), one("asia"))).toBe("rest");
  // All are mute: the first goes on trying.
  expect(deed("eu", ...order.map((region) => one(region, { mute: true })))).toBe("tell");
});

test("alone, and blind for the site too: it may be its own network", () => {
  expect(deed("asia", one("asia", { page: false }))).toBe("rest");
  expect(deed("asia", one("asia"))).toBe("tell");
  // The whole site is gone: two of three agree, and need not see it.
  expect(deed("us", one("us", { page: false }), one("asia", { page: false }))).toBe("tell");
});

test("the monitor is back: who told takes it back, once", () => {
  const heard = [one("eu", { silence: 1, told }), one("us", { silence: 1, told }), one("asia", { told })];
  expect(order.map((me) => deed(me, ...heard))).toEqual(["resolve", "rest", "rest"]);
  const after = [one("eu", { silence: 1 }), one("us", { silence: 1, told }), one("asia", { silence: 1, told })];
  expect(order.map((me) => deed(me, ...after))).toEqual(["rest", "forget", "forget"]);
});

test("who told is gone: the first that knows of it takes it back", () => {
  const left = [one("us", { silence: 1, told }), one("asia", { silence: 1, told })];
  expect(deed("us", ...left)).toBe("resolve");
  expect(deed("asia", ...left)).toBe("rest");
});
