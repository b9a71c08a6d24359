import { stateFolder } from "./plan.ts";

// What `rampart bans` and the balancers have in common.

/** Program on every balancer: list, add ADDRESS SECONDS, lift ADDRESS, save, load. */
export const bansProgram = "/usr/local/sbin/rampart-bans";
/** Bans that are to outlive a restart: lines of address, end in seconds since 1970, and 1 if made by hand. */
export const bansFile = `${stateFolder}/bans`;
/** The longest ban, in seconds: 14 days. HAProxy counts such times up to 24.8 days. */
export const longestBan = 14 * 86_400;
