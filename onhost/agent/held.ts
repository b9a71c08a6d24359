/**
 * How long an answer is kept back, ms: well below HAProxy's `timeout check` (src/roles/app/database.ts), and just below it where a member is
 * believed down, for which an answer that comes too late changes nothing.
 */
const longest = { up: 900, down: 1500 };
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
 * Whether this member is well, told to a check: at once when the check believes otherwise, else when it changes or after a second or two.
 * So a route follows within a few ms by a TLS handshake every other second, which is what a check costs.
 * @param ended true when nobody waits for the answer any more.
 */
export async function held(belief: boolean | undefined, well: () => boolean, ended: () => boolean): Promise<boolean> {
  await within(belief === false ? longest.down : longest.up, () => well() !== belief || ended());
  return well();
}

/** Waits until it is so, for at most `limit` ms, or a moment longer. */
export async function within(limit: number, so: () => boolean): Promise<void> {
  const until = performance.now() + limit;
  while (!so() && performance.now() < until) await tick(Math.min(every, limit));
}

/** Something has changed: everybody who waits looks again, now. */
export function stir(): void {
  for (const { end } of [...pauses.values()]) end();
}

// One pause for all who wait equally long.
const pauses = new Map<number, { readonly over: Promise<void>; readonly end: () => void }>();

function tick(ms: number): Promise<void> {
  const known = pauses.get(ms);
  if (known !== undefined) return known.over;
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(() => end(), ms);
    end = () => {
      clearTimeout(timer);
      pauses.delete(ms);
      resolve();
    };
  });
  pauses.set(ms, { over, end });
  return over;
}
