import type { Site } from "./site.ts";

/** Names under which the site is served; aliases are not among them, they only lead there. */
export function servedNames(site: Site): readonly string[] {
  const routed = site.app.flatMap((service) => service.routes.flatMap((route) => route.host ?? []));
  const aliases = new Set(site.aliases);
  return [...new Set([site.domain, site.environment.localDomain, ...routed])].filter((name) => !aliases.has(name));
}

/** Names at which the balancers serve the dashboard: the public one, and that of the operator's machine. */
export function dashboardNames({ monitor }: Site): readonly string[] {
  return monitor.dashboard === undefined ? [] : [monitor.dashboard.domain, monitor.dashboard.localDomain];
}

/** Names of the operator's own machine, which no public CA vouches for. */
export function localNames({ environment, monitor }: Site): readonly string[] {
  return [environment.localDomain, ...(monitor.dashboard === undefined ? [] : [monitor.dashboard.localDomain])];
}

/** Every name for which visitors may ask. */
export function publicNames(site: Site): readonly string[] {
  return [...new Set([site.domain, ...site.aliases, ...servedNames(site), ...dashboardNames(site)])];
}

/**
 * Every public name that visitors may type, and that a public CA can vouch for: not the `.localhost` names of the operator's
 * machine. The domain comes first.
 */
export function visitorNames(site: Site): readonly string[] {
  const local = localNames(site);
  return publicNames(site).filter((name) => !local.includes(name));
}
