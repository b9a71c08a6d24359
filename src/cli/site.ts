import { resolve } from "node:path";
import { RampartError } from "../base/problem.ts";
import { plural } from "../base/text.ts";
import type { Provenance } from "../config/resolve.ts";
import { resolveSite } from "../config/site.ts";
import type { Source } from "../deploy/artifact.ts";
import { loadSpec } from "../lab/paths.ts";
import type { Role } from "../model/role.ts";
import type { Site } from "../model/site.ts";
import type { Topology } from "../model/topology.ts";
import { roles } from "../roles/index.ts";
import { folderFacts } from "../sitefile/facts.ts";
import { loadSiteFile } from "../sitefile/load.ts";
import { sourceDigest, sourceEntries } from "../sitefile/source.ts";
import { renewTypes } from "../sitefile/types.ts";
import { siteTopology } from "../topology/topology.ts";
import type { GlobalOptions } from "./options.ts";

/** A site file, read and complete, with all that follows from it before any host is asked. */
export interface OpenSite {
  readonly folder: string;
  readonly file: string;
  readonly site: Site;
  readonly provenance: readonly Provenance[];
  /** Line of a path in the site file, or of its nearest parent. */
  readonly line: (path: string) => number | undefined;
  readonly topology: Topology;
  readonly roles: readonly Role[];
  /** What the releases are made of, by name. */
  readonly sources: ReadonlyMap<string, Source>;
}

/** Reads the site file of the options' folder. Throws a RampartError that holds everything that is wrong with it. */
export async function openSite(options: Pick<GlobalOptions, "site" | "env">): Promise<OpenSite> {
  const { file, folder, raw, line } = await loadSiteFile(resolve(options.site ?? "."));
  renewTypes(folder);
  const resolved = resolveSite(raw, {
    environment: options.env,
    ...folderFacts(folder),
    siteFile: file.slice(folder.length + 1),
    today: new Date().toISOString().slice(0, 10),
  });
  if (!resolved.ok) {
    const { problems } = resolved;
    throw new RampartError(
      `${file.slice(folder.length + 1)} has ${plural(problems.length, "problem")}`,
      problems,
      `Nothing was changed.  Fix ${problems.length === 1 ? "this" : "these"} and run:  rampart plan`,
    );
  }
  const { site, provenance } = resolved;
  const sources = sourcesOf(site, folder);
  const releases = Object.fromEntries([...sources].map(([name, source]) => [name, source.id]));
  const known = Object.fromEntries((loadSpec(site.name)?.hosts ?? []).map((host) => [host.name, host]));
  const topology = siteTopology(site, roles, { known, releases });
  return { folder, file, site, provenance, line, topology, roles, sources };
}

function sourcesOf(site: Site, folder: string): ReadonlyMap<string, Source> {
  const source = (name: string, path: string, relative: string, build: string | undefined): Source => {
    const place = resolve(folder, relative);
    return {
      name,
      path,
      folder: place,
      build,
      id: sourceDigest(place, build),
      entries: () => sourceEntries(place).map((entry) => entry.path),
    };
  };
  const services = site.app.map((one) => source(one.name, `app.${one.name}`, one.source, one.build));
  const files = site.web.files === undefined ? [] : [source("public", "web.files", site.web.files, undefined)];
  return new Map([...services, ...files].map((one) => [one.name, one]));
}
