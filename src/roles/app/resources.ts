import { haproxyResources } from "../../formats/haproxy-host.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { AppService } from "../../model/site.ts";
import { type Host, type Topology, tierName } from "../../model/topology.ts";
import { environmentText } from "./environment.ts";
import { account, databaseCertificate, environmentFile, releaseRoot, serviceOf } from "./facts.ts";
import { appHaproxy } from "./haproxy.ts";
import { pushResources } from "./push.ts";
import { unitText } from "./unit.ts";

/** Everything on an app host but what every host has. The way to the database stands before the release is migrated. */
export function appResources(host: Host, topology: Topology): readonly Resource[] {
  const { site } = topology;
  const service = serviceOf(host, site);
  const path = `app.${service.name}`;
  return [
    ...packages(service),
    ...accountResources(service),
    ...(service.database ? [databaseIdentity(service), databaseClient(service)] : []),
    ...haproxyResources({
      host,
      origin: { role: "app", path, why: `HAProxy is TLS in front of ${service.name}, and its way to the database.` },
      tlsName: tierName(site, service.name),
      config: appHaproxy(host, topology),
      pages: {},
      certificates: [],
      tellsRequests: false,
      unitLines: [],
      restartOn: [],
    }),
    ...pushResources(host, service),
    ...programResources(host, service, topology),
  ];
}

function packages(service: AppService): readonly Resource[] {
  const path = `app.${service.name}.packages`;
  // `node …` as start command says what it needs; a site file of ten lines should not have to say it twice.
  const guessed = service.packages.length === 0 && /^(node|npm|npx)\b/.test(service.start) ? ["nodejs"] : [];
  return [...service.packages, ...guessed].map((name) => ({
    ...{ role: "app", path, kind: "package", name },
    why: `The service ${service.name} runs with it.`,
  }));
}

function accountResources(service: AppService): readonly Resource[] {
  const origin: Origin = {
    role: "app",
    path: `app.${service.name}`,
    why: `${service.name} runs as an account of its own.`,
  };
  return [
    { ...origin, kind: "user", name: account(service), home: releaseRoot(service), groups: [] },
    { ...origin, kind: "directory", directory: "/etc/rampart/app", mode: "0755", owner: "root", group: "root" },
  ];
}

function databaseIdentity(service: AppService): Resource {
  const { certificate, key } = databaseCertificate(service);
  return {
    ...{ role: "app", path: `app.${service.name}.database`, kind: "certificate", commonName: service.name },
    dnsNames: [],
    ipAddresses: [],
    usages: ["client"],
    certificateFile: certificate,
    keyFile: key,
    group: account(service),
    why: `MariaDB admits the account of ${service.name} only with this certificate.`,
  };
}

function databaseClient(service: AppService): Resource {
  return {
    ...{ role: "app", path: `app.${service.name}.database`, kind: "package", name: "mariadb-client" },
    why: "rampart db shell looks into the database from here, with the rights of the service.",
  };
}

function programResources(host: Host, service: AppService, topology: Topology): readonly Resource[] {
  const path = `app.${service.name}`;
  const origin: Origin = { role: "app", path, why: `Runs the service ${service.name}.` };
  const unit = `app-${service.name}.service`;
  const unitFile = `/etc/systemd/system/${unit}`;
  const file = (name: string, content: string, rights: Pick<FileResource, "mode" | "group">): FileResource => ({
    ...origin,
    ...{ kind: "file", file: name, content, owner: "root", ...rights },
  });
  const identity = service.database ? [`certificate:${databaseCertificate(service).certificate}`] : [];
  return [
    file(environmentFile(service), environmentText(host, topology), { mode: "0640", group: account(service) }),
    file(unitFile, unitText(host, service), { mode: "0644", group: "root" }),
    {
      ...{ ...origin, path: `${path}.source`, why: `The program of ${service.name}, as built from its source.` },
      ...{ kind: "release", name: service.name, id: topology.releases[service.name] ?? "", root: releaseRoot(service) },
      // One host migrates, for all.
      migrate: host.index === 0 ? service.migrate : undefined,
      unit,
    },
    {
      ...origin,
      ...{ kind: "unit", name: unit, state: "running", reloadOn: [] },
      restartOn: [
        `file:${unitFile}`,
        `file:${environmentFile(service)}`,
        `release:${service.name}`,
        ...identity,
        ...(service.database ? ["file:/etc/rampart/ca.crt"] : []),
      ],
    },
  ];
}
