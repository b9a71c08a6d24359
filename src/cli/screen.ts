/**
 * Draws a text again and again until Ctrl-C, each time over the one before. Into a file or a pipe each is written below the other.
 * @param text the next text; what it throws ends it all
 */
export async function drawUntilInterrupted(everyMs: number, text: () => Promise<string>): Promise<void> {
  const terminal = process.stdout.isTTY === true;
  let over = false;
  let wake: () => void = () => undefined;
  const stop = () => {
    over = true;
    wake();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  // The screen is another one while this lasts, and what stood there before comes back (xterm, DECSET 1049).
  if (terminal) process.stdout.write("\x1b[?1049h\x1b[?25l");
  try {
    while (!over) {
      const began = performance.now();
      const next = await text();
      process.stdout.write(terminal ? `\x1b[H${fitted(next)}\x1b[J` : `${next}\n\n`);
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, Math.max(200, everyMs - (performance.now() - began)));
        if (over) resolve();
      });
    }
  } finally {
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
    if (terminal) process.stdout.write("\x1b[?25h\x1b[?1049l");
  }
}

/** No more lines than the screen has, and nothing left behind a line's end. */
function fitted(text: string): string {
  const rows = process.stdout.rows ?? 24;
  return text
    .split("\n")
    .slice(0, rows - 1)
    .map((line) => `${line}\x1b[K\n`)
    .join("");
}
