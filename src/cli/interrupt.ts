import type { Emit } from "../model/event.ts";

let asked = false;
let listening = false;

/**
 * After the first Ctrl-C what runs is finished and nothing new is begun; the second ends at once, which is safe as well:
 * every host finishes what it has begun by itself.
 */
export function interruptible(emit: Emit): () => boolean {
  if (!listening) {
    listening = true;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        emit({ type: "run.interrupt.asked" });
      });
    }
  }
  return () => asked;
}
