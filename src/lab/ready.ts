import { spawn } from "node:child_process";
import { hostDir, labNetns, readText, runDir } from "./paths.ts";
import { run } from "./process.ts";
import { addressOf, type LabHost } from "./spec.ts";
import { lastLines } from "./tools.ts";

/**
 * Runs in the lab's namespace, which we cannot enter ourselves: asks every address until sshd says who it is, and prints
 * each that has. A SYN that a half-booted host lost is given up soon; the kernel would repeat it after a second only.
 */
const ASK_SCRIPT = `
const { connect } = require("node:net");
const ask = (address) => {
  const socket = connect({ host: address, port: 22 });
  const again = () => { socket.destroy(); setTimeout(ask, 50, address); };
  let timer = setTimeout(again, 200);
  socket.on("connect", () => { clearTimeout(timer); timer = setTimeout(again, 3000); });
  socket.on("error", () => {}).on("close", (failed) => { if (failed) { clearTimeout(timer); again(); } });
  socket.on("data", (text) => {
    clearTimeout(timer);
    socket.destroy();
    if (String(text).startsWith("SSH-")) console.log(address); else setTimeout(ask, 50, address);
  });
};
process.argv.slice(1).forEach(ask);
`;

/** Waits until the hosts answer on port 22, at most that long; calls back for each. Yields those that did not. */
export function waitForSsh(
  name: string,
  hosts: readonly LabHost[],
  timeoutMs: number,
  ready: (host: string) => void,
): { readonly missing: Promise<readonly LabHost[]>; readonly giveUp: (host: string) => void } {
  const left = new Map(hosts.map((host) => [addressOf(host), host]));
  const missing: LabHost[] = [];
  if (hosts.length === 0) return { missing: Promise.resolve([]), giveUp: () => {} };
  const argv = [`--net=${labNetns(name)}`, process.execPath, "-e", ASK_SCRIPT, "--", ...left.keys()];
  const child = spawn("nsenter", argv, { stdio: ["ignore", "pipe", "ignore"], detached: true });
  let closed = false;
  const end = () => {
    if (child.pid === undefined || closed) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  };
  const timer = setTimeout(end, timeoutMs);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    for (const address of text.trim().split("\n")) {
      const host = left.get(address);
      if (host === undefined) continue;
      left.delete(address);
      ready(host.name);
    }
    if (left.size === 0) end();
  });
  const done = new Promise<readonly LabHost[]>((resolve) => {
    child.on("close", () => {
      closed = true;
      clearTimeout(timer);
      resolve([...missing, ...left.values()]);
    });
  });
  const giveUp = (name: string) => {
    const host = [...left.values()].find((one) => one.name === name);
    if (host === undefined) return;
    left.delete(addressOf(host));
    missing.push(host);
    if (left.size === 0) end();
  };
  return { missing: done, giveUp };
}

/** What a host that did not come up said last: its supervisor, or else its journal, read from outside. */
export async function lastWords(name: string, host: string): Promise<string> {
  const said = readText(`${runDir(name)}/${host}.log`)?.trim() ?? "";
  if (said !== "") return lastLines(said, 3);
  const journal = ["-D", `${hostDir(name, host)}/upper/var/log/journal`, "-n", "5", "-o", "cat", "--no-pager"];
  const read = await run(["journalctl", ...journal], { timeoutMs: 10_000 });
  return lastLines(read.stdout, 5) || "it left no journal";
}
