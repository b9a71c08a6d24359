import { accessSync, constants, existsSync, readdirSync, realpathSync, rmdirSync, writeFileSync } from "node:fs";
import { entries, readText } from "./paths.ts";
import { sleep } from "./process.ts";

const ROOT = "/sys/fs/cgroup";

/**
 * Every cgroup tree that a host gets a directory in: one on cgroup v2, one per hierarchy on v1. Hosts that share a
 * cgroup share their services' cgroups too, and a killed service then hangs. `cpu` of v1 is left out: a group
 * without real-time run time of its own would refuse keepalived's priority.
 */
export function hierarchies(): readonly string[] {
  if (existsSync(`${ROOT}/cgroup.controllers`)) return [ROOT];
  const found = entries(ROOT)
    .filter((entry) => !entry.split(",").includes("cpu"))
    .map((entry) => realpathSync(`${ROOT}/${entry}`))
    .filter((directory) => isWritable(`${directory}/cgroup.procs`) && !directory.split(/[/,]/).includes("cpu"));
  return [...new Set(found)];
}

/** Names of cgroups at the top of any tree that begin so. */
export function groupsNamed(prefix: string): readonly string[] {
  const names = hierarchies().flatMap((root) => entries(root).filter((entry) => entry.startsWith(prefix)));
  return [...new Set(names)];
}

/** Pids of all processes in a host's cgroups. */
export function members(group: string): readonly number[] {
  const pids = hierarchies().flatMap((root) => membersBelow(`${root}/${group}`));
  return [...new Set(pids)];
}

export function isFrozen(group: string): boolean {
  const unified = unifiedRoot();
  if (unified !== undefined) return /^1/.test(readText(`${unified}/${group}/cgroup.freeze`) ?? "0");
  return (readText(`${ROOT}/freezer/${group}/freezer.state`) ?? "THAWED").trim() !== "THAWED";
}

/** Stops or continues every process of the group, and waits until it is so (at most 5 s). */
export async function setFrozen(group: string, frozen: boolean): Promise<void> {
  const unified = unifiedRoot();
  const file = unified === undefined ? `${ROOT}/freezer/${group}/freezer.state` : `${unified}/${group}/cgroup.freeze`;
  if (!existsSync(file)) return;
  writeFileSync(file, unified === undefined ? (frozen ? "FROZEN" : "THAWED") : frozen ? "1" : "0");
  const done = () =>
    unified === undefined
      ? readText(file)?.trim() === (frozen ? "FROZEN" : "THAWED")
      : readText(`${unified}/${group}/cgroup.events`)?.includes(`frozen ${frozen ? 1 : 0}`);
  for (let tries = 0; tries < 500 && done() === false; tries += 1) await sleep(10);
}

/** Removes the group and all below it from every tree. Its processes must have ended; dying ones are waited for. */
export async function removeGroup(group: string): Promise<void> {
  for (const root of hierarchies()) {
    for (let tries = 0; tries < 300 && !removeTree(`${root}/${group}`); tries += 1) await sleep(10);
  }
}

/** The cgroup v2 tree, which exists beside the v1 trees on hybrid machines. */
function unifiedRoot(): string | undefined {
  return hierarchies().find((root) => existsSync(`${root}/cgroup.controllers`));
}

function membersBelow(directory: string): readonly number[] {
  const own = (readText(`${directory}/cgroup.procs`) ?? "").split("\n").filter((line) => line !== "" && line !== "0");
  return [...own.map(Number), ...subgroups(directory).flatMap(membersBelow)];
}

function removeTree(directory: string): boolean {
  if (!existsSync(directory)) return true;
  try {
    for (const below of subgroups(directory)) if (!removeTree(below)) return false;
    rmdirSync(directory);
    return true;
  } catch {
    return !existsSync(directory);
  }
}

function subgroups(directory: string): readonly string[] {
  try {
    const found = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return found.map((entry) => `${directory}/${entry.name}`);
  } catch {
    return [];
  }
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
