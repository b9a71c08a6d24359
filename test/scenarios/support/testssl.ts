import { ensureImage, ensureTools, outsideCommand } from "../../../src/lab/lab.ts";
import { run } from "../../../src/lab/process.ts";

/** One line of what testssl.sh says (its flat JSON, `--jsonfile`). */
export interface TlsFinding {
  readonly id: string;
  readonly severity: "OK" | "INFO" | "LOW" | "MEDIUM" | "HIGH" | "CRITICAL" | "WARN" | "DEBUG" | "FATAL";
  readonly finding: string;
}

export interface TlsReport {
  readonly grade: string;
  /** 0 … 100. */
  readonly score: number;
  readonly findings: readonly TlsFinding[];
  readonly durationMs: number;
}

/**
 * Debian 13's testssl.sh with its OpenSSL 3.5, whatever this machine has: run from an image as the lab's hosts have it, read
 * only, with nothing of the machine but its devices. Arguments: root, CA file, then the words for testssl.
 */
const SCRIPT = `set -eu
root=$1 ca=$2; shift 2
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mount --bind /etc/hosts "$root/etc/hosts"
cp "$ca" "$root/tmp/ca.crt"
cd /
chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp TERM=dumb \\
  testssl --quiet --warnings off --color 0 --add-ca /tmp/ca.crt --jsonfile /tmp/said.json "$@" >&2 || true
cat "$root/tmp/said.json"
`;

/** Makes the image (about a minute, once on a machine). */
export async function ensureTestssl(): Promise<string> {
  await ensureTools(() => {});
  return (await ensureImage(["testssl.sh"], () => {})).root;
}

/** Looks at a site's public side from the visitor's seat. Throws when no rating came. */
export async function tlsReport(
  image: string,
  site: { readonly name: string; readonly address: string; readonly domain: string; readonly caFile: string },
): Promise<TlsReport> {
  // Every check: with some left out it gives no rating.
  const words = ["--ip", site.address, "--nodns", "min", `${site.domain}:443`];
  const argv = outsideCommand(site.name, ["sh", "-c", SCRIPT, "testssl", image, site.caFile, ...words]);
  const result = await run(argv, { timeoutMs: 2_400_000 });
  const findings = parsed(result.stdout);
  const saidOf = (id: string) => findings.find((one) => one.id === id)?.finding;
  const grade = saidOf("overall_grade");
  if (result.exitCode !== 0 || grade === undefined)
    throw new Error(
      `testssl ended with ${result.exitCode}\n${result.stderr.slice(-3000)}\n${result.stdout.slice(-500)}`,
    );
  return { grade, score: Number(saidOf("final_score")), findings, durationMs: result.durationMs };
}

function parsed(json: string): readonly TlsFinding[] {
  try {
    return JSON.parse(json) as readonly TlsFinding[];
  } catch {
    return [];
  }
}
