import { readFileSync } from "node:fs";
import type { TcpNetConnectOpts } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { LogExportSettings } from "../../src/model/export.ts";

/** Milliseconds until a place that takes nothing is given up. */
const patienceMs = 20_000;

/** The connection to the place that gets the logs. */
export interface Place {
  /** Resolves when there is room for more. Rejects when the connection is over. */
  send(frame: Buffer): Promise<void>;
  /** Resolves when the other side's system has acknowledged every byte. Rejects when it does not in time. */
  taken(): Promise<void>;
  isOpen(): boolean;
  close(): void;
}

/** Connects by TLS and verifies who answers. */
export async function placeOf({ host, port, trust }: LogExportSettings): Promise<Place> {
  const options: ConnectionOptions & TcpNetConnectOpts = {
    ...{ host, port, family: 4, ca: readFileSync(trust), minVersion: "TLSv1.2" },
  };
  const socket = connect(options);
  let over: Error | undefined;
  socket.on("error", (error) => (over ??= error));
  socket.on("close", () => (over ??= new Error("the other side closed the connection")));
  // Syslog has no answers; what comes is thrown away.
  socket.resume();
  await happens(socket, "secureConnect", () => over);
  socket.setKeepAlive(true, 5000);
  return {
    send: async (frame) => {
      if (over) throw over;
      if (!socket.write(frame)) await happens(socket, "drain", () => over);
    },
    taken: async () => {
      const began = Date.now();
      while (!over && (socket.writableLength > 0 || unacknowledged(socket) > 0)) {
        if (Date.now() - began > patienceMs) {
          over = new Error(`nothing was acknowledged for ${patienceMs / 1000} s`);
          socket.destroy();
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      if (over) throw over;
    },
    isOpen: () => over === undefined,
    close: () => socket.destroy(),
  };
}

/** Waits for an event, at most as long as patience lasts. */
async function happens(
  socket: TLSSocket,
  event: "secureConnect" | "drain",
  over: () => Error | undefined,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error) => {
      clearTimeout(timer);
      socket.off(event, good).off("close", bad);
      if (error === undefined) return resolve();
      socket.destroy();
      reject(error);
    };
    const good = () => done();
    const bad = () => done(over() ?? new Error("the connection is over"));
    const timer = setTimeout(() => done(new Error(`nothing was taken for ${patienceMs / 1000} s`)), patienceMs);
    socket.on(event, good).on("close", bad);
    const error = over();
    if (error) done(error);
  });
}

/** Bytes that were sent and not acknowledged, as the kernel counts them. Throws when the connection is no more: then nobody knows. */
function unacknowledged(socket: TLSSocket): number {
  const bytes = queued(readFileSync("/proc/self/net/tcp", "utf8"), socket.localPort ?? 0, socket.remotePort ?? 0);
  if (bytes === undefined) throw new Error("the connection is gone");
  return bytes;
}

/** @param table /proc/net/tcp (tx_queue, in hexadecimal). Undefined for a connection that is not in it. */
export function queued(table: string, localPort: number, remotePort: number): number | undefined {
  const hex = (port: number) => `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const line of table.split("\n")) {
    const [, local = "", remote = "", , queues = ""] = line.trim().split(/\s+/);
    if (local.endsWith(hex(localPort)) && remote.endsWith(hex(remotePort))) return Number.parseInt(queues, 16);
  }
  return undefined;
}
