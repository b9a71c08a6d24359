import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type CommandOptions, command, type Outcome } from "./command.ts";

/** Name, and so the lab, of the copied site: apart from any lab that the user has. */
export const labName = "tbench";
export const ports = { https: 9643, http: 9680 };
/** A file of 1 KB that is of no use to compress, in the site's files. */
export const smallFile = "bench-1k.bin";

/** All load comes from one address: everything is counted as ever, and nothing is refused. */
const noLimits = `limits: { requests: "1000000/s", connections: "1000000/s", open: 8000, errors: "1000000/s" },`;

/** A copy of the example shop under a name and on ports of its own. */
export interface BenchSite {
  readonly folder: string;
  rampart(args: readonly string[], options?: CommandOptions): Promise<Outcome>;
  /** Changes the text of the site file. */
  edit(change: (text: string) => string): void;
  remove(): void;
}

export function benchSite(root: string): BenchSite {
  const folder = mkdtempSync(join(tmpdir(), "rampart-bench-"));
  copyShop(join(root, "examples/shop"), folder);
  return {
    folder,
    rampart: (args, options) => command([join(root, "rampart"), "--site", folder, ...args], options),
    edit: (change) => {
      const file = join(folder, "rampart.config.ts");
      writeFileSync(file, change(readFileSync(file, "utf8")));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function copyShop(from: string, to: string): void {
  const left = new Set(["node_modules", ".rampart", "expected"]);
  cpSync(from, to, { recursive: true, filter: (path) => !left.has(basename(path)) });
  renameSite(to);
  writeFileSync(join(to, "public", smallFile), "0123456789abcdef".repeat(64));
}

/** Gives the site file of a folder the name and the ports of the bench. */
export function renameSite(folder: string): void {
  const file = join(folder, "rampart.config.ts");
  const text = readFileSync(file, "utf8");
  const named = text
    .replace('name: "shop"', `name: "${labName}"`)
    .replace(
      /^ {2}web:/m,
      `  environments: { lab: { httpsPort: ${ports.https}, httpPort: ${ports.http} } },\n  ${noLimits}\n  web:`,
    );
  if (!named.includes(labName) || !named.includes(String(ports.https))) throw new Error(`${file} has another form now`);
  writeFileSync(file, named);
}

/** Runs a shell script on a host, as root; throws when a command of it fails. */
export async function onHost(site: BenchSite, host: string, script: string): Promise<Outcome> {
  return await site.rampart(["exec", host, "--", "sh", "-s"], { input: `set -eu\n${script}` });
}
