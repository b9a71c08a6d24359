import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statfsSync } from "node:fs";
import { fail } from "../base/problem.ts";
import { machineMirrors } from "./apt.ts";
import { IMAGES, readText } from "./paths.ts";
import { mustRun, run } from "./process.ts";
import { pruneImages } from "./prune.ts";
import { BASE_PACKAGES, BUILD_SCRIPT, EXCLUDED_PATHS, SUITE } from "./recipe.ts";
import type { Emit } from "./spec.ts";
import { lastLines } from "./tools.ts";

/** A root file system that all hosts share, each with a layer of its own above it. */
export interface Image {
  /** Of packages, recipe and suite: the same digest is the same image. */
  readonly digest: string;
  readonly root: string;
  /** True when this call built it. */
  readonly built: boolean;
}

const BYTES_NEEDED = 2.5e9;

/** Finds the image that holds these packages, or builds it (about a minute, once). Throws a RampartError. */
export async function ensureImage(packages: readonly string[], emit: Emit): Promise<Image> {
  const wanted = [...new Set([...BASE_PACKAGES, ...packages])].toSorted();
  const digest = imageDigest(wanted);
  const root = imageRoot(digest);
  if (existsSync(`${IMAGES}/${digest}`)) return { digest, root, built: false };
  const mirrors = requireMirrors();
  requireSpace();
  emit({ type: "lab.image.started", digest, suite: SUITE });
  const began = performance.now();
  await buildImage(digest, wanted, mirrors);
  pruneImages();
  emit({
    type: "lab.image.done",
    digest,
    packages: (readText(`${IMAGES}/${digest}/packages`) ?? "").trim().split("\n").length,
    durationMs: Math.round(performance.now() - began),
  });
  return { digest, root, built: true };
}

export function imageRoot(digest: string): string {
  return `${IMAGES}/${digest}/root`;
}

/** Packages among these that an image was not asked to hold. */
export function missingInImage(digest: string, packages: readonly string[]): readonly string[] {
  const wanted = new Set((readText(`${IMAGES}/${digest}/wanted`) ?? "").split("\n"));
  return packages.filter((name) => !wanted.has(name));
}

function imageDigest(wanted: readonly string[]): string {
  const recipe = [SUITE, process.arch, ...wanted, ...EXCLUDED_PATHS, BUILD_SCRIPT];
  return createHash("sha256").update(recipe.join("\0")).digest("hex").slice(0, 16);
}

async function buildImage(digest: string, wanted: readonly string[], mirrors: readonly string[]): Promise<void> {
  mkdirSync(IMAGES, { recursive: true, mode: 0o755 });
  const log = `${IMAGES}/${digest}.log`;
  // Output goes to a file: were it a pipe to us, a build would break when we die.
  const script = `exec >"$1" 2>&1; shift; ${BUILD_SCRIPT}`;
  const command = await mmdebstrapCommand(`${IMAGES}/.new-${digest}/root`, wanted, mirrors);
  const lock = ["flock", "--wait", "1800", `${IMAGES}/.lock`];
  const argv = [...lock, "sh", "-c", script, "build-image", log, IMAGES, digest, wanted.join(" "), ...command];
  await run(argv, { timeoutMs: 3_600_000 });
  if (!existsSync(`${IMAGES}/${digest}`)) explainFailure(log);
}

async function mmdebstrapCommand(target: string, wanted: readonly string[], mirrors: readonly string[]) {
  const options = ['Acquire::Languages "none"', 'APT::Install-Recommends "false"', ...(await aptProxies())];
  return [
    ...["mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory", "--skip=check/empty"],
    ...options.map((option) => `--aptopt=${option}`),
    "--dpkgopt=force-unsafe-io",
    ...EXCLUDED_PATHS.map((path) => `--dpkgopt=path-exclude=${path}`),
    `--include=${wanted.join(",")}`,
    ...[SUITE, target, ...mirrors],
  ];
}

/** The machine's own way to its mirror, which mmdebstrap does not take over by itself. */
async function aptProxies(): Promise<readonly string[]> {
  const dump = await mustRun(["apt-config", "dump"]);
  return dump.stdout.split("\n").flatMap((line) => {
    const match = /^(Acquire::(?:http|https|ftp)::(?:\S+::)?Proxy "[^"]+");$/i.exec(line);
    return match?.[1] === undefined ? [] : [match[1]];
  });
}

function requireMirrors(): readonly string[] {
  const { main, security } = machineMirrors();
  if (main === undefined)
    return fail("the host image cannot be built", {
      path: "lab",
      reason: "apt on this machine knows no Debian mirror, and lab hosts are Debian.",
      remedy:
        "Name one in /etc/apt/sources.list.d/debian.sources (a stanza with Types, URIs, Suites: trixie, Components: main; " +
        "`Enabled: no` is enough, so that this machine itself does not use it).",
    });
  const updates = security === undefined ? [] : [`deb ${security} ${SUITE}-security main`];
  return [`deb ${main} ${SUITE} main`, ...updates];
}

function requireSpace(): void {
  mkdirSync(IMAGES, { recursive: true });
  const { bavail, bsize } = statfsSync(IMAGES);
  if (bavail * bsize >= BYTES_NEEDED) return;
  fail("the host image cannot be built", {
    path: IMAGES,
    reason: `it needs ${BYTES_NEEDED / 1e9} GB there, and ${((bavail * bsize) / 1e9).toFixed(1)} GB are free.`,
    remedy: "Free some space; images that no lab uses can be deleted.",
  });
}

function explainFailure(log: string): never {
  const text = existsSync(log) ? readFileSync(log, "utf8") : "";
  const unknown = [
    ...text.matchAll(/Unable to locate package (\S+)|Package '?(\S+?)'? has no installation candidate/g),
  ];
  if (/No space left on device/.test(text))
    fail("the host image could not be built", {
      path: IMAGES,
      reason: "the disk became full. The half-made image was removed.",
      remedy: "Free some space, then run the same command again.",
    });
  if (unknown.length > 0)
    fail("the host image could not be built", {
      path: "lab",
      reason: `Debian ${SUITE} has no package ${unknown.map((match) => match[1] ?? match[2]).join(", ")}.`,
      remedy: "Correct the list of packages.",
    });
  if (
    /Could not resolve|Temporary failure|Could not connect|Connection timed out|Unable to connect|Failed to fetch|unreachable/i.test(
      text,
    )
  )
    fail("the host image could not be built", {
      path: "lab",
      reason: `the Debian mirror did not answer: ${text.match(/^E: Failed to fetch .*$/m)?.[0] ?? lastLines(text, 3)}`,
      remedy:
        "The image needs the network once. Connect this machine (or set its apt proxy), then run the same command again.",
    });
  fail("the host image could not be built", {
    path: log,
    reason: lastLines(text, 4) || "the build ended without a word.",
    remedy: "Read that log; then run the same command again.",
  });
}
