import { expect, test } from "vitest";
import { mutations } from "./simulation/mutations.ts";
import { firstFailure, story } from "./simulation/shrink.ts";

/** RAMPART_SCHEDULES=100000 for the full run; RAMPART_SEED=n replays one and tells its story. */
const schedules = Number(process.env.RAMPART_SCHEDULES ?? 6000);
const replayed = process.env.RAMPART_SEED;

/** How many schedules a broken rule may take to be found; twelve times as many in the full run, where the rare ones are looked for too. */
const patience = 5000;

test.skipIf(replayed === undefined)("the schedule of RAMPART_SEED", () => {
  const seed = Number(replayed);
  console.log(story(seed));
  expect(firstFailure(seed, 1)).toBeUndefined();
});

test(
  `${schedules} random schedules of faults lose nothing that was acknowledged, and end with a whole cluster`,
  () => {
    const begun = process.cpuUsage();
    const failure = firstFailure(1, schedules);
    const { user, system } = process.cpuUsage(begun);
    console.log(`${schedules} schedules in ${((user + system) / 1e6).toFixed(1)} s of processor time`);
    if (failure !== undefined) throw new Error(story(failure.seed));
  },
  30 * 60_000,
);

const full = schedules >= 100_000;
test.each(mutations.filter(({ rare }) => full || rare !== true))(
  "a broken rule is found: $name (rule $rule)",
  ({ hooks }) => {
    expect(firstFailure(1, full ? patience * 12 : patience, hooks)).toBeDefined();
  },
  10 * 60_000,
);

test("a failing schedule is told with its seed, its faults and the reasons of what was decided", () => {
  const mutation = mutations.find(({ name }) => name === "promote whoever is first, not who holds most");
  const failure = firstFailure(1, patience, mutation?.hooks);
  const told = story(failure?.seed ?? 0, mutation?.hooks);
  expect(told).toContain(`RAMPART_SEED=${failure?.seed}`);
  expect(told).toMatch(/★ .*\n/);
  expect(told).toMatch(/\[promote\] db1 is gone; db\d holds most/);
});

test("the same seed gives the same schedule and the same end", () => {
  const told = [story(7), story(7)];
  expect(told[0]).toBe(told[1]);
});
