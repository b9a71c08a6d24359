import { sleep } from "../../../src/lab/process.ts";

/** Tries until it does not throw, for so many seconds; resolves with the seconds that it took, else throws what it threw last. */
export async function eventually(seconds: number, attempt: () => Promise<void>): Promise<number> {
  const began = performance.now();
  for (;;) {
    try {
      await attempt();
      return (performance.now() - began) / 1000;
    } catch (error) {
      if (performance.now() - began > seconds * 1000) throw error;
    }
    await sleep(200);
  }
}
