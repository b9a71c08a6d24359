import type { Fault } from "./names.ts";

// Keys and values of the plan that this version does not have yet. They are refused in words of their own, because
// "unknown key" would send people looking for a spelling mistake.

const laterValues: Readonly<Record<string, string>> = {
  "database.promise": 'Write "no-loss" or "no-loss-unless-all-lose-power"; both need 3 database hosts.',
};

/** Where some values are planned and others just wrong, the planned ones. */
const planned: Readonly<Record<string, readonly string[]>> = {
  "database.promise": ["best-effort"],
};

/** The answer to a key that comes with a later version; undefined when the key is just unknown. */
export function laterKey(path: string): Fault | undefined {
  const isEnvironment = path.startsWith("environments.") && path.split(".").length === 2;
  return isEnvironment ? laterEnvironment(path.slice(13)) : undefined;
}

/** The answer to a value that comes with a later version; undefined when it is just wrong. */
export function laterValue(path: string, value: unknown): Fault | undefined {
  const remedy = Object.hasOwn(laterValues, path) ? laterValues[path] : undefined;
  if (remedy === undefined || typeof value !== "string") return undefined;
  if (planned[path]?.includes(value) === false) return undefined;
  return { reason: `${JSON.stringify(value)} is not in this version.`, remedy };
}

/** Named environments of real servers are planned; the lab is what this version runs. */
export function laterEnvironment(name: string): Fault {
  return {
    reason: `environment "${name}" comes with a later version: this version runs the lab, with hosts made on this machine, and cannot bring up servers of your own yet.`,
    remedy: `Take "${name}" out of environments for now, or keep it as a comment.`,
  };
}
