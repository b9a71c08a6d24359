import type { AppService, Site } from "../../model/site.ts";
import type { Host } from "../../model/topology.ts";

/** Local ports of the ways to the database. */
export const databasePorts = { write: 3306, read: 3307 } as const;

/** Where a service pushes its measurements to (StatsD over UDP). */
export const statsd = { host: "127.0.0.1", port: 8125 } as const;
/** Where they are asked for: on the loopback, and by mutual TLS at the same port of the inside address. */
export const pushedFigures = { host: "127.0.0.1", port: 9102 } as const;

/** Name in the certificate of every database host; on app hosts it leads to 127.0.0.1. */
export function databaseHostName(site: Site): string {
  return `database.${site.name}.internal`;
}

/** The service that runs on an app host. Throws when the topology contradicts itself. */
export function serviceOf(host: Host, site: Site): AppService {
  const service = site.app.find((one) => one.name === host.service);
  if (service === undefined)
    throw new Error(`${host.name} is a host of the service ${host.service}, which the site has not`);
  return service;
}

export function account(service: AppService): string {
  return `app-${service.name}`;
}

export function releaseRoot(service: AppService): string {
  return `/srv/${service.name}`;
}

export function environmentFile(service: AppService): string {
  return `/etc/rampart/app/${service.name}.env`;
}

/** Client certificate for the database. */
export function databaseCertificate(service: AppService): { readonly certificate: string; readonly key: string } {
  const stem = `/etc/rampart/tls/${service.name}-database`;
  return { certificate: `${stem}.crt`, key: `${stem}.key` };
}

/** The address by which visitors reach the site. */
export function siteUrl({ environment }: Site): string {
  const { localDomain, httpsPort } = environment;
  return `https://${localDomain}${httpsPort === 443 ? "" : `:${httpsPort}`}`;
}
