import { spawn } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { type Problem, RampartError } from "../base/problem.ts";
import { netnsIdentity } from "./network.ts";
import { readText, visitorNetns } from "./paths.ts";
import { environmentOf, haveEnded, netnsOf, type Process, processTable, send } from "./proc.ts";
import { sleep } from "./process.ts";
import type { LabPublish, LabSpec } from "./spec.ts";

/** A process that holds a published port carries this in its environment, from its first to its last exec. */
const MARK = "RAMPART_LAB_PUBLISH";

/** Throws a RampartError that names every wanted port that something else holds, and who does. */
export function checkPorts(spec: LabSpec): void {
  const ours = new Set(publishers(spec.name).map((one) => one.process.pid));
  const problems = spec.publish.flatMap((port): Problem[] => {
    const socket = listeningSockets().get(port.listen);
    if (socket === undefined) return [];
    const holder = holderOf(socket);
    if (holder !== undefined && ours.has(holder.pid)) return [];
    const who =
      holder === undefined ? "another program" : `process ${holder.pid} (${holder.argv[0]?.split("/").pop()})`;
    const other = holder === undefined ? undefined : markOf(holder)?.split(" ")[0];
    const whose = other === undefined ? who : `the lab ${other}`;
    const free = nextFreePort(port.listen, spec);
    return [
      {
        path: port.path,
        reason: `port ${port.listen} on 127.0.0.1 is taken by ${whose}.`,
        remedy: `Use ${free}, which is free, or end what holds it.`,
      },
    ];
  });
  if (problems.length > 0) throw new RampartError(`the lab ${spec.name} cannot publish its ports`, problems);
}

/** Makes the wanted ports of this machine lead into the lab, and ends those not wanted any more. */
export async function publishPorts(spec: LabSpec): Promise<void> {
  const netns = netnsIdentity(visitorNetns(spec.name));
  const running = publishers(spec.name);
  const isGood = (one: Publisher) =>
    spec.publish.some((port) => markFor(spec.name, port) === one.mark) &&
    (one.process.argv[0]?.endsWith("systemd-socket-activate") || netnsOf(one.process.pid) === netns);
  const stale = running.filter((one) => !isGood(one)).map((one) => one.process);
  for (const process of stale) send("SIGKILL", process);
  await haveEnded(stale, 5000);
  const kept = new Set(running.filter(isGood).map((one) => one.mark));
  const missing = spec.publish.filter((port) => !kept.has(markFor(spec.name, port)));
  for (const port of missing) startPublisher(spec.name, port);
  for (let tries = 0; tries < 500; tries += 1) {
    const sockets = listeningSockets();
    if (missing.every((port) => sockets.has(port.listen))) return;
    await sleep(10);
  }
  checkPorts(spec);
  throw new Error(`the lab ${spec.name}: published ports do not listen`);
}

/** The lab's own publishing processes. */
export function publishers(name: string): readonly Publisher[] {
  return processTable().flatMap((process) => {
    const mark = markOf(process);
    return mark?.startsWith(`${name} `) ? [{ process, mark }] : [];
  });
}

export interface Publisher {
  readonly process: Process;
  readonly mark: string;
}

function startPublisher(name: string, port: LabPublish): void {
  const mark = markFor(name, port);
  const listen = ["-E", `${MARK}=${mark}`, "-l", `127.0.0.1:${port.listen}`];
  const proxy = ["/lib/systemd/systemd-socket-proxyd", "--connections-max=4096", port.to];
  const argv = [...listen, "nsenter", `--net=${visitorNetns(name)}`, ...proxy];
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", [MARK]: mark };
  spawn("systemd-socket-activate", argv, { cwd: "/", detached: true, stdio: "ignore", env }).unref();
}

function markFor(name: string, port: LabPublish): string {
  return `${name} ${port.listen} ${port.to}`;
}

function markOf(process: Process): string | undefined {
  return /systemd-socket-(activate|proxyd)$|^nsenter$/.test(process.argv[0] ?? "")
    ? environmentOf(process.pid, MARK)
    : undefined;
}

function nextFreePort(port: number, spec: LabSpec): number {
  const taken = listeningSockets();
  const wanted = new Set(spec.publish.map((one) => one.listen));
  for (let free = port + 1; free < 65536; free += 1) if (!taken.has(free) && !wanted.has(free)) return free;
  return nextFreePort(1023, spec);
}

/** TCP ports that something on this machine listens on at 127.0.0.1 or at every address, with their socket's inode. */
function listeningSockets(): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const here = ["0100007F", "00000000", "0".repeat(32), "0000000000000000FFFF00000100007F"];
  for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of (readText(file) ?? "").split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      const [address = "", port = ""] = (fields[1] ?? "").split(":");
      if (fields[3] === "0A" && here.includes(address)) found.set(Number.parseInt(port, 16), fields[9] ?? "");
    }
  }
  return found;
}

function holderOf(inode: string): Process | undefined {
  return processTable().find((process) => {
    try {
      const folder = `/proc/${process.pid}/fd`;
      return readdirSync(folder).some((fd) => linkOf(`${folder}/${fd}`) === `socket:[${inode}]`);
    } catch {
      return false;
    }
  });
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
