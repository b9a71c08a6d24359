import { existsSync, rmSync, writeFileSync } from "node:fs";
import { fail } from "../base/problem.ts";
import { isFrozen, members, setFrozen } from "./cgroup.ts";
import { type HostProcesses, hostProcesses, isHostFrozen, isSound, makeHost, powerOn, stopHosts } from "./hosts.ts";
import { ensureImage } from "./image.ts";
import { cableName } from "./network.ts";
import { hostDir, labNetns, loadSpec, machineName } from "./paths.ts";
import { haveEnded, isFirstProcess, processOf, send } from "./proc.ts";
import { mustRun } from "./process.ts";
import { lastWords, waitForSsh } from "./ready.ts";
import { addressesOf, type LabHost, type LabHostState } from "./spec.ts";

export interface LabHostStanding {
  readonly name: string;
  readonly inside?: string | undefined;
  readonly outside?: string | undefined;
  readonly state: LabHostState;
}

/** The hosts of a lab as its last `labUp` wanted them, and whether they run. None when there is no such lab. */
export function labHosts(name: string): readonly LabHostStanding[] {
  const hosts = loadSpec(name)?.hosts ?? [];
  const running = hosts.length > 0 ? hostProcesses(name) : new Map<string, HostProcesses>();
  return hosts.map((host) => {
    const processes = running.get(host.name);
    if (processes?.supervisor === undefined && processes?.first === undefined) return { ...host, state: "off" };
    return { ...host, state: isHostFrozen(name, host.name) ? "frozen" : "running" };
  });
}

/** Switches a host on that is off, and waits until it answers on port 22. A running host is left alone. */
export async function labStart(name: string, host: string): Promise<void> {
  const wanted = findHost(name, host);
  if (!isSound(name, wanted, hostProcesses(name).get(host))) {
    await stopHosts(name, [host]);
    const image = await ensureImage(loadSpec(name)?.packages ?? [], () => {});
    await makeHost(name, wanted, image.digest);
    powerOn(name, wanted);
  }
  const missing = await waitForSsh(name, [wanted], 60_000, () => {}).missing;
  if (missing.length > 0)
    fail(`${host} did not come up`, {
      path: host,
      reason: `it did not answer on port 22 within 60 s. Its last words: ${await lastWords(name, host)}`,
      remedy: "Run: rampart up",
    });
}

/** Cuts a host's power: SIGKILL to its first process, and with it to all others. Resolves when it is off. */
export async function labCut(name: string, host: string): Promise<void> {
  findHost(name, host);
  const machine = machineName(name, host);
  const { first, nspawn, supervisor } = hostProcesses(name).get(host) ?? {};
  // Without nspawn there is still the cgroup to find the first process by.
  const power = first ?? members(machine).flatMap((pid) => (isFirstProcess(pid) ? (processOf(pid) ?? []) : []))[0];
  if (power === undefined) return;
  send("SIGKILL", power);
  if (isFrozen(machine)) await setFrozen(machine, false);
  await haveEnded(
    [power, nspawn, supervisor].filter((process) => process !== undefined),
    10_000,
  );
}

/** Stops every process of a host where it stands: connections to it hang. Resolves when all have stopped. */
export async function labFreeze(name: string, host: string): Promise<void> {
  requireRunning(name, host);
  await setFrozen(machineName(name, host), true);
}

/** Lets a frozen host go on. */
export async function labThaw(name: string, host: string): Promise<void> {
  findHost(name, host);
  await setFrozen(machineName(name, host), false);
}

/** Pulls a host's cables, inside and outside; they stay out when it reboots, until `labPlug`, `labStart` or `labUp`. */
export async function labUnplug(name: string, host: string): Promise<void> {
  const wanted = findHost(name, host);
  writeFileSync(`${hostDir(name, host)}/unplugged`, "");
  await setCables(name, wanted, "down");
}

/** Puts a host's cables back. */
export async function labPlug(name: string, host: string): Promise<void> {
  const wanted = findHost(name, host);
  rmSync(`${hostDir(name, host)}/unplugged`, { force: true });
  await setCables(name, wanted, "up");
}

export function isUnplugged(name: string, host: string): boolean {
  return existsSync(`${hostDir(name, host)}/unplugged`);
}

async function setCables(name: string, host: LabHost, state: "up" | "down"): Promise<void> {
  const cables = addressesOf(host).map(cableName);
  // A host that is off has no cables: they are made when it starts.
  const script = `for cable; do [ ! -e /proc/sys/net/ipv4/conf/$cable ] || ip link set $cable ${state}; done`;
  await mustRun(["nsenter", `--net=${labNetns(name)}`, "sh", "-c", script, "cables", ...cables]);
}

function requireRunning(name: string, host: string): void {
  findHost(name, host);
  if (hostProcesses(name).get(host)?.first !== undefined) return;
  fail(`${host} is off`, { path: host, reason: "it does not run.", remedy: "Run: rampart up" });
}

function findHost(name: string, host: string): LabHost {
  const spec = loadSpec(name);
  const found = spec?.hosts.find((one) => one.name === host);
  if (found !== undefined) return found;
  const names = spec?.hosts.map((one) => one.name).join(", ");
  return fail(`there is no lab host ${host}`, {
    path: host,
    reason: names === undefined ? `the lab ${name} is not up.` : `the lab ${name} has ${names}.`,
    remedy: names === undefined ? "Run: rampart up" : "Use one of these names.",
  });
}
