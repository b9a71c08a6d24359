import type { Site } from "./site.ts";

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

/**
 * Every public name that visitors may type, and that a public CA can vouch for: not the `.localhost` name of the operator's
 * machine. The domain comes first.
 */
export function visitorNames(site: Site): readonly string[] {
  return publicNames(site).filter((name) => name !== site.environment.localDomain);
}
