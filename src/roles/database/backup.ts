import { shellQuote } from "../../base/text.ts";
import { databaseName } from "../../contract/database.ts";
import {
  backupCredentials,
  backupOf,
  backupPassword,
  backupTrust,
  storeName,
  storePlace,
  storePort,
} from "../../model/backup.ts";
import type { FileResource, Origin, Resource, UnitResource } from "../../model/resource.ts";
import { secretReference } from "../../model/secret.ts";
import type { DrillInterval, Site, SiteBackup } from "../../model/site.ts";
import { type DeclaredFlow, type Host, hostsOf, type Topology } from "../../model/topology.ts";
import { baseProgram, listProgram } from "./backup-base.ts";
import { canaryProgram } from "./backup-canary.ts";
import { backupCommon } from "./backup-common.ts";
import { keepProgram } from "./backup-keep.ts";
import { backupPaths, canaryAccount } from "./backup-paths.ts";
import { drillProgram, proveProgram } from "./backup-prove.ts";
import { restoreProgram } from "./backup-restore.ts";
import { swapProgram } from "./backup-swap.ts";
import { baseUnit, canaryUnit, drillUnit, keepUnit, restoredUnit } from "./backup-units.ts";
import { paths } from "./paths.ts";

const origin: Origin = {
  role: "database",
  path: "database.backup",
  why: "What is written can be restored to any second, and that is proved.",
};

/** The way to the store. */
export function backupFlows(site: Site): readonly DeclaredFlow[] {
  const backup = backupOf(site);
  const place = backup && storePlace(backup.store);
  if (place === undefined || place.kind === "folder") return [];
  const from = { kind: "tier", tier: "database" } as const;
  const common = { role: "database", from, path: "database.backup.store", why: "Backups go to their store." } as const;
  if (place.kind === "monitor") return [{ ...common, to: "monitor.store" }];
  // A name may stand for any address, and for another one tomorrow.
  const address = /^[\d.]+$/.test(place.host) ? place.host : "0.0.0.0/0";
  return [{ ...common, to: { address, port: place.port, protocol: "tcp", name: "backup store" } }];
}

/** Everything on a database host by which backups are made, restored and proved. */
export function backupResources(host: Host, topology: Topology): readonly Resource[] {
  const backup = backupOf(topology.site);
  if (backup === undefined) return [];
  return [...packages(), ...folders(), ...files(host, topology, backup), ...units(backup)];
}

function packages(): readonly Resource[] {
  const wanted = {
    "mariadb-backup": "Copies the database while it works.",
    restic: "Encrypts what goes to the store, and keeps everything there once.",
    jq: "Programs of backups read what the store holds by it.",
    socat: "Leads to the site's own store by TLS.",
  };
  return Object.entries(wanted).map(([name, why]) => ({ ...origin, kind: "package", name, why }));
}

function folders(): readonly Resource[] {
  const folder = (directory: string, mode: string): Resource => ({
    ...{ ...origin, kind: "directory", directory, mode, owner: "root", group: "root" },
  });
  return [
    { ...origin, kind: "user", name: canaryAccount, home: "/nonexistent", groups: [] },
    folder(backupPaths.state, "0700"),
    folder(backupPaths.cache, "0700"),
    folder(backupPaths.restored, "0711"),
  ];
}

function files(host: Host, topology: Topology, backup: SiteBackup): readonly FileResource[] {
  const head = `Made by Rampart for ${host.name}: change the site file instead. Why: ${origin.why}`;
  const file = (path: string, content: string, mode: string): FileResource => ({
    ...{ ...origin, kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  const program = (path: string, content: string) => file(path, content, "0755");
  return [
    file(backupPaths.settings, settings(host, topology, backup, head), "0644"),
    file(backupPaths.password, `${secretReference(backupPassword)}\n`, "0600"),
    ...(backup.credentials === undefined
      ? []
      : [file(backupPaths.credentials, `${secretReference(backupCredentials)}\n`, "0600")]),
    ...(backup.trust === undefined ? [] : [file(backupPaths.trust, `${secretReference(backupTrust)}\n`, "0644")]),
    file(backupPaths.common, backupCommon(head), "0644"),
    ...(backup.store === "monitor" ? [program(backupPaths.way, wayProgram(topology, head))] : []),
    program(backupPaths.canary, canaryProgram(head)),
    program(backupPaths.keep, keepProgram(head)),
    program(backupPaths.base, baseProgram(head)),
    program(backupPaths.list, listProgram(head)),
    program(backupPaths.restore, restoreProgram(head)),
    program(backupPaths.prove, proveProgram(head)),
    program(backupPaths.drill, drillProgram(head)),
    program(backupPaths.swap, swapProgram(head)),
    file(backupPaths.canaryUnit, canaryUnit(head), "0644"),
    file(backupPaths.keepUnit, keepUnit(head), "0644"),
    file(backupPaths.baseUnit, baseUnit(head), "0644"),
    file(backupPaths.drillUnit, drillUnit(head), "0644"),
    file(backupPaths.restoredUnit, restoredUnit(head), "0644"),
  ];
}

/** Units of one backup and one drill are started by `rampart-backup.service` when they are due, and end by themselves. */
function units({ credentials, trust }: SiteBackup): readonly UnitResource[] {
  const unit = (name: string, files: readonly string[], state: UnitResource["state"]): UnitResource => ({
    ...{ ...origin, kind: "unit", name, state, reloadOn: [], restartOn: files.map((path) => `file:${path}`) },
  });
  const { settings, password, common, keep, canary } = backupPaths;
  const given = [
    ...[settings, password, common, keep, backupPaths.keepUnit],
    // It reads them once.
    ...(credentials === undefined ? [] : [backupPaths.credentials]),
    ...(trust === undefined ? [] : [backupPaths.trust]),
  ];
  return [
    { ...unit("rampart-canary.service", [canary, backupPaths.canaryUnit], "running"), check: `bash -n ${canary}` },
    { ...unit("rampart-backup.service", given, "running"), check: `bash -n ${keep}` },
  ];
}

const drillSeconds: Readonly<Record<DrillInterval, number>> = {
  ...{ daily: 86_400, weekly: 7 * 86_400, monthly: 30 * 86_400, never: 0 },
};

/** Read by the programs as shell assignments. */
function settings(host: Host, topology: Topology, backup: SiteBackup, head: string): string {
  const { site } = topology;
  const services = site.app.filter((service) => service.database).map(({ name }) => databaseName(name));
  const values = {
    HOST: host.name,
    RANK: String(host.index),
    DATABASES: services.join(" "),
    BUFFER_POOL: `${site.database?.bufferPoolMiB ?? 128}M`,
    ...storeSettings(topology, backup),
    STORE_TRUST: backup.trust === undefined ? "" : backupPaths.trust,
    AT: backup.at,
    KEEP_DAILY: String(backup.keep.daily),
    KEEP_WEEKLY: String(backup.keep.weekly),
    KEEP_MONTHLY: String(backup.keep.monthly),
    DRILL_SECONDS: String(drillSeconds[backup.drill]),
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${shellQuote(value)}`);
  return `# ${head}\n${lines.join("\n")}\n`;
}

/** restic's name of the store, to which the name of a part is added; the option by which it is reached; its name for people. */
function storeSettings(topology: Topology, { store }: SiteBackup) {
  const place = storePlace(store);
  if (place?.kind !== "monitor") {
    const option = place?.kind === "sftp" ? `sftp.args=${sftpWords}` : "";
    return { STORE: `${store.replace(/\/$/, "")}/`, STORE_OPTION: option, STORE_NAME: store };
  }
  const monitor = hostsOf(topology, "monitor")[0];
  return {
    STORE: `sftp:store@${monitor?.fqdn ?? ""}:`,
    STORE_OPTION: `sftp.command=${backupPaths.way}`,
    STORE_NAME: `on ${monitor?.name ?? ""}`,
  };
}

/** A program of its own, since restic's option ends at a comma: SFTP inside TLS, both ends shown by certificates of the site. */
function wayProgram(topology: Topology, head: string): string {
  const way = [
    `OPENSSL:${hostsOf(topology, "monitor")[0]?.fqdn ?? ""}:${storePort}`,
    ...[`commonname=${storeName(topology.site)}`, `cafile=${paths.ca}`, "verify=1"],
    ...[`cert=${paths.certificate}`, `key=${paths.key}`, "openssl-min-proto-version=TLS1.3", "connect-timeout=10"],
    ...["nodelay", "keepalive"],
  ];
  return `#!/bin/sh\n# ${head}\nexec socat -d0 -T 900 - ${way.join(",")}\n`;
}

/** The first contact decides whom the hosts believe to be the store; another one is refused from then on. */
const sftpWords = [
  ...["-i", backupPaths.credentials, "-o IdentitiesOnly=yes", "-o BatchMode=yes", "-o ConnectTimeout=10"],
  ...["-o ServerAliveInterval=5", "-o StrictHostKeyChecking=accept-new"],
  `-o UserKnownHostsFile=${backupPaths.state}/known_hosts`,
].join(" ");
