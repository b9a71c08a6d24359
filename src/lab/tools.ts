import { existsSync } from "node:fs";
import { fail } from "../base/problem.ts";
import { run } from "./process.ts";
import type { Emit } from "./spec.ts";

/** A file that tells that a package is there, and the package. */
const TOOLS: readonly (readonly [file: string, debianPackage: string])[] = [
  ["/usr/bin/systemd-nspawn", "systemd-container"],
  ["/usr/bin/systemd-socket-activate", "systemd"],
  ["/usr/bin/journalctl", "systemd"],
  ["/lib/systemd/systemd-socket-proxyd", "systemd"],
  ["/usr/bin/mmdebstrap", "mmdebstrap"],
  ["/usr/share/keyrings/debian-archive-keyring.gpg", "debian-archive-keyring"],
  ["/sbin/ip", "iproute2"],
  ["/usr/sbin/nft", "nftables"],
  ["/bin/nc.openbsd", "netcat-openbsd"],
  ["/usr/bin/ssh", "openssh-client"],
  ["/usr/bin/ssh-keygen", "openssh-client"],
  ["/usr/bin/nsenter", "util-linux"],
  ["/usr/bin/flock", "util-linux"],
  ["/usr/bin/curl", "curl"],
  ["/bin/bash", "bash"],
];

/** Making namespaces, mounts and hosts is root's. */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  fail("the lab needs root", {
    path: "lab",
    reason: "it makes network namespaces, mounts and containers, and this process is not root.",
    remedy: "Run the same command with sudo, or as root.",
  });
}

/** Installs what the lab itself needs on this machine, if anything of it is missing. */
export async function ensureTools(emit: Emit): Promise<void> {
  requireRoot();
  const packages = missingPackages();
  if (packages.length === 0) return;
  if (!existsSync("/usr/bin/apt-get"))
    fail("this machine lacks tools for the lab", {
      path: "lab",
      reason: `${packages.join(", ")} missing, and there is no apt-get to install them with.`,
      remedy: "Use a machine with Debian or Ubuntu.",
    });
  emit({ type: "lab.tools.started", packages });
  const began = performance.now();
  const first = await install(packages);
  if (first.exitCode !== 0) {
    // Most likely the package lists are missing or old.
    await run([...APT, "update"], { timeoutMs: 300_000, env: APT_ENV });
    const second = await install(packages);
    if (second.exitCode !== 0 || missingPackages().length > 0)
      fail("the tools for the lab could not be installed", {
        path: "lab",
        reason: `apt-get install ${packages.join(" ")}: ${lastLines(second.stderr || second.stdout, 4)}`,
        remedy: "Install these packages by hand, then run the same command again.",
      });
  }
  emit({ type: "lab.tools.done", packages, durationMs: Math.round(performance.now() - began) });
}

/** The last lines of a text, on one line. */
export function lastLines(text: string, count: number): string {
  return text.trim().split("\n").slice(-count).join(" · ");
}

const APT = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"];
const APT_ENV = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };

function install(packages: readonly string[]) {
  const argv = [...APT, "install", "-y", "--no-install-recommends", ...packages];
  return run(argv, { timeoutMs: 900_000, env: APT_ENV });
}

function missingPackages(): readonly string[] {
  const missing = TOOLS.filter(([file]) => !existsSync(file)).map(([, name]) => name);
  return [...new Set(missing)];
}
