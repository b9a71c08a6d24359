import type { Site } from "../model/site.ts";

/** The address at which a browser on this machine opens the site. */
export function siteUrl(site: Site): string {
  const { localDomain, httpsPort } = site.environment;
  return `https://${localDomain}${httpsPort === 443 ? "" : `:${httpsPort}`}/`;
}
