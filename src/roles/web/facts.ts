import { openingTier } from "../../model/certificate.ts";
import type { AppService, Route, Site } from "../../model/site.ts";

/** Port on 127.0.0.1 at which the host's own HAProxy takes requests for the app tier. */
export const servicesPort = 8080;
/** Port on 127.0.0.1 of nginx's own figures, for its exporter. */
export const statusPort = 8081;
/** Tells HAProxy on the same host which service nginx chose; never passed on, and set over whatever a visitor sends. */
export const serviceHeader = "X-Rampart-Service";
/** Where the release "public" is unpacked. */
export const filesRoot = "/srv/public";
/** Pages of our own. */
export const pagesFolder = "/etc/nginx/rampart";
export const tlsFolder = "/etc/nginx/tls";
export const accessLogFolder = "/var/log/nginx/visitors";
/** Every request, one JSON object a line, where visitors' TLS ends here; otherwise the balancers log them. */
export const accessLog = `${accessLogFolder}/access.log`;
/** Settings and exceptions of the web application firewall. */
export const wafConfig = "/etc/nginx/waf.conf";
export const wafFolder = "/var/log/nginx/waf";
/** What it found, one JSON object a line. */
export const wafLog = `${wafFolder}/findings.json`;

export const beaconFolder = "/var/log/nginx/beacons";
/** What pages told of themselves, one JSON object a line, until it is read. */
export const beaconLog = `${beaconFolder}/beacons.log`;

/** Name of a service's pool in HAProxy. */
export function poolName(service: AppService): string {
  return `app_${service.name}`;
}

/** Port of nginx on the inside address: for balancers that open TLS, or for visitors' TLS behind a PROXY header. */
export function webPort(site: Site): number {
  return opensTls(site) ? 9443 : 8443;
}

/** True when visitors' TLS ends here. */
export function opensTls(site: Site): boolean {
  return openingTier(site) === "web";
}

/** True when the web application firewall looks at requests. */
export function hasWaf(site: Site): boolean {
  return site.web.waf !== "off";
}

export interface SiteRoute {
  readonly service: AppService;
  readonly host: Route["host"];
  readonly path: string;
}

/** All routes of the site, the longest path of a host first: the first that matches is the right one. */
export function siteRoutes(site: Site): readonly SiteRoute[] {
  return site.app
    .flatMap((service) => service.routes.map((route): SiteRoute => ({ service, host: route.host, path: route.path })))
    .toSorted((one, other) => other.path.length - one.path.length || (one.path < other.path ? -1 : 1));
}

/** Names under which the domain itself is asked for. */
export function mainNames(site: Site): readonly string[] {
  return [...new Set([site.domain, site.environment.localDomain])];
}

/** Further public names that services are routed by. */
export function otherNames(site: Site): readonly string[] {
  const names = siteRoutes(site).flatMap((route) => route.host ?? []);
  return [...new Set(names)].filter((name) => !mainNames(site).includes(name));
}
