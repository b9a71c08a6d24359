import type { AlertEmail } from "./alerts.ts";
import type { Outside } from "./topology.ts";

/** The door of a probe: what it has seen, and where a monitor shows that it lives. */
export const probePort = 8411;
export const probeDoor = "probe.door";

/** How many regions must agree before somebody is woken: more than half of them. */
export function quorumOf(regions: number): number {
  return Math.floor(regions / 2) + 1;
}

/** Where a web address leads, for a flow; undefined when it is none. */
export function placeOf(address: string | undefined, name: string): Outside | undefined {
  const parts = address?.match(/^(https?):\/\/(?:[^@/]*@)?([^:/?#]+)(?::(\d+))?/);
  if (!parts) return undefined;
  const [, scheme, host = "", port] = parts;
  return outside(host, Number(port ?? (scheme === "http" ? 80 : 443)), name);
}

/** Where letters are handed over, for a flow. */
export function mailPlace({ host, port }: AlertEmail): Outside {
  return outside(host, port, "email");
}

function outside(host: string, port: number, name: string): Outside {
  // A name may stand for any address, and for another one tomorrow.
  return { address: /^[\d.]+$/.test(host) ? host : "0.0.0.0/0", port, protocol: "tcp", name };
}
