import type { FileResource } from "../../model/resource.ts";
import type { Host } from "../../model/topology.ts";

/** A file of a database host, whose first line says who made it and why. */
export function file(
  host: Host,
  name: string,
  path: string,
  why: string,
  access: Partial<Pick<FileResource, "mode">>,
  content: (header: string) => string,
): FileResource {
  const header = `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}.`;
  return {
    kind: "file",
    role: "database",
    path,
    why: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
    file: name,
    content: content(header),
    mode: "0644",
    owner: "root",
    group: "root",
    ...access,
  };
}
