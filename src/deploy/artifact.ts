import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail } from "../base/problem.ts";
import { shellCommand } from "../base/text.ts";
import type { Emit } from "../model/event.ts";

/** What a release is made of. */
export interface Source {
  /** App service name, or "public". */
  readonly name: string;
  /** Path in the site file, for messages. */
  readonly path: string;
  /** Absolute. */
  readonly folder: string;
  readonly build: string | undefined;
  readonly id: string;
  /** Paths of the files and links that belong to it, relative to the folder: the ones that `id` was made of. */
  readonly entries: () => readonly string[];
}

/** Archives kept of each service, so that going back needs no build. */
const kept = 5;

/** Where a release's archive lies, whether it has been made or not. */
export function artifactFile(siteFolder: string, source: Pick<Source, "name" | "id">): string {
  return join(siteFolder, ".rampart", "artifacts", `${source.name}-${source.id}.tar.gz`);
}

/**
 * Makes a release's archive: a copy of the source folder, built there by the service's own command on this machine. The
 * source folder itself is never written to. Returns the archive's path at once when it was made before.
 */
export async function ensureArtifact(siteFolder: string, source: Source, emit: Emit): Promise<string> {
  const file = artifactFile(siteFolder, source);
  if (existsSync(file)) {
    const now = new Date();
    await utimes(file, now, now);
    return file;
  }
  const began = Date.now();
  emit({ type: "build.service.started", service: source.name });
  const work = await mkdtemp(join(tmpdir(), "rampart-build-"));
  try {
    const tree = join(work, "tree");
    await copyEntries(source, tree);
    if (source.build !== undefined) await build(source, source.build, tree);
    await mkdir(join(file, ".."), { recursive: true, mode: 0o700 });
    await pack(tree, `${file}.${process.pid}.new`, source.id);
    await rename(`${file}.${process.pid}.new`, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await removeOld(file, source.name);
  emit({ type: "build.service.done", service: source.name, durationMs: Date.now() - began });
  return file;
}

async function copyEntries({ folder, entries }: Source, tree: string): Promise<void> {
  await mkdir(tree);
  for (const entry of entries()) await cp(join(folder, entry), join(tree, entry), { verbatimSymlinks: true });
}

async function build(source: Source, command: string, tree: string): Promise<void> {
  const { code, output } = await shell(command, tree);
  if (code === 0) return;
  fail(
    `The build of ${source.name} failed; nothing was changed on any host`,
    {
      path: `${source.path}.build`,
      reason: `"${command}" ended with ${code}:\n${output.trim().split("\n").slice(-15).join("\n")}`,
      remedy: `Make it work here first:  cd ${source.folder} && ${command}`,
    },
    "rampart up",
  );
}

/** Owners and times of this machine mean nothing on the hosts. */
async function pack(tree: string, file: string, id: string): Promise<void> {
  // nginx makes a file's ETag of its time and size: all files of a release have one time, the same on every host, and each
  // release has another, so that a browser never takes an old file of the same size for the new one. Between 2001 and 2023.
  const mtime = 1_000_000_000 + (Number.parseInt(id.slice(0, 8), 16) % 700_000_000);
  const flags = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", `--mtime=@${mtime}`, "--mode=u+rwX,go=rX"];
  const { code, output } = await shell(shellCommand(["tar", "-C", tree, ...flags, "-czf", file, "."]), tree);
  if (code !== 0)
    fail("A release could not be packed", {
      path: file,
      reason: output.trim(),
      remedy: "Free some disk space and try again.",
    });
}

function shell(command: string, folder: string): Promise<{ code: number | string; output: string }> {
  return new Promise((done) => {
    const child = spawn("sh", ["-c", command], { cwd: folder, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-100_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) => done({ code: error.message, output }));
    child.on("close", (code, signal) => done({ code: code ?? signal ?? "?", output }));
  });
}

async function removeOld(file: string, name: string): Promise<void> {
  const folder = join(file, "..");
  const mine = (await readdir(folder)).filter((entry) => entry.startsWith(`${name}-`) && entry.endsWith(".tar.gz"));
  const aged = await Promise.all(mine.map(async (entry) => ({ entry, at: (await stat(join(folder, entry))).mtimeMs })));
  const old = aged.toSorted((one, other) => other.at - one.at).slice(kept);
  await Promise.all(old.map(({ entry }) => rm(join(folder, entry), { force: true })));
}
