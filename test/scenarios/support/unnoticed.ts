import { loadavg } from "node:os";
import { type Asked, failed } from "./asking.ts";
import { say } from "./lab.ts";
import { onHost } from "./rampart.ts";

/**
 * Throws when a request failed. On a machine with many more programs than processors the balancers hear each other too late
 * and the address moves without a reason, which costs connections: the message tells such failures apart. With
 * RAMPART_BUSY_MACHINE=1 they are said and excused; all others never are.
 */
export async function expectUnnoticed(asked: readonly Asked[]): Promise<void> {
  const failures = failed(asked);
  if (failures.length === 0) return;
  const moves = await addressMoves(Math.min(...asked.map((one) => one.start)));
  const others = failures.filter((one) => !moves.some((at) => one.start < at + 500 && one.end > at - 500));
  const moved = `${failures.length - others.length} of them while the address moved (${moves.length} times)`;
  const text = `${failures.length} requests failed, ${moved}; load average ${loadavg()[0]?.toFixed(1)}`;
  if (others.length === 0 && process.env.RAMPART_BUSY_MACHINE === "1") return say(`${text}: excused`);
  throw new Error([text, ...[...others, ...failures].slice(0, 8).map((one) => JSON.stringify(one))].join("\n"));
}

/** When a balancer took the address or gave it away, in milliseconds since 1970, as keepalived tells it. */
async function addressMoves(since: number): Promise<readonly number[]> {
  const script = `journalctl -q --no-pager -o short-unix -u keepalived --since @${Math.floor(since / 1000)}`;
  const journals = await Promise.all(["lb1", "lb2"].map((host) => onHost(host, script)));
  return journals
    .flatMap((text) => text.split("\n"))
    .filter((line) => /Entering (MASTER|BACKUP) STATE/.test(line))
    .map((line) => Number(line.split(" ")[0]) * 1000);
}
