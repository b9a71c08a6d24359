/** Dice that fall the same way for the same seed. */
export interface Dice {
  state: number;
}

export function dice(seed: number): Dice {
  return { state: (seed ^ 0x9e3779b9) >>> 0 };
}

/** From 0 up to, but not including, 1 (mulberry32). */
export function roll(one: Dice): number {
  one.state = (one.state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(one.state ^ (one.state >>> 15), one.state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

/** A whole number from `low` to `high`, both included. */
export function between(one: Dice, low: number, high: number): number {
  return low + Math.floor(roll(one) * (high - low + 1));
}

export function chance(one: Dice, probability: number): boolean {
  return roll(one) < probability;
}

export function pick<T>(one: Dice, list: readonly T[]): T {
  const found = list[Math.floor(roll(one) * list.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}
