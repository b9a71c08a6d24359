import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { RampartError } from "../../base/problem.ts";
import { plural } from "../../base/text.ts";
import { grafanaJson } from "../../formats/grafana.ts";
import { hostsOf } from "../../model/topology.ts";
import { desiredHost } from "../../plan/desired.ts";
import { grafanaDashboards } from "../../roles/monitor/grafana.ts";
import { rolesOf } from "../../topology/topology.ts";
import { type CommandLine, UsageError } from "../arguments.ts";
import { exitCodes } from "../options.ts";
import { writeJson, writeText } from "../output.ts";
import { type OpenSite, openSite } from "../site.ts";

type Options = CommandLine["options"];

const kinds: Readonly<Record<string, (open: OpenSite) => Readonly<Record<string, string>>>> = { grafana, rules };

/** `export grafana DIR`: dashboards; `export rules DIR`: Prometheus' rules and alerts. Asks no host anything. */
export async function exportCommand(options: Options, [kind = "", target]: readonly string[]): Promise<number> {
  const made = kinds[kind];
  if (made === undefined) throw misuse("KIND", `"${kind}" is nothing that can be exported.`);
  if (target === undefined) throw misuse("DIR", "no folder is named.");
  const open = await openSite(options);
  const files = made(open);
  const folder = resolve(target);
  writeAll(folder, target, files);
  if (options.json) writeJson({ site: open.site.name, folder, files: Object.keys(files) });
  else writeText(`${plural(Object.keys(files).length, "file")} in ${target}/: ${Object.keys(files).join(", ")}`);
  return exitCodes.done;
}

function grafana({ topology }: OpenSite): Readonly<Record<string, string>> {
  const dashboards = Object.entries(grafanaDashboards(topology));
  return Object.fromEntries(dashboards.map(([name, dashboard]) => [name, grafanaJson(dashboard)]));
}

/** As the first monitor host reads them. */
function rules({ topology, roles }: OpenSite): Readonly<Record<string, string>> {
  const [host] = hostsOf(topology, "monitor");
  if (host === undefined) return {};
  const { resources } = desiredHost(host, topology, rolesOf(host, roles));
  return Object.fromEntries(
    resources.flatMap((one) =>
      one.kind === "file" && one.file.startsWith("/etc/prometheus/rules/") ? [[basename(one.file), one.content]] : [],
    ),
  );
}

/** Files of the same names are written anew; what else is in the folder stays. */
function writeAll(folder: string, target: string, files: Readonly<Record<string, string>>): void {
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    const problem = { path: target, reason: "is a file, not a folder.", remedy: "Name a folder." };
    throw new RampartError("Nothing was written", [problem]);
  }
  mkdirSync(folder, { recursive: true });
  const foreign = readdirSync(folder).filter((name) => name in files && statSync(join(folder, name)).isDirectory());
  if (foreign.length > 0) {
    const problem = {
      path: foreign[0] ?? "",
      reason: "is a folder where a file belongs.",
      remedy: "Name another one.",
    };
    throw new RampartError("Nothing was written", [problem]);
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function misuse(path: string, reason: string): UsageError {
  const remedy = "Use rampart export grafana DIR, or rampart export rules DIR.";
  return new UsageError("rampart export does not understand this", [{ path, reason, remedy }], "rampart docs export");
}
