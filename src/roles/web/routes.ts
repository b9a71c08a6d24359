import { type NginxDirective, nginxBlock, nginxWord } from "../../formats/nginx.ts";
import type { Site } from "../../model/site.ts";
import { otherNames, type SiteRoute, siteRoutes } from "./facts.ts";

/**
 * Maps that choose the service by name and path: `$service` is "" when a request belongs to none. The path is the one that
 * nginx has decoded and cleaned, so that no spelling of it leads around a rule.
 */
export function serviceMaps(site: Site): readonly NginxDirective[] {
  if (site.app.length === 0) return [];
  const others = otherNames(site);
  const routes = siteRoutes(site);
  const hidden = routes.flatMap((route) => hiddenLine(route, routes));
  return [
    "# Which service a request belongs to: the longest path wins, and a path ends at a slash. Metrics are not for visitors.",
    ...(others.length === 0
      ? []
      : [nginxBlock("map $host $routed_host", 'default ""', ...others.map((name) => `${name} ${name}`))]),
    nginxBlock(
      `map ${others.length === 0 ? "$uri" : '"$routed_host$uri"'} $service`,
      'default ""',
      ...new Set(hidden),
      ...routes.map((route) => `${pattern(route.host, route.path)} ${route.service.name}`),
    ),
  ];
}

/** A service's metrics, hidden on every name and path on which a visitor would reach them. */
function hiddenLine(route: SiteRoute, routes: readonly SiteRoute[]): readonly string[] {
  const { metrics } = route.service;
  if (metrics === undefined || !covers(route.path, metrics)) return [];
  const winner = routes.find((other) => other.host === route.host && covers(other.path, metrics));
  if (winner?.service !== route.service) return [];
  return [`${nginxWord(`~*^${literal(route.host ?? "")}${literal(metrics)}/*$`)} ""`];
}

function covers(prefix: string, path: string): boolean {
  return prefix === "/" || path === prefix || path.startsWith(`${prefix}/`);
}

function pattern(host: string | undefined, path: string): string {
  const rest = path === "/" ? "/" : `${literal(path)}(/|$)`;
  return nginxWord(`~^${literal(host ?? "")}${rest}`);
}

function literal(text: string): string {
  return text.replace(/[.*+?^$(){}|[\]\\-]/g, "\\$&");
}
