import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RampartError } from "../base/problem.ts";
import type { World } from "../converge/world.ts";
import { ensureArtifact } from "../deploy/artifact.ts";
import { alertTrust, isAlertFile, mailPassword } from "../model/alerts.ts";
import { backupCredentials, backupTrust, isBackupFile } from "../model/backup.ts";
import { givenOf, givenPart } from "../model/certificate.ts";
import { dashboardUserList, dashboardUsers } from "../model/dashboard.ts";
import type { Emit } from "../model/event.ts";
import { exportFile, exportSecrets, isExportFile } from "../model/export.ts";
import { referencedSecrets } from "../model/secret.ts";
import { createAuthority } from "../pki/authority.ts";
import { desiredHost } from "../plan/desired.ts";
import { storePaths } from "../secrets/paths.ts";
import { openStore, type Store } from "../secrets/store.ts";
import { certificateDateProblems, pemFile } from "../sitefile/certificate.ts";
import { rolesOf } from "../topology/topology.ts";
import { quietWork } from "./alerts/silences.ts";
import { requireHosts, targetsOf } from "./hosts.ts";
import { interruptible } from "./interrupt.ts";
import { labSeats, operatorName } from "./lab-site.ts";
import { programText } from "./programs.ts";
import type { OpenSite } from "./site.ts";

/** Wires what the converger needs: the only place where lab, secrets, transport and roles meet. */
export async function worldOf(open: OpenSite, emit: Emit): Promise<World> {
  const { folder, site, topology, roles, sources } = open;
  requireHosts(open);
  const env = site.environment.name;
  const store = await openStore(folder, env, { createAuthority });
  const authority = await store.authority(site.name, new Date());
  await makeSecrets(store, open);
  return {
    topology,
    roles,
    targetOf: targetsOf(open),
    secretValue: (name) =>
      givenPem(open, name) ??
      givenForBackups(open, name) ??
      givenForAlerts(open, name) ??
      givenForExport(open, name) ??
      givenUsers(open, name) ??
      store.secret(name).reveal(),
    program: programText,
    authority,
    trusted: store.trusted(),
    publicTrust: site.tls.trust === undefined ? "" : `${pemFile(folder, site.tls.trust)}\n`,
    archive: async (release, id) => {
      const source = sources.get(release);
      if (source?.id !== id)
        throw new Error(`the plan names release ${release} ${id}, and the site has no such source`);
      return await ensureArtifact(folder, source, emit);
    },
    visitor: labSeats(site.name).visitor,
    caFile: visitorTrust(open, store.trusted()),
    by: operatorName(),
    quiet: quietWork(open, operatorName()),
    emit,
    interrupted: interruptible(emit),
  };
}

/** The user's own certificate or key, when that is what a secret's name means. */
function givenPem(open: OpenSite, name: string): string | undefined {
  const part = givenPart(name);
  const given = givenOf(open.site);
  return part && given && pemFile(open.folder, given[part]);
}

/** What the operator's own store of backups asks for and who vouches for it, when that is what a secret's name means. */
function givenForBackups({ site, folder }: OpenSite, name: string): string | undefined {
  const { credentials, trust } = site.database?.backup ?? {};
  if (name === backupCredentials && credentials !== undefined)
    return readFileSync(join(folder, credentials), "utf8").trimEnd();
  return name === backupTrust && trust !== undefined ? pemFile(folder, trust) : undefined;
}

/** What the delivery of alerts takes from files of the operator's, when that is what a secret's name means. */
function givenForAlerts({ site, folder }: OpenSite, name: string): string | undefined {
  const { email, trust } = site.monitor.alerts;
  if (name === mailPassword && email?.password !== undefined)
    return readFileSync(join(folder, email.password), "utf8").trimEnd();
  return name === alertTrust && trust !== undefined ? pemFile(folder, trust) : undefined;
}

/** The same of what leaves the site besides. */
function givenForExport({ site, folder }: OpenSite, name: string): string | undefined {
  const file = exportFile(site.monitor.export, name);
  if (file === undefined) return undefined;
  const isPem = name === exportSecrets.metricsTrust || name === exportSecrets.logsTrust;
  return isPem ? pemFile(folder, file) : readFileSync(join(folder, file), "utf8").trimEnd();
}

/** Who may log in at the dashboard, when that is what a secret's name means. */
function givenUsers({ site, folder }: OpenSite, name: string): string | undefined {
  const { dashboard } = site.monitor;
  if (name !== dashboardUsers || dashboard === undefined) return undefined;
  return dashboardUserList(readFileSync(join(folder, dashboard.users), "utf8"));
}

/** The CA certificate that a visitor of this site trusts. */
export function caFile(open: OpenSite): string {
  return storePaths(open.folder, open.site.environment.name).caCertificate;
}

/** What a browser trusts: Debian's authorities too, when one of them may have issued the public certificate. */
function visitorTrust(open: OpenSite, trusted: string): string {
  const { site, folder } = open;
  if (site.tls.certificate === "own") return caFile(open);
  const file = storePaths(folder, site.environment.name).visitorTrust;
  const debian = "/etc/ssl/certs/ca-certificates.crt";
  const known = existsSync(debian) ? readFileSync(debian, "utf8") : "";
  const named = site.tls.trust === undefined ? "" : `${pemFile(folder, site.tls.trust)}\n`;
  const text = known + named + trusted;
  // Somebody may be reading it.
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
  return file;
}

/** A certificate of the user's that ended, or is about to, is not brought to hosts. Throws a RampartError. */
export function requireCertificateInTime(open: OpenSite): void {
  const problems = certificateDateProblems(open.site, open.folder, new Date());
  if (problems.length > 0) throw new RampartError("Nothing was changed", problems, "rampart plan");
}

/** Secrets are on this machine's disk before the first host hears of them: a crash in between must not orphan one. */
async function makeSecrets(store: Store, open: OpenSite): Promise<void> {
  const { topology, roles } = open;
  const files = topology.hosts
    .flatMap((host) => desiredHost(host, topology, rolesOf(host, roles)).resources)
    .flatMap((resource) => (resource.kind === "file" ? [resource.content] : []));
  for (const name of new Set(files.flatMap(referencedSecrets))) {
    if (!isGiven(name)) store.secret(name);
  }
  await store.save();
}

/** True for what comes from files of the operator's. */
function isGiven(name: string): boolean {
  const byName = isBackupFile(name) || isAlertFile(name) || isExportFile(name) || name === dashboardUsers;
  return byName || givenPart(name) !== undefined;
}
