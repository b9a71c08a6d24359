import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** How to reach a host. */
export interface SshTarget {
  /** Our name of the host, for messages. */
  readonly host: string;
  /** What ssh connects to: an address, a DNS name, or an alias of the user's ssh configuration. */
  readonly address: string;
  readonly port?: number;
  /** Who logs in; anyone but root needs `sudo` without a password. */
  readonly user: string;
  readonly keyFile?: string;
  /**
   * Given for hosts of a lab: the only known_hosts file that counts, and then the user's ssh configuration and agent are left
   * out. Without it both are used, as is the user's own known_hosts, to which new hosts are added.
   */
  readonly knownHosts?: string;
  readonly proxyCommand?: string;
  /** Folder of the connection's socket; made if needed. At most 70 bytes: the path of a Unix socket has 108. */
  readonly controlDir: string;
}

/** The words before the remote command of every call: `ssh <these> <destination> <command>`. */
export function sshOptions(target: SshTarget): string[] {
  return [
    ...(target.knownHosts === undefined ? [] : ["-F", "none"]),
    ...Object.entries(options(target)).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
    ...(target.port === undefined ? [] : ["-p", String(target.port)]),
    ...(target.keyFile === undefined ? [] : ["-i", target.keyFile]),
  ];
}

export function sshDestination(target: SshTarget): string {
  return `${target.user}@${target.address}`;
}

function options(target: SshTarget): Record<string, string | number> {
  return {
    BatchMode: "yes", // never ask: a prompt of one of twelve hosts would hang them all
    LogLevel: "ERROR",
    ConnectTimeout: 5,
    // A host that lost its power is noticed after 6 s, not when TCP gives up after a quarter of an hour.
    ServerAliveInterval: 2,
    ServerAliveCountMax: 3,
    ...(target.keyFile === undefined ? {} : { IdentitiesOnly: "yes" }),
    ...(target.proxyCommand === undefined ? {} : { ProxyCommand: target.proxyCommand }),
    ...(target.knownHosts === undefined
      ? { StrictHostKeyChecking: "accept-new" }
      : {
          StrictHostKeyChecking: "yes",
          UserKnownHostsFile: target.knownHosts,
          GlobalKnownHostsFile: "/dev/null",
          UpdateHostKeys: "no",
          IdentityAgent: "none",
          PreferredAuthentications: "publickey",
          // Nothing of a lab leaves this machine, so it needs no protection from quantum computers, which costs 0.1 s a host.
          KexAlgorithms: "curve25519-sha256",
        }),
  };
}

/** One connection a host, opened by the first call and kept for 10 minutes after the last, over the end of this process. */
export function sharedConnection(target: SshTarget): string[] {
  mkdirSync(target.controlDir, { recursive: true, mode: 0o700 });
  return ["-o", "ControlMaster=auto", "-o", "ControlPersist=600", "-o", `ControlPath=${controlPath(target)}`];
}

/** A connection of its own, whatever the user's configuration says. */
export const ownConnection: readonly string[] = ["-o", "ControlMaster=no", "-o", "ControlPath=none"];

/**
 * The socket of the shared connection. Named by all that decides where it leads (ssh's own %C leaves out key and known_hosts),
 * and short: ssh adds 17 characters while it creates the socket.
 */
export function controlPath(target: SshTarget): string {
  const { host: _, controlDir, ...way } = target;
  const name = createHash("sha256")
    .update(JSON.stringify(Object.entries(way).sort()))
    .digest("base64url")
    .slice(0, 12);
  return join(controlDir, name);
}
