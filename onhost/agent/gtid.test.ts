import { expect, test } from "vitest";
import { beyond, gtids, hasWritten, reaches, sequence } from "./gtid.ts";

test("a position is taken apart", () => {
  expect(gtids("1-2-367")).toEqual([{ domain: 1, server: 2, sequence: 367 }]);
  expect(gtids("1-1-16, 1-2-19")).toHaveLength(2);
  expect(gtids("")).toEqual([]);
});

test.each(["1-2", "1-2-x", "a", "1-2-3,", "-1-2-3"])("%j is no position, and is never good enough", (text) => {
  expect(gtids(text)).toBeUndefined();
  expect(reaches(text, "1-1-1")).toBe(false);
  expect(reaches("1-1-1", text)).toBe(false);
  expect(beyond(text, "1-1-1")).toEqual([text]);
  expect(hasWritten(text, 1)).toBe(true);
});

test("a position reaches another by its number, whoever wrote last", () => {
  expect(reaches("1-2-19", "1-1-18")).toBe(true);
  expect(reaches("1-1-18", "1-2-19")).toBe(false);
  expect(reaches("1-1-16,1-2-19", "1-2-19")).toBe(true);
  expect(reaches("", "")).toBe(true);
  expect(reaches(undefined, "")).toBe(false);
  expect(reaches("1-1-9", "1-1-9,2-1-1")).toBe(false);
});

test("a state is beyond another by server: the case of DATABASE.md, point 7", () => {
  expect(beyond("1-1-17,1-2-19", "1-1-16,1-2-19")).toEqual(["1-1-17"]);
  expect(beyond("1-1-16", "1-1-17,1-2-19")).toEqual([]);
  expect(beyond("1-1-367", "1-2-367")).toEqual(["1-1-367"]);
  expect(beyond("", "1-1-1")).toEqual([]);
});

test("what a server has written shows in the state", () => {
  expect(hasWritten("1-1-17,1-2-19", 2)).toBe(true);
  expect(hasWritten("1-1-17,1-2-19", 3)).toBe(false);
  expect(sequence("1-1-17,1-2-19")).toBe(19);
  expect(sequence(undefined)).toBe(0);
});
