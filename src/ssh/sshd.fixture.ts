import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { closeAll } from "./close.ts";
import type { SshTarget } from "./target.ts";

/** A real sshd on 127.0.0.1 for the tests of this folder; it needs root, as sshd does to start sessions. */
export interface TestServer {
  readonly dir: string;
  readonly port: number;
  readonly target: SshTarget;
  stop(): Promise<void>;
}

export async function startSshd(): Promise<TestServer> {
  if (!existsSync("/usr/sbin/sshd")) {
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "openssh-server"], { stdio: "inherit" });
  }
  const dir = mkdtempSync(join(tmpdir(), "rssh-"));
  const at = (name: string) => join(dir, name);
  for (const name of ["host", "user", "noisy", "stranger"]) makeKey(at(name));
  const port = await freePort();
  writeFileSync(at("known"), `[127.0.0.1]:${port} ${readFileSync(at("host.pub"), "utf8")}`);
  const noise = 'command="echo welcome back; eval \\"$SSH_ORIGINAL_COMMAND\\""'; // as a talkative ~/.bashrc
  const authorized = [readFileSync(at("user.pub"), "utf8"), `${noise} ${readFileSync(at("noisy.pub"), "utf8")}`];
  writeFileSync(at("authorized"), authorized.join(""));
  // SHLVL keeps bash from reading the ~/.bashrc of whoever runs the tests: some take a tenth of a second.
  const settings = [
    "SetEnv SHLVL=1",
    "UsePAM no",
    "StrictModes no",
    "PidFile none",
    "MaxStartups 100",
    `AuthorizedKeysFile ${at("authorized")}`,
  ];
  writeFileSync(at("config"), `${settings.join("\n")}\n`);
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const argv = ["-D", "-e", "-p", String(port), "-o", "ListenAddress=127.0.0.1", "-h", at("host"), "-f", at("config")];
  const child = spawn("/usr/sbin/sshd", argv, { stdio: "ignore" });
  await answering(port, child);
  const target: SshTarget = {
    host: "web1",
    address: "127.0.0.1",
    port,
    user: "root",
    keyFile: at("user"),
    knownHosts: at("known"),
    controlDir: at("c"),
  };
  const stop = async () => {
    await closeAll([target]);
    child.kill();
    rmSync(dir, { recursive: true, force: true });
  };
  return { dir, port, target, stop };
}

export function makeKey(path: string): void {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const port = portOf(server);
      server.close(() => resolve(port));
    });
  });
}

export interface Cable {
  readonly port: number;
  /** All connections that are open now go silent, as if the host had lost its power; new ones work. */
  cut(): void;
  close(): void;
}

/** A way to a port that can be cut. */
export async function cableTo(port: number): Promise<Cable> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.pipe(to);
      from.on("error", () => to.destroy());
    }
    pairs.add([near, far]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const all = () => [...pairs].flat();
  return {
    port: portOf(server),
    cut: () => all().forEach((socket) => void socket.unpipe().pause()),
    close() {
      for (const socket of all()) socket.destroy();
      server.close();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}`);
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("error", () => resolve(false));
      socket.once("connect", () => resolve(true));
      socket.once("close", () => undefined);
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error("sshd did not start");
}
