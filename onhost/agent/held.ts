/** How long an answer is kept back, ms: less than HAProxy's `timeout check` (src/roles/app/database.ts). */
const longest = 900;
/** How often it is looked at besides, ms: an answer also ends by growing old, which nobody tells. */
const every = 250;

/**
 * What HAProxy believes of this member, as its checks tell with `http-check send-state`: "UP; name=…", "UP 1/2; …", "DOWN 0/1; …".
 * Undefined when whoever asks is no check.
 */
export function believed(header: string | undefined): boolean | undefined {
  return header === undefined ? undefined : /^UP\b/.test(header);
}

/**
 * Whether this member is well, told to a check: at once when the check believes otherwise, else when it changes or after most of a second.
 * So a route follows within a few ms by one TLS handshake a second, which is what a check costs.
 * @param ended true when nobody waits for the answer any more.
 */
export async function held(belief: boolean | undefined, well: () => boolean, ended: () => boolean): Promise<boolean> {
  const until = performance.now() + longest;
  while (well() === belief && !ended() && performance.now() < until) await tick();
  return well();
}

/** Something has changed: everybody who waits looks again, now. */
export function stir(): void {
  wake?.();
}

// One pause for all who wait.
let next: Promise<void> | undefined;
let wake: (() => void) | undefined;

function tick(): Promise<void> {
  next ??= new Promise<void>((resolve) => {
    const timer = setTimeout(over, every);
    wake = over;
    function over(): void {
      clearTimeout(timer);
      next = undefined;
      wake = undefined;
      resolve();
    }
  });
  return next;
}
