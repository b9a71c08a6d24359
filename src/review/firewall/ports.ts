import type { Topology } from "../../model/topology.ts";
import type { HostFacts } from "./facts.ts";

export const allTcpPorts = "1-65535";

/** Ports in one word for the scanner: neighbours as ranges. */
export function portList(ports: readonly number[]): string {
  const words: string[] = [];
  const sorted = [...new Set(ports)].toSorted((a, b) => a - b);
  for (let index = 0; index < sorted.length; index += 1) {
    const first = sorted[index] ?? 0;
    while (sorted[index + 1] === (sorted[index] ?? 0) + 1) index += 1;
    const last = sorted[index] ?? 0;
    words.push(first === last ? `${first}` : `${first}-${last}`);
  }
  return words.join(",");
}

/** Every port on which anything listens on any host. */
export function listeningPorts(facts: readonly HostFacts[], protocol: "tcp" | "udp"): readonly number[] {
  const listeners = facts.flatMap((one) => one.listeners).filter((one) => one.protocol === protocol);
  return [...new Set(listeners.map((one) => one.port))];
}

/** Every port that a loaded rule of any host names: also a door with nothing behind it is tried. */
export function ruledPorts(facts: readonly HostFacts[]): readonly number[] {
  const lines = facts.flatMap(({ loaded }) => [...loaded.values()].flatMap((blocks) => [...blocks.values()].flat()));
  return lines.flatMap((line) => [...line.matchAll(/\bdport (\d+)\b/g)].map(([, port]) => Number(port)));
}

export function declaredPorts({ services }: Topology): readonly number[] {
  return [...new Set(services.filter((one) => one.protocol === "tcp").map((one) => one.port))];
}

/** So many different ports, drawn by a seed: the same seed draws the same (mulberry32). */
export function drawnPorts(seed: number, count: number): readonly number[] {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(1 + Math.floor(next() * 65_535));
  return [...drawn].toSorted((a, b) => a - b);
}
