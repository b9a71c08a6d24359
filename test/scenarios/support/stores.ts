import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { insideCommand } from "../../../src/lab/lab.ts";
import { run } from "../../../src/lab/process.ts";
import { createAuthority } from "../../../src/pki/authority.ts";
import { issueCertificate } from "../../../src/pki/certificate.ts";
import { type Running, started } from "./places.ts";
import { beside } from "./receivers.ts";
import { scratch, shop } from "./site.ts";
import { eventually } from "./time.ts";

// Stores of an operator's own, beside the hosts of the shop: OpenSSH's SFTP, and an S3 server behind TLS.

/** A store, and what the site file says of it. */
export interface Store {
  /** Value of `database.backup`. */
  readonly backup: Readonly<Record<string, string>>;
  /** What of it must be shown nowhere. */
  readonly secret: string;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

const home = join(scratch, "stores");

/** An SSH server that gives files and nothing else, to whoever has the key. `changeHostKey`: the machine was set up anew. */
export async function sftpStore(port: number): Promise<Store & { readonly changeHostKey: () => Promise<void> }> {
  const folder = join(home, "sftp");
  mkdirSync(join(folder, "files"), { recursive: true });
  mkdirSync("/run/sshd", { recursive: true });
  await newKey(join(folder, "host"));
  const credentials = join(shop.folder, "store.key");
  await newKey(credentials);
  copyFileSync(`${credentials}.pub`, join(folder, "authorized_keys"));
  const settings = [
    ...[`ListenAddress ${beside}`, `Port ${port}`, `HostKey ${folder}/host`, "PidFile none", "UsePAM no"],
    ...[`AuthorizedKeysFile ${folder}/authorized_keys`, "StrictModes no", "PasswordAuthentication no"],
    ...["KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password", "Subsystem sftp internal-sftp"],
    ...[`ForceCommand internal-sftp -d ${folder}/files`, "DisableForwarding yes"],
  ];
  writeFileSync(join(folder, "sshd.conf"), `${settings.join("\n")}\n`);
  const server = serverOf(["/usr/sbin/sshd", "-D", "-e", "-f", join(folder, "sshd.conf")], port, join(folder, "log"));
  await server.start();
  return {
    ...server,
    backup: { store: `sftp://root@${beside}:${port}/shop`, credentials: "./store.key" },
    secret: readFileSync(credentials, "utf8").split("\n")[2] ?? "",
    changeHostKey: async () => {
      await server.stop();
      await newKey(join(folder, "host"));
      await server.start();
    },
  };
}

/** An S3 server that asks for signed requests, from the npm registry; its certificate is of an authority that Debian does not know. */
export async function s3Store(port: number): Promise<Store> {
  const folder = join(home, "s3");
  mkdirSync(join(folder, "files"), { recursive: true });
  const installed = await run(
    ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", "s3rver@3.7.1"],
    { timeoutMs: 300_000 },
  );
  if (installed.exitCode !== 0) throw new Error(installed.stderr);
  const now = new Date();
  const authority = await createAuthority("store", now);
  const request = { commonName: "store", dnsNames: ["store.test"], ipAddresses: [beside], days: 30 };
  const issued = await issueCertificate(authority, { ...request, usages: ["server"] }, now);
  writeFileSync(join(shop.folder, "store-ca.crt"), authority.certificatePem);
  writeFileSync(join(folder, "store.crt"), issued.certificatePem);
  writeFileSync(join(folder, "store.key"), issued.keyPem.reveal(), { mode: 0o600 });
  // The account that this server has from the beginning.
  const account = "S3RVER";
  writeFileSync(join(shop.folder, "store.account"), `AWS_ACCESS_KEY_ID=${account}\nAWS_SECRET_ACCESS_KEY=${account}\n`);
  const argv = [
    ...[process.execPath, join(folder, "node_modules/s3rver/bin/s3rver.js"), "-d", join(folder, "files")],
    ...["-a", beside, "-p", String(port), "--no-vhost-buckets", "--configure-bucket", "backups"],
    ...["--cert", join(folder, "store.crt"), "--key", join(folder, "store.key")],
  ];
  const server = serverOf(argv, port, join(folder, "log"));
  await server.start();
  const files = { credentials: "./store.account", trust: "./store-ca.crt" };
  return {
    ...server,
    backup: { store: `s3:https://${beside}:${port}/backups/shop`, ...files },
    secret: `AWS_SECRET_ACCESS_KEY=${account}`,
  };
}

/** Forgets what the stores hold. */
export function storesAreGone(): void {
  rmSync(home, { recursive: true, force: true });
}

async function newKey(file: string): Promise<void> {
  rmSync(file, { force: true });
  const made = await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "store", "-f", file]);
  if (made.exitCode !== 0) throw new Error(made.stderr);
}

/** A program that listens; what it says goes into a file. */
function serverOf(argv: readonly string[], port: number, log: string): Pick<Store, "start" | "stop"> {
  let running: Running | undefined;
  const reached = async () => {
    const { exitCode } = await run(insideCommand(shop.name, ["nc", "-z", beside, String(port)]));
    if (exitCode !== 0) throw new Error(`nobody listens: ${readFileSync(log, "utf8")}`);
  };
  return {
    start: async () => {
      running = started(shop.name, argv, log);
      await eventually(20, reached);
    },
    stop: async () => await running?.stop(),
  };
}
