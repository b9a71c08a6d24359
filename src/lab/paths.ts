import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { LabSpec } from "./spec.ts";

export const IMAGES = "/var/lib/rampart/images";
export const LABS = "/var/lib/rampart/labs";

/** What is kept of a lab, until `labDown`. */
export function labDir(name: string): string {
  return `${LABS}/${name}`;
}

export function hostDir(name: string, host: string): string {
  return `${LABS}/${name}/hosts/${host}`;
}

/** Files that mean nothing after a restart of the machine. */
export function runDir(name: string): string {
  return `/run/rampart/${name}`;
}

/**
 * The name that nspawn, cgroups and process lists know a host by. A dot parts lab and host: with a dash,
 * host b-c of lab a and host c of lab a-b would be one machine.
 */
export function machineName(name: string, host: string): string {
  return `rampart-${name}.${host}`;
}

/** The network namespace that holds both bridges; the operator's seat. */
export function labNetns(name: string): string {
  return `/run/netns/rampart-${name}`;
}

/** The network namespace of the visitor's seat, joined to the outside bridge only. */
export function visitorNetns(name: string): string {
  return `/run/netns/rampart-${name}.visitor`;
}

export function visitorHostsFile(name: string): string {
  return `${LABS}/${name}/visitor-hosts`;
}

export function keyFile(name: string): string {
  return `${LABS}/${name}/key`;
}

export function knownHostsFile(name: string): string {
  return `${LABS}/${name}/known_hosts`;
}

export function saveSpec(spec: LabSpec): void {
  writeWhole(`${labDir(spec.name)}/spec.json`, `${JSON.stringify(spec, undefined, 2)}\n`);
}

/** The spec of the last `labUp`, or undefined when there is no such lab. */
export function loadSpec(name: string): LabSpec | undefined {
  const file = `${labDir(name)}/spec.json`;
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as LabSpec) : undefined;
}

/** Writes a file so that a crash leaves the old one or the new one, never half of it. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

/** Names in a directory; none when it does not exist. */
export function entries(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** The text of a file, or undefined when it cannot be read (any more). */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
