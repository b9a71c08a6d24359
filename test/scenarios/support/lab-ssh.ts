import { type LabSpec, sshProxyCommand } from "../../../src/lab/lab.ts";
import { type ProcessResult, run } from "../../../src/lab/process.ts";

/** The words that run a command on a host of a lab without a site, as root. */
function labSsh({ name }: Pick<LabSpec, "name">, address: string, command: string): readonly string[] {
  const folder = `/var/lib/rampart/labs/${name}`;
  const options = [
    ...["BatchMode=yes", "StrictHostKeyChecking=yes", `UserKnownHostsFile=${folder}/known_hosts`],
    ...[`ProxyCommand=${sshProxyCommand(name)}`, "ConnectTimeout=5", "LogLevel=ERROR"],
  ].flatMap((option) => ["-o", option]);
  return ["ssh", "-F", "none", "-i", `${folder}/key`, ...options, `root@${address}`, command];
}

/** What it prints there; throws when it fails. */
export async function ssh(
  lab: Pick<LabSpec, "name">,
  address: string,
  command: string,
  timeoutMs = 60_000,
): Promise<string> {
  const result = await trySsh(lab, address, command, timeoutMs);
  if (result.exitCode !== 0) throw new Error(`ssh ${address} ${command}: ${result.exitCode} ${result.stderr}`);
  return result.stdout.trim();
}

export async function trySsh(
  lab: Pick<LabSpec, "name">,
  address: string,
  command: string,
  timeoutMs = 60_000,
): Promise<ProcessResult> {
  return await run(labSsh(lab, address, command), { timeoutMs });
}
