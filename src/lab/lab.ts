import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Problem, RampartError } from "../base/problem.ts";
import { listed } from "../base/text.ts";
import { setFrozen } from "./cgroup.ts";
import {
  hostProcesses,
  hostsInMemory,
  isHostFrozen,
  isSound,
  madeHost,
  makeHost,
  makeKey,
  powerOn,
  stopHosts,
} from "./hosts.ts";
import { ensureImage, type Image, missingInImage } from "./image.ts";
import { withLock } from "./lock.ts";
import { ensureNetwork, netnsIdentity, removeNetwork } from "./network.ts";
import {
  entries,
  hostDir,
  keyFile,
  knownHostsFile,
  labDir,
  labNetns,
  machineName,
  readText,
  runDir,
  saveSpec,
  visitorNetns,
  writeWhole,
} from "./paths.ts";
import { isUnplugged, labPlug } from "./power.ts";
import { haveEnded, netnsOf, processTable, send } from "./proc.ts";
import { mustRun } from "./process.ts";
import { checkPorts, publishers, publishPorts } from "./publish.ts";
import { lastWords, waitForSsh } from "./ready.ts";
import { addressesOf, checkSpec, type Emit, type LabHost, type LabReport, type LabSpec } from "./spec.ts";
import { ensureTools, requireRoot } from "./tools.ts";

export { ensureImage } from "./image.ts";
export { insideCommand, outsideCommand, sshProxyCommand, writeVisitorNames } from "./network.ts";
export { type LabHostStanding, labCut, labFreeze, labHosts, labPlug, labStart, labThaw, labUnplug } from "./power.ts";
export type { Emit, LabHost, LabHostState, LabPublish, LabReport, LabSpec } from "./spec.ts";
export { ensureTools } from "./tools.ts";

const START_TIMEOUT_MS = 60_000;
/** A host that runs answers at once, or after a reboot within a few seconds; else it is started anew. */
const KEPT_TIMEOUT_MS = 10_000;

/**
 * Brings a lab to what the spec says, whatever state an earlier run left it in: starts what is off or half dead, keeps
 * what runs, removes hosts that are not wanted any more. Resolves when every host answers on port 22.
 * Throws a RampartError for what the user can mend.
 */
export async function labUp(spec: LabSpec, emit: Emit): Promise<LabReport> {
  requireRoot();
  checkSpec(spec);
  return withLock(spec.name, "up", async () => {
    await ensureTools(emit);
    checkPorts(spec);
    const image = await ensureImage(spec.packages, emit);
    checkImages(spec);
    mkdirSync(labDir(spec.name), { recursive: true, mode: 0o700 });
    saveSpec(spec);
    await makeKey(keyFile(spec.name), `rampart lab ${spec.name}`);
    await ensureNetwork(spec);
    raiseInotifyLimit();
    const stopped = await removeUnwanted(spec, emit);
    const { started, kept } = await startHosts(spec, image, emit);
    await publishPorts(spec);
    return {
      started: started.map((host) => host.name),
      kept: kept.map((host) => host.name),
      stopped,
      imageBuilt: image.built,
      keyFile: keyFile(spec.name),
      knownHosts: knownHostsFile(spec.name),
    };
  });
}

/** Removes a lab with all it has: hosts and their data, networks, ports, key. Nothing happens when there is none. */
export async function labDown(name: string, emit: Emit): Promise<void> {
  requireRoot();
  checkSpec({ name, hosts: [], publish: [], names: [], packages: [] });
  await withLock(name, "down", async () => {
    const hosts = [...new Set([...entries(`${labDir(name)}/hosts`), ...hostsInMemory(name)])];
    await stopHosts(name, hosts);
    for (const host of hosts) emit({ type: "lab.host.stopped", host });
    await endOthers(name);
    await removeNetwork(name);
    for (const path of [runDir(name), labDir(name)])
      if (existsSync(path)) await mustRun(["rm", "-rf", "--one-file-system", path]);
    emit({ type: "lab.down.done", hosts: hosts.length });
  });
}

/**
 * The kernel counts inotify instances by user, and all hosts are one user to it: the usual 128 are gone after some ten hosts,
 * and then units that watch a path fail at random. Raised until the machine's next boot.
 */
function raiseInotifyLimit(): void {
  const file = "/proc/sys/fs/inotify/max_user_instances";
  const wanted = 8192;
  if (Number(readFileSync(file, "utf8")) < wanted) writeFileSync(file, String(wanted));
}

/** Hosts keep the image they were made from; packages that came later are not in it, and the lab has no network. */
function checkImages(spec: LabSpec): void {
  const problems = spec.hosts.flatMap((host): Problem[] => {
    const made = madeHost(spec.name, host.name);
    const missing = made === undefined ? [] : missingInImage(made.image, spec.packages);
    if (missing.length === 0) return [];
    const reason = `it was made before ${listed(missing)} ${missing.length === 1 ? "was" : "were"} needed, and lab hosts have no network to install from.`;
    return [{ path: host.name, reason, remedy: "Make the lab anew: rampart down, then rampart up." }];
  });
  if (problems.length > 0) throw new RampartError(`the lab ${spec.name} is older than what it should hold`, problems);
}

async function removeUnwanted(spec: LabSpec, emit: Emit): Promise<readonly string[]> {
  const wanted = new Set(spec.hosts.map((host) => host.name));
  const present = new Set([...entries(`${labDir(spec.name)}/hosts`), ...hostsInMemory(spec.name)]);
  const unwanted = [...present].filter((host) => !wanted.has(host));
  await stopHosts(spec.name, unwanted);
  for (const host of unwanted) {
    rmSync(hostDir(spec.name, host), { recursive: true, force: true });
    emit({ type: "lab.host.stopped", host });
  }
  return unwanted;
}

async function startHosts(spec: LabSpec, image: Image, emit: Emit) {
  const running = hostProcesses(spec.name);
  const kept = spec.hosts.filter((host) => isSound(spec.name, host, running.get(host.name)));
  const off = spec.hosts.filter((host) => !kept.includes(host));
  await Promise.all(kept.map((host) => reconnect(spec.name, host)));
  const [silent] = await Promise.all([
    waitForSsh(spec.name, kept, KEPT_TIMEOUT_MS, () => {}).missing,
    bringUp(spec.name, off, image, emit),
  ]);
  await bringUp(spec.name, silent, image, emit);
  writeKnownHosts(spec);
  return { started: [...off, ...silent], kept: kept.filter((host) => !silent.includes(host)) };
}

/** Takes back what a drill may have left: a host that stands still, a cable that is out. */
async function reconnect(name: string, host: LabHost): Promise<void> {
  if (isHostFrozen(name, host.name)) await setFrozen(machineName(name, host.name), false);
  if (isUnplugged(name, host.name)) await labPlug(name, host.name);
}

/** Starts hosts from whatever state they are in and waits for them. Throws a RampartError that names all that fail. */
async function bringUp(name: string, hosts: readonly LabHost[], image: Image, emit: Emit): Promise<void> {
  await stopHosts(
    name,
    hosts.map((host) => host.name),
  );
  await Promise.all(hosts.map((host) => makeHost(name, host, image.digest)));
  const began = performance.now();
  const waiting = waitForSsh(name, hosts, START_TIMEOUT_MS, (host) =>
    emit({ type: "lab.host.ready", host, durationMs: Math.round(performance.now() - began) }),
  );
  for (const host of hosts) {
    emit({ type: "lab.host.started", host: host.name });
    powerOn(name, host, () => waiting.giveUp(host.name));
  }
  const missing = await waiting.missing;
  if (missing.length === 0) return;
  const problems = missing.map(async (host): Promise<Problem> => {
    const reason = `it did not answer on port 22. Its last words: ${await lastWords(name, host.name)}`;
    return {
      path: host.name,
      reason,
      remedy: "Run the same command again; if that does not help: rampart down, then up.",
    };
  });
  throw new RampartError(`the lab ${name} is not whole`, await Promise.all(problems));
}

function writeKnownHosts(spec: LabSpec): void {
  const lines = spec.hosts.map((host) => {
    const key = readText(`${hostDir(spec.name, host.name)}/upper/etc/ssh/ssh_host_ed25519_key.pub`) ?? "";
    return `${[host.name, ...addressesOf(host)].join(",")} ${key.split(" ").slice(0, 2).join(" ").trim()}\n`;
  });
  writeWhole(knownHostsFile(spec.name), lines.join(""), 0o600);
}

/** Ends everything else that belongs to the lab: port publishers, and whatever still runs at one of its seats. */
async function endOthers(name: string): Promise<void> {
  const seats = [labNetns(name), visitorNetns(name)].flatMap((path) => netnsIdentity(path) ?? []);
  for (let tries = 0; tries < 50; tries += 1) {
    const seated = processTable().filter((process) => seats.includes(netnsOf(process.pid) ?? "none"));
    const all = [...publishers(name).map((one) => one.process), ...seated];
    if (all.length === 0) return;
    for (const process of all) send("SIGKILL", process);
    await haveEnded(all, 1000);
  }
}
