import { setTimeout as pause } from "node:timers/promises";

/**
 * Errors that mean "this was not done, ask again": a lost race, a lock held too long, a primary that became a
 * replica or is going away, a cluster member that is not ready.
 */
const AGAIN = new Set([1020, 1040, 1047, 1053, 1152, 1205, 1213, 1290, 1317, 1792, 1836, 1927, 1969, 2006, 2013]);

const LOST = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "PROTOCOL_CONNECTION_LOST",
  "PROTOCOL_SEQUENCE_TIMEOUT",
  "HANDSHAKE_SSL_ERROR",
  "POOL_TIMEOUT",
]);

/**
 * Whether the same work may succeed a moment later.
 *
 * @param {unknown} error
 */
export function isPassing(error) {
  const { errno, code, fatal, sqlState } = /** @type {any} */ (error) ?? {};
  if (AGAIN.has(errno) || LOST.has(code)) return true;
  return fatal === true && sqlState === undefined;
}

/**
 * Does the work, again if it failed for a passing reason, until `within` milliseconds are over. The work must
 * be safe to repeat: its first try may have been done although its answer was lost.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {{ within: number, onRetry?: (error: unknown) => void, passing?: (error: unknown) => boolean }} options
 * @returns {Promise<T>}
 */
export async function retrying(work, { within, onRetry, passing = isPassing }) {
  const end = Date.now() + within;
  for (let wait = 40; ; wait = Math.min(wait * 2, 250)) {
    try {
      return await work();
    } catch (error) {
      const rest = wait * (0.5 + Math.random());
      if (!passing(error) || Date.now() + rest > end) throw error;
      onRetry?.(error);
      await pause(rest);
    }
  }
}
