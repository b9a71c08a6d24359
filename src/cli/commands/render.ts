import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { RampartError } from "../../base/problem.ts";
import { plural } from "../../base/text.ts";
import { renderedTree } from "../../plan/render.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { writeJson, writeText } from "../output.ts";
import { openSite } from "../site.ts";

/** Tells a former render, and lists its files: only those are removed by the next one. */
const marker = ".rampart-render";

/** Writes all files of all hosts below DIR, for reading. Holds no secret. */
export async function renderCommand(options: GlobalOptions, target: string): Promise<number> {
  const { topology, roles, site } = await openSite(options);
  const folder = resolve(target);
  removeFormer(folder, target);
  const tree = renderedTree(topology, roles);
  for (const [path, content] of tree) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  writeFileSync(join(folder, marker), `${[...tree.keys()].join("\n")}\n`);
  const hosts = topology.hosts.map((host) => host.name);
  if (options.json) writeJson({ site: site.name, folder, hosts, files: [...tree.keys()] });
  else writeText(`${plural(tree.size, "file")} of ${plural(hosts.length, "host")} in ${target}/`);
  return exitCodes.done;
}

function removeFormer(folder: string, target: string): void {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  const present = isFolder ? readdirSync(folder) : [];
  if (isFolder === undefined || (isFolder && present.length === 0)) return;
  if (!isFolder || !existsSync(join(folder, marker))) {
    const reason = isFolder ? "holds files that are not those of an earlier render." : "is a file, not a folder.";
    const remedy = "Name an empty folder, or one that does not exist yet.";
    throw new RampartError("Nothing was written", [{ path: target, reason, remedy }]);
  }
  const listed = readFileSync(join(folder, marker), "utf8").split("\n");
  for (const path of listed.filter((line) => line !== "")) {
    const file = resolve(folder, path);
    if (relative(folder, file).startsWith("..")) continue;
    rmSync(file, { force: true });
    removeEmpty(dirname(file), folder);
  }
}

function removeEmpty(folder: string, top: string): void {
  if (folder === top || !existsSync(folder) || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  removeEmpty(dirname(folder), top);
}
