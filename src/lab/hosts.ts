import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { groupsNamed, hierarchies, isFrozen, members, removeGroup, setFrozen } from "./cgroup.ts";
import { imageRoot } from "./image.ts";
import { cableName, netnsIdentity } from "./network.ts";
import { hostDir, keyFile, labDir, labNetns, machineName, readText, runDir, writeWhole } from "./paths.ts";
import { haveEnded, isFirstProcess, netnsOf, type Process, processOf, processTable, send } from "./proc.ts";
import { mustRun, sleep } from "./process.ts";
import { addressOf, INSIDE, type LabHost, OUTSIDE } from "./spec.ts";
import { SUPERVISE_SCRIPT } from "./supervise.ts";

/** What runs of one host right now. A sound host has all three; during a reboot only the supervisor. */
export interface HostProcesses {
  readonly supervisor?: Process;
  readonly nspawn?: Process;
  /** The host's first process: its power. */
  readonly first?: Process;
}

/** How a host was made; kept in `made.json`, written last. */
export interface MadeHost {
  readonly inside: string | undefined;
  readonly outside: string | undefined;
  readonly image: string;
}

/** Processes of a lab's hosts by host name, found by what they are. */
export function hostProcesses(name: string): ReadonlyMap<string, HostProcesses> {
  const table = processTable();
  const mark = `--machine=${machineName(name, "")}`;
  const found = new Map<string, HostProcesses>();
  const marked = table.flatMap((process) => {
    const word = process.argv.find((argument) => argument.startsWith(mark));
    return word === undefined ? [] : [{ process, host: word.slice(mark.length) }];
  });
  for (const { process, host } of marked) {
    const kind = process.argv[0]?.endsWith("systemd-nspawn") ? "nspawn" : "supervisor";
    // The supervisor's own children bear its words until they become nspawn.
    if (kind === "supervisor" && marked.some((other) => other.process.pid === process.parent)) continue;
    const first =
      kind === "nspawn" ? table.find((child) => child.parent === process.pid && isFirstProcess(child.pid)) : undefined;
    found.set(host, { ...found.get(host), [kind]: process, ...(first === undefined ? {} : { first }) });
  }
  return found;
}

/** Everything that a spec's host is, on disk and in memory: is it running as it should? */
export function isSound(name: string, host: LabHost, processes: HostProcesses | undefined): boolean {
  if (processes?.supervisor === undefined) return false;
  const made = madeHost(name, host.name);
  if (made === undefined || made.inside !== host.inside || made.outside !== host.outside) return false;
  return netnsOf(processes.supervisor.pid) === netnsIdentity(labNetns(name));
}

export function isHostFrozen(name: string, host: string): boolean {
  return isFrozen(machineName(name, host));
}

export function madeHost(name: string, host: string): MadeHost | undefined {
  const text = readText(`${hostDir(name, host)}/made.json`);
  return text === undefined ? undefined : (JSON.parse(text) as MadeHost);
}

/** Makes the host's layer on disk, or brings its addresses up to date. The host must not be running. */
export async function makeHost(name: string, host: LabHost, image: string): Promise<void> {
  const dir = hostDir(name, host.name);
  const made = madeHost(name, host.name);
  const makeFolders = () => {
    for (const folder of ["root", "work", "upper/etc/ssh"])
      mkdirSync(`${dir}/${folder}`, { recursive: true, mode: 0o755 });
  };
  if (made !== undefined && existsSync(imageRoot(made.image))) {
    makeFolders();
    if (made.inside !== host.inside || made.outside !== host.outside) writeAddresses(dir, host);
    saveMade(dir, host, made.image);
    return;
  }
  rmSync(dir, { recursive: true, force: true });
  makeFolders();
  mkdirSync(`${dir}/upper/root/.ssh`, { recursive: true, mode: 0o700 });
  writeAddresses(dir, host);
  writeFileSync(`${dir}/upper/etc/hostname`, `${host.name}\n`);
  writeFileSync(`${dir}/upper/etc/machine-id`, `${randomUUID().replaceAll("-", "")}\n`, { mode: 0o444 });
  const hosts = `127.0.0.1\tlocalhost\n${addressOf(host)}\t${host.name}\n::1\tlocalhost ip6-localhost ip6-loopback\n`;
  writeFileSync(`${dir}/upper/etc/hosts`, hosts);
  writeFileSync(`${dir}/upper/root/.ssh/authorized_keys`, readText(`${keyFile(name)}.pub`) ?? "", { mode: 0o600 });
  await makeKey(`${dir}/upper/etc/ssh/ssh_host_ed25519_key`, host.name);
  saveMade(dir, host, image);
}

/** Makes an ed25519 key pair without a passphrase, unless it is there. */
export async function makeKey(file: string, comment: string): Promise<void> {
  if (existsSync(`${file}.pub`)) return;
  rmSync(file, { force: true });
  await mustRun(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
}

/** Switches a made host on. `ended` is told when its supervisor ends, with what it said. */
export function powerOn(name: string, host: LabHost, ended?: (output: string) => void): void {
  const dir = hostDir(name, host.name);
  const made = madeHost(name, host.name);
  if (made === undefined) throw new Error(`${host.name} was never made`);
  const script = `${labDir(name)}/supervise.sh`;
  if (readText(script) !== SUPERVISE_SCRIPT) writeWhole(script, SUPERVISE_SCRIPT, 0o755);
  rmSync(`${dir}/unplugged`, { force: true });
  mkdirSync(runDir(name), { recursive: true });
  const log = `${runDir(name)}/${host.name}.log`;
  const output = openSync(log, "w");
  const [inside, outside] = [host.inside, host.outside].map((address) =>
    address === undefined ? "" : cableName(address),
  );
  const words = [
    `--machine=${machineName(name, host.name)}`,
    dir,
    imageRoot(made.image),
    host.name,
    inside ?? "",
    outside ?? "",
  ];
  const child = spawn("nsenter", [`--net=${labNetns(name)}`, "sh", script, ...words], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", output, output],
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      LANG: "C.UTF-8",
      RAMPART_CGROUPS: hierarchies().join(" "),
      RAMPART_LIFE: "",
    },
  });
  closeSync(output);
  child.on("exit", () => ended?.(readText(log) ?? ""));
  child.unref();
}

/** Takes hosts off whatever state they are in: supervisors first, so that nothing starts again. */
export async function stopHosts(name: string, hosts: readonly string[]): Promise<void> {
  const running = hostProcesses(name);
  const supervisors = hosts.flatMap((host) => running.get(host)?.supervisor ?? []);
  for (const supervisor of supervisors) send("SIGKILL", supervisor);
  await haveEnded(supervisors, 5000);
  await Promise.all(hosts.map((host) => endMachine(machineName(name, host))));
}

/** Hosts that have processes or cgroups, wanted or not. */
export function hostsInMemory(name: string): readonly string[] {
  const prefix = machineName(name, "");
  const groups = groupsNamed(prefix).map((group) => group.slice(prefix.length));
  return [...new Set([...hostProcesses(name).keys(), ...groups])];
}

async function endMachine(machine: string): Promise<void> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    // What the supervisor had just begun to start is not in the cgroup yet, but bears the machine's name.
    const starting = processTable().filter((process) => process.argv.includes(`--machine=${machine}`));
    const inside = members(machine).flatMap((pid) => processOf(pid) ?? []);
    const all = [...inside.filter((process) => isFirstProcess(process.pid)), ...inside, ...starting];
    if (all.length === 0) break;
    for (const process of all) send("SIGKILL", process);
    await setFrozen(machine, false); // a frozen process would not die
    if (performance.now() > deadline)
      throw new Error(`${machine}: processes ${all.map((one) => one.pid).join(" ")} do not end`);
    await haveEnded(all, 1000);
    await sleep(5);
  }
  await removeGroup(machine);
  for (const folder of ["propagate", "unix-export"]) {
    const left = `/run/systemd/nspawn/${folder}/${machine}`;
    if (existsSync(left)) rmdirSync(left);
  }
}

function saveMade(dir: string, host: LabHost, image: string): void {
  const made: MadeHost = { inside: host.inside, outside: host.outside, image };
  writeWhole(`${dir}/made.json`, `${JSON.stringify(made)}\n`);
}

function writeAddresses(dir: string, host: LabHost): void {
  const folder = `${dir}/upper/etc/systemd/network`;
  mkdirSync(folder, { recursive: true });
  const write = (file: string, device: string, address: string | undefined, prefix: number) => {
    if (address === undefined) rmSync(`${folder}/${file}`, { force: true });
    else writeFileSync(`${folder}/${file}`, networkFile(device, `${address}/${prefix}`));
  };
  write("10-inside.network", "host0", host.inside, INSIDE.prefix);
  write("20-outside.network", "out0", host.outside, OUTSIDE.prefix);
}

/** A static address at once: DHCP, IPv6 link-local addresses and duplicate detection would cost seconds. */
function networkFile(device: string, address: string): string {
  return `[Match]
Name=${device}

[Link]
RequiredForOnline=no-carrier

[Network]
Address=${address}
DHCP=no
LinkLocalAddressing=no
IPv6AcceptRA=no
ConfigureWithoutCarrier=yes
`;
}
