import { type ChildProcess, spawn } from "node:child_process";

/** What speaks to systemd for this process, kept for its whole life: a process for each word costs more than all looks together. */
let speaker: ChildProcess | undefined;

/**
 * Tells systemd (sd_notify(3)); node has no datagram sockets of its own for it, socat has: what it reads at once it sends as one
 * datagram. Outside of a unit nothing happens. One that ended is started anew with the next word.
 */
function tell(word: string): void {
  const socket = process.env.NOTIFY_SOCKET;
  if (socket === undefined) return;
  if (speaker === undefined) {
    const address = socket.startsWith("@") ? `ABSTRACT-SENDTO:${socket.slice(1)}` : `UNIX-SENDTO:${socket}`;
    const child = spawn("socat", ["-d0", "-u", "STDIN", address], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const gone = () => {
      if (speaker === child) speaker = undefined;
    };
    child.on("error", gone);
    child.on("exit", gone);
    child.stdin?.on("error", gone);
    child.unref();
    speaker = child;
  }
  speaker.stdin?.write(`${word}\n`);
}

export function tellReady(): void {
  tell("READY=1");
}

/** Every quarter of the time after which systemd would think that the agent hangs, while `lives` says that it does not. */
export function keepAlive(lives: () => boolean): void {
  const limit = Number(process.env.WATCHDOG_USEC ?? 0) / 1000;
  if (limit === 0) return;
  setInterval(() => {
    // Ready once more: the first word is lost when what should have spoken it could not start.
    if (lives()) tell("READY=1\nWATCHDOG=1");
  }, limit / 4).unref();
}
