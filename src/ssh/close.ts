import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { controlPath, type SshTarget, sshDestination, sshOptions } from "./target.ts";

/** Ends the shared connections that are open, and with them all that runs through them. */
export async function closeAll(targets: readonly SshTarget[]): Promise<void> {
  await Promise.all(targets.filter((target) => existsSync(controlPath(target))).map(close));
}

function close(target: SshTarget): Promise<void> {
  const path = controlPath(target);
  const argv = ["-O", "exit", "-o", `ControlPath=${path}`, ...sshOptions(target), "--", sshDestination(target)];
  return new Promise((resolve) => {
    // An error means that nobody listens any more: then only the socket is left.
    execFile("ssh", argv, { timeout: 3000 }, () => {
      rmSync(path, { force: true });
      resolve();
    });
  });
}
