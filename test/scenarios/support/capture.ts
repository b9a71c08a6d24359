import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { insideCommand } from "../../../src/lab/lab.ts";
import { mustRun } from "../../../src/lab/process.ts";
import { type Connection, connectionsOf } from "./pcap.ts";
import { eventually } from "./time.ts";

/** What went over a lab's inside network. */
export interface Capture {
  readonly packets: number;
  readonly connections: readonly Connection[];
  /** Whether any connection or packet held this text, in the clear. */
  readonly holds: (text: string) => boolean;
}

export interface Listener {
  /** Ends when this was heard, so that nothing before it is missing; throws when it is not heard within 10 s. */
  readonly endAfter: (text: string) => Promise<Capture>;
}

/** Listens on the bridge of a lab's inside network, which hears every host. @param file gets the packets. */
export async function listenInside(site: string, file: string): Promise<Listener> {
  await ensureTcpdump();
  const words = [
    "tcpdump",
    "--immediate-mode",
    "-i",
    "inside",
    "-n",
    "-U",
    "-s",
    "0",
    "-B",
    "65536",
    "-Z",
    "root",
    "-w",
    file,
  ];
  const [program = "", ...args] = insideCommand(site, words);
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  const told = await listening(child);
  return {
    endAfter: async (text) => {
      await eventually(10, async () => {
        if (!readFileSync(file).includes(text)) throw new Error(`not heard: ${text}`);
      });
      const over = new Promise<void>((resolve) => child.on("close", () => resolve()));
      child.kill("SIGINT");
      await over;
      const [, lost = "unknown"] = /(\d+) packets? dropped by kernel/.exec(told()) ?? [];
      if (lost !== "0") throw new Error(`the capture is not whole, packets lost: ${lost}`);
      return captureOf(readFileSync(file));
    },
  };
}

async function ensureTcpdump(): Promise<void> {
  if (existsSync("/usr/bin/tcpdump") || existsSync("/usr/sbin/tcpdump")) return;
  await mustRun(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "tcpdump"], { timeoutMs: 300_000 });
}

/** Resolves when packets are being taken; the function gives all that was said until then. */
async function listening(child: ChildProcess): Promise<() => string> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.on("close", () => reject(new Error(`tcpdump ended: ${said}`)));
    child.stderr?.on("data", (chunk) => {
      said += chunk;
      if (said.includes("listening on")) resolve();
    });
  });
  return () => said;
}

function captureOf(file: Buffer): Capture {
  const { packets, connections } = connectionsOf(file);
  const sides = connections.flatMap((one) => [one.asked, one.answered]);
  const holds = (text: string) => file.includes(text) || sides.some((side) => side.includes(text));
  return { packets, connections, holds };
}
