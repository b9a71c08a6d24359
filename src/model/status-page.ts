import type { Site } from "./site.ts";

/** Where a monitor host offers the public status page to web hosts. */
export const statusPagePort = 19_534;

/** Seconds without a new page after which web hosts call theirs out of date. */
export const staleSeconds = 120;

/** The name in the certificate by which web hosts fetch it. */
export function statusPageFetcher(site: Site): string {
  return `status-page.${site.name}.internal`;
}
