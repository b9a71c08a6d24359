import { databaseAccount, databaseName } from "../../contract/database.ts";
import { secretReference } from "../../model/secret.ts";
import type { AppService } from "../../model/site.ts";
import type { Host, Topology } from "../../model/topology.ts";
import { databaseCertificate, databaseHostName, databasePorts, serviceOf, siteUrl, statsd } from "./facts.ts";

/** The service's environment file: what Rampart tells every service, then what the site file says. */
export function environmentText(host: Host, topology: Topology): string {
  const service = serviceOf(host, topology.site);
  const variables: Readonly<Record<string, string>> = {
    HOST: "127.0.0.1",
    PORT: String(service.port),
    SITE_URL: siteUrl(topology.site),
    INSTANCE: host.name,
    NODE_ENV: "production",
    ...(service.database ? databaseVariables(service, topology) : {}),
    ...(service.push ? { STATSD_HOST: statsd.host, STATSD_PORT: String(statsd.port) } : {}),
    ...service.env,
    ...Object.fromEntries(service.secrets.map((name) => [name, secretReference(`${service.name}.${name}`)])),
  };
  const why = `what the service ${service.name} has to know.`;
  return [
    `# Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`,
    ...Object.entries(variables).map(([name, value]) => `${name}=${environmentQuote(value)}`),
    "",
  ].join("\n");
}

function databaseVariables(service: AppService, { site }: Topology): Readonly<Record<string, string>> {
  const { certificate, key } = databaseCertificate(service);
  return {
    DATABASE_HOST: databaseHostName(site),
    DATABASE_PORT: String(databasePorts.write),
    DATABASE_READ_PORT: String(databasePorts.read),
    DATABASE_NAME: databaseName(service.name),
    DATABASE_USER: databaseAccount(service.name),
    DATABASE_PASSWORD: secretReference(`${service.name}.database`),
    DATABASE_CA: "/etc/rampart/ca.crt",
    DATABASE_CERT: certificate,
    DATABASE_KEY: key,
  };
}

/** A value as EnvironmentFile= reads it: in double quotes, where a backslash takes `"`, `\`, `$` and `` ` `` literally. */
export function environmentQuote(value: string): string {
  return `"${value.replace(/["\\$`]/g, "\\$&")}"`;
}
