import { type Problem, RampartError } from "../base/problem.ts";
import { shellQuote } from "../base/text.ts";
import type { RemoteResult } from "../ssh/result.ts";

/**
 * The site lock is a lock on every host, held by an SSH session: when the operator's program ends, however it ends, the
 * session's input closes and the kernel frees the lock. So there is nothing stale to be removed by hand.
 */
export function lockScript(holder: string): string {
  return `exec 9>>/run/rampart/lock
if ! flock -n 9; then echo "LOCKED $(cat /run/rampart/lock.holder 2>/dev/null)"; exit 75; fi
printf '%s\\n' ${shellQuote(holder)} > /run/rampart/lock.holder`;
}

/** An apply that was cut off from its operator finishes by itself; whoever comes next waits for it. */
export const awaitRunningApply = `exec 8>>/run/rampart/apply.lock
if ! flock -w 60 8; then echo "BUSY"; exit 75; fi
exec 8>&-`;

/** A host where `awaitRunningApply` waited in vain; undefined for any other. */
export function busyProblem({ host, stdout }: Pick<RemoteResult, "host" | "stdout">): Problem | undefined {
  if (!stdout.includes("BUSY")) return undefined;
  return {
    path: host,
    reason: "an earlier apply is still at work there after 60 s.",
    remedy: `Look what it does: rampart exec ${host} -- ps -ef, and run the command again when it is done.`,
  };
}

/** Who holds the lock, as the refused script printed it. */
export function lockHolder(output: string): string | undefined {
  return /^LOCKED ?(.*)$/m.exec(output)?.[1];
}

/** `ops@laptop since 2026-11-20T15:00:00.000Z`, with the age in words. */
export function holderWithAge(holder: string, now: number): string {
  const since = Date.parse(holder.split(" since ")[1] ?? "");
  if (Number.isNaN(since)) return holder || "someone";
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  const age = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return `${holder.split(" since ")[0]}, for ${age}`;
}

/** Told to whoever finds the lock taken. */
export function lockedError(site: string, holder: string): RampartError {
  return new RampartError(`${site} is being changed by someone else`, [
    {
      path: site,
      reason: `the site lock is held by ${holderWithAge(holder, Date.now())}.`,
      remedy: "Wait until that run has ended. The lock goes with the run that holds it, so there is none to remove.",
    },
  ]);
}
