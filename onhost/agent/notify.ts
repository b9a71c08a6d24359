import { execFile } from "node:child_process";

/**
 * Tells systemd; node has no datagram sockets of its own for it. Outside of a unit nothing happens. Whoever tells waits until systemd has
 * read it: what comes from a process that is gone by then is thrown away without a word, and on a busy host it often is.
 */
function tell(...words: readonly string[]): void {
  if (process.env.NOTIFY_SOCKET === undefined) return;
  execFile("systemd-notify", [...words], { timeout: 5000 }, () => undefined);
}

export function tellReady(): void {
  tell("--ready");
}

/** Every quarter of the time after which systemd would think that the agent hangs, while `lives` says that it does not. */
export function keepAlive(lives: () => boolean): void {
  const limit = Number(process.env.WATCHDOG_USEC ?? 0) / 1000;
  if (limit === 0) return;
  setInterval(() => {
    if (lives()) tell("WATCHDOG=1");
  }, limit / 4).unref();
}
