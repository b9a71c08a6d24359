import { expect, test } from "vitest";
import { believed, held, stir, within } from "./held.ts";

test("what HAProxy says that it believes", () => {
  expect(believed("UP; name=database_primary/db1; node=shop1; weight=1/1")).toBe(true);
  expect(believed("UP 1/2; name=database_primary/db1")).toBe(true);
  expect(believed("DOWN 0/1; name=database_primary/db1")).toBe(false);
  expect(believed(undefined)).toBeUndefined();
});

test("an answer that is known already is kept back until it changes; any other comes at once", async () => {
  const began = performance.now();
  expect(
    await held(
      undefined,
      () => true,
      () => false,
    ),
  ).toBe(true);
  expect(
    await held(
      false,
      () => true,
      () => false,
    ),
  ).toBe(true);
  // Far below the 900 ms for which it would be kept back, on a busy machine too.
  expect(performance.now() - began).toBeLessThan(600);
  const change = performance.now() + 150;
  expect(
    await held(
      false,
      () => performance.now() > change,
      () => false,
    ),
  ).toBe(true);
  expect(performance.now() - change).toBeLessThan(600);
  expect(
    await held(
      true,
      () => true,
      () => true,
    ),
  ).toBe(true);
});

test("a change that is told is seen at once by everybody who waits, and waiting ends in time when nothing changes", async () => {
  let well = false;
  const answers = [false, false].map((belief) =>
    held(
      belief,
      () => well,
      () => false,
    ),
  );
  const known = within(100, () => well);
  const began = performance.now();
  well = true;
  stir();
  expect(await Promise.all(answers)).toEqual([true, true]);
  await known;
  // Sooner than the next look of its own, after 250 ms.
  expect(performance.now() - began).toBeLessThan(200);
  await within(60, () => false);
  expect(performance.now() - began).toBeLessThan(800);
});
