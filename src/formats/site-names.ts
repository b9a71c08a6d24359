import type { Site } from "../model/site.ts";

/** Names under which the site is served; aliases are not among them, they only lead there. */
export function servedNames(site: Site): readonly string[] {
  const routed = site.app.flatMap((service) => service.routes.flatMap((route) => route.host ?? []));
  const aliases = new Set(site.aliases);
  return [...new Set([site.domain, site.environment.localDomain, ...routed])].filter((name) => !aliases.has(name));
}

/** Every name for which visitors may ask. */
export function publicNames(site: Site): readonly string[] {
  return [...new Set([site.domain, ...site.aliases, ...servedNames(site)])];
}
