import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recall } from "./memory.ts";
import { openRecord } from "./record.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rampart-memory-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what was remembered is there again, and the file never grows", async () => {
  const kept = await recall(folder);
  expect(kept.memory).toEqual({ seen: 0, promised: 0, noted: undefined, led: 0 });
  const { size } = statSync(join(folder, "memory"));
  for (let seen = 1; seen <= 5; seen++) await kept.remember({ seen });
  // Begun while the one before is on its way.
  await Promise.all([kept.remember({ seen: 6 }), kept.remember({ promised: 3 }), kept.remember({ led: 2 })]);
  expect((await recall(folder)).memory).toMatchObject({ seen: 6, promised: 3, led: 2 });
  expect(statSync(join(folder, "memory")).size).toBe(size);
});

test("a write that a power cut tore is as if it had not been", async () => {
  const file = join(folder, "memory");
  const record = await openRecord<number>(file);
  await record.write(41);
  const before = readFileSync(file);
  await record.write(42);
  const after = readFileSync(file);
  const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
  const [first = 0] = changed;
  for (const torn of changed) {
    const half = Buffer.concat([after.subarray(0, torn), before.subarray(torn)]);
    writeFileSync(file, half);
    expect([41, 42]).toContain((await openRecord<number>(file)).value);
  }
  writeFileSync(file, Buffer.concat([after.subarray(0, first + 3), before.subarray(first + 3)]));
  writeFileSync(file, Buffer.alloc(before.length, "x"));
  await expect(openRecord<number>(file)).rejects.toThrow("cannot be read");
  writeFileSync(file, before);
  const back = await openRecord<number>(file);
  expect(back.value).toBe(41);
  await back.write(43);
  expect((await openRecord<number>(file)).value).toBe(43);
});

test("what an agent of an earlier version has promised and noted is kept", async () => {
  const file = join(folder, "memory.json");
  writeFileSync(file, JSON.stringify({ seen: 9, promised: 7, led: 0 }));
  const opened = { start: "1.2.3", term: 6, breaches: 2 };
  writeFileSync(join(folder, "notes.json"), JSON.stringify({ locked: ["db2"], seeding: false, opened }));
  const { notes, passing } = await recall(folder);
  expect(notes).toEqual({ locked: ["db2"], seeding: false, wanted: undefined });
  expect(passing).toEqual({ followed: undefined, opened });
  expect((await recall(folder)).memory).toMatchObject({ seen: 9, promised: 7 });
  expect(existsSync(file)).toBe(false);
  expect((await recall(folder)).memory).toMatchObject({ seen: 9, promised: 7 });
});

test("notes of one life of the server that a power cut broke are nothing; a broken list of locks is an error", async () => {
  writeFileSync(join(folder, "passing.json"), '{"follow');
  expect((await recall(folder)).passing).toEqual({ followed: undefined, opened: undefined });
  writeFileSync(join(folder, "notes.json"), '{"lock');
  await expect(recall(folder)).rejects.toThrow();
});
