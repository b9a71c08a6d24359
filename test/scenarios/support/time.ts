import { sleep } from "../../../src/lab/process.ts";

/**
 * Tries until it does not throw, for so many seconds; resolves with the seconds that it took, else throws what it threw last. What takes long
 * is asked less often: a question of the command line takes a processor for seconds, and the site has to come to rest beside it.
 */
export async function eventually(seconds: number, attempt: () => Promise<void>): Promise<number> {
  const began = performance.now();
  for (;;) {
    try {
      await attempt();
      return (performance.now() - began) / 1000;
    } catch (error) {
      if (performance.now() - began > seconds * 1000) throw error;
    }
    await sleep(Math.min(1500, Math.max(200, (performance.now() - began) / 5)));
  }
}
