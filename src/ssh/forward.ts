import { createServer } from "node:net";
import { RampartError } from "../base/problem.ts";
import type { RemoteResult } from "./result.ts";
import { holdOn } from "./run.ts";
import type { SshTarget } from "./target.ts";
import { unreachableProblem } from "./unreachable.ts";

export interface Forward {
  /** The port on 127.0.0.1 of this machine. */
  readonly localPort: number;
  /** Settles when the forward has ended, by `close` or because the connection broke. */
  readonly ended: Promise<RemoteResult>;
  close(): Promise<void>;
}

/**
 * Makes a port of the host's network reachable on 127.0.0.1 of this machine, on a connection of its own that ends with this
 * process however it ends. `localPort` 0 takes a free one. Throws a RampartError when host or local port cannot be had.
 */
export async function forward(
  target: SshTarget,
  localPort: number,
  remote: { readonly host: string; readonly port: number },
): Promise<Forward> {
  const port = localPort === 0 ? await freePort() : localPort;
  const options = ["-o", "ExitOnForwardFailure=yes", "-L", `127.0.0.1:${port}:${remote.host}:${remote.port}`];
  const held = await holdOn(target, "echo open; cat >/dev/null", { readyLine: "open" }, options);
  if (!held.held) throw failed(held.result, port);
  const close = async () => {
    await held.release();
  };
  return { localPort: port, ended: held.ended, close };
}

function failed(result: RemoteResult, port: number): RampartError {
  if (!/Could not request local forwarding|Address already in use|cannot listen/.test(result.stderr)) {
    return new RampartError(`${result.host} cannot be reached`, [unreachableProblem(result)]);
  }
  const reason = "another program on this machine uses the port";
  return new RampartError("The port is taken", [{ path: `127.0.0.1:${port}`, reason, remedy: "Choose another port." }]);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
