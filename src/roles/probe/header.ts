import type { Host } from "../../model/topology.ts";

/** The first comment of every file that this role makes. */
export function header(host: Host, why: string): string {
  return `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`;
}
