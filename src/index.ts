// What a site file imports as "rampart".
import type { SiteInput } from "./config/input.ts";

export type * from "./config/input.ts";

/** Describes a site. It gives back its argument: what it is for is that editors complete and check every key. */
export function defineSite(site: SiteInput): SiteInput {
  return site;
}
