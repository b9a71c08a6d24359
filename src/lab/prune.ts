import { rmSync, statSync } from "node:fs";
import type { MadeHost } from "./hosts.ts";
import { entries, IMAGES, LABS, readText } from "./paths.ts";

/** Images that nobody uses are kept for a while: who goes back to an older version, or has two, waits for none. */
const KEPT = 3;

/** Removes images that no lab stands on, but for the newest ones; each takes some 700 MB. */
export function pruneImages(): void {
  const used = usedImages();
  const images = entries(IMAGES).filter((name) => /^[0-9a-f]{16}$/.test(name));
  const newestFirst = images
    .map((digest) => ({ digest, age: statSync(`${IMAGES}/${digest}`, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((one, other) => other.age - one.age);
  for (const { digest } of newestFirst.slice(KEPT)) {
    if (used.has(digest)) continue;
    rmSync(`${IMAGES}/${digest}`, { recursive: true, force: true });
    rmSync(`${IMAGES}/${digest}.log`, { force: true });
  }
}

function usedImages(): ReadonlySet<string> {
  const made = entries(LABS).flatMap((lab) =>
    entries(`${LABS}/${lab}/hosts`).flatMap((host) => readText(`${LABS}/${lab}/hosts/${host}/made.json`) ?? []),
  );
  return new Set(made.map((text) => (JSON.parse(text) as MadeHost).image));
}
