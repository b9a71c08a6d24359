import type { Problem } from "../base/problem.ts";
import { galeraProblems } from "./check-galera.ts";
import { defaults } from "./defaults.ts";
import type { Facts } from "./facts.ts";
import { nearestKey } from "./keys.ts";
import type { SiteDraft } from "./shape.ts";

/** Problems with host counts, the ports of the lab. */
export function tierProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  return [...databaseProblems(draft, isBroken), ...labPortProblems(draft, isBroken)];
}

/** Problems with folders that the site file names. */
export function folderProblems(draft: SiteDraft, facts: Facts): readonly Problem[] {
  const named = Object.entries(draft.app ?? {}).map(([name, service]) => ({
    path: `app.${name}.source`,
    folder: service?.source,
  }));
  return [{ path: "web.files", folder: draft.web?.files }, ...named].flatMap(({ path, folder }) =>
    folder === undefined ? [] : folderProblem(path, folder, facts),
  );
}

/** Problems with the environment that was asked for on the command line. */
export function environmentProblems(declared: readonly string[], facts: Facts): readonly Problem[] {
  const asked = facts.environment;
  // One that the site file does declare has been answered as "comes with a later version".
  if (asked === undefined || asked === "lab" || declared.includes(asked)) return [];
  const meant =
    nearestKey(asked, ["lab"]) === undefined ? "Leave --env out" : "Did you mean --env lab? Or leave it out";
  const remedy = `${meant}: the site then runs in the lab, on hosts made on this machine.`;
  return [{ path: "--env", reason: `the site has no environment ${JSON.stringify(asked)}.`, remedy }];
}

function databaseProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  if (isBroken("database.mode") || isBroken("database.arbiter")) return [];
  if (draft.database?.mode === "galera") return galeraProblems(draft.database, isBroken);
  const arbiter = draft.database?.arbiter === "monitor" ? [needlessArbiter] : [];
  return [...arbiter, ...replicatedProblems(draft, isBroken)];
}

const needlessArbiter: Problem = {
  path: "database.arbiter",
  reason: 'mode "replicated" has no arbiter: its agents agree by etcd, which runs on the database hosts.',
  remedy: 'Take the key out, or write mode: "galera".',
};

function replicatedProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  const hosts = draft.database?.hosts;
  if (hosts === undefined || hosts > 2 || isBroken("database.promise")) return [];
  const promise = draft.database?.promise ?? defaults.database.promise;
  const reason =
    hosts === 1
      ? `1 host cannot keep the ${promise} promise: when it is lost, every acknowledged write is lost with it.`
      : `2 hosts cannot keep the ${promise} promise: after one is lost nobody can tell whether the other has every acknowledged write.`;
  const other = `Or a Galera cluster, which promises less: mode: "galera" with 2 hosts and arbiter: "monitor".`;
  return [{ path: "database.hosts", reason, remedy: `Use 3 hosts. ${other}` }];
}

function labPortProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  if (isBroken("environments.lab")) return [];
  const https = draft.environments?.lab?.httpsPort ?? defaults.lab.httpsPort;
  const http = draft.environments?.lab?.httpPort ?? defaults.lab.httpPort;
  if (https !== http) return [];
  const path = draft.environments?.lab?.httpPort === undefined ? "httpsPort" : "httpPort";
  const reason = `port ${https} would be used twice on this machine, for HTTPS and for HTTP.`;
  const remedy = `Give one of the two another port; without the key HTTPS has ${defaults.lab.httpsPort} and HTTP ${defaults.lab.httpPort}.`;
  return [{ path: `environments.lab.${path}`, reason, remedy }];
}

function folderProblem(path: string, folder: string, facts: Facts): readonly Problem[] {
  if (/^[/~]/.test(folder)) {
    const reason = `"${folder}" holds on one machine only; folders are named relative to ${facts.siteFile}.`;
    return [{ path, reason, remedy: 'Write it from there, such as "./app" or "../app".' }];
  }
  if (facts.folderExists(folder)) return [];
  if (facts.fileExists(folder)) {
    return [{ path, reason: `"${folder}" is a file; a folder is needed.`, remedy: "Name the folder that holds it." }];
  }
  const reason = `there is no folder "${folder}" beside ${facts.siteFile}.`;
  return [{ path, reason, remedy: "Create it, or correct the path." }];
}
