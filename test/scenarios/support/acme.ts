import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { insideCommand, outsideCommand } from "../../../src/lab/lab.ts";
import { run } from "../../../src/lab/process.ts";
import { createAuthority } from "../../../src/pki/authority.ts";
import { issueCertificate } from "../../../src/pki/certificate.ts";
import { eventually } from "./time.ts";

/** Where hosts of the site find the directory. */
export const directory = "https://10.77.0.1:14000/dir";

/** A public authority for one lab: pebble at the visitor's seat, and the one way to it from inside. */
export interface AcmeServer {
  /** PEM: of the CA that signed the directory's own certificate, and of the root of what it issues. */
  readonly trust: string;
  /** Takes the way away, so that no order can be sent. */
  readonly close: () => Promise<void>;
  readonly open: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** @param validSeconds how long its certificates live. */
export async function acmeServer(site: string, folder: string, validSeconds: number): Promise<AcmeServer> {
  mkdirSync(folder, { recursive: true });
  const authority = await directoryCertificate(folder);
  writeFileSync(join(folder, "pebble.json"), JSON.stringify(configuration(folder, validSeconds)));
  const pebble = start(outsideCommand(site, ["pebble", "-config", join(folder, "pebble.json")]), {
    PEBBLE_VA_NOSLEEP: "1",
    PEBBLE_WFE_NONCEREJECT: "0",
    PEBBLE_AUTHZREUSE: "0",
  });
  let relay: ChildProcess | undefined;
  const open = async () => {
    const way = `nsenter --net=/run/netns/rampart-${site}.visitor socat - TCP4:127.0.0.1:14000`;
    relay = start(
      insideCommand(site, ["socat", "TCP4-LISTEN:14000,bind=10.77.0.1,fork,reuseaddr", `EXEC:"${way}"`]),
      {},
    );
  };
  const close = async () => await ended(relay);
  await open();
  let root = "";
  await eventually(20, async () => {
    const asked = await run(outsideCommand(site, ["curl", "-fsSk", "https://127.0.0.1:15000/roots/0"]), {
      timeoutMs: 5000,
    });
    if (asked.exitCode !== 0) throw new Error(asked.stderr);
    root = asked.stdout;
  });
  const stop = async () => {
    await close();
    await ended(pebble);
  };
  return { trust: `${authority.trim()}\n${root.trim()}\n`, open, close, stop };
}

async function directoryCertificate(folder: string): Promise<string> {
  const now = new Date();
  const authority = await createAuthority("pebble", now);
  const request = { commonName: "pebble", dnsNames: ["pebble"], ipAddresses: ["10.77.0.1", "127.0.0.1"], days: 30 };
  const issued = await issueCertificate(authority, { ...request, usages: ["server"] }, now);
  writeFileSync(join(folder, "pebble.crt"), issued.certificatePem);
  writeFileSync(join(folder, "pebble.key"), issued.keyPem.reveal(), { mode: 0o600 });
  return authority.certificatePem;
}

function configuration(folder: string, validSeconds: number) {
  return {
    pebble: {
      ...{ listenAddress: "127.0.0.1:14000", managementListenAddress: "127.0.0.1:15000" },
      ...{ certificate: join(folder, "pebble.crt"), privateKey: join(folder, "pebble.key") },
      ...{ httpPort: 80, tlsPort: 443, ocspResponderURL: "", externalAccountBindingRequired: false },
      certificateValidityPeriod: validSeconds,
    },
  };
}

function start([program = "", ...args]: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(program, args, { env: { ...process.env, ...env }, stdio: "ignore" });
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  child.kill();
  await over;
}
