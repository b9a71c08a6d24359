import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { RampartError } from "../../base/problem.ts";
import { parseDuration } from "../../base/rate.ts";
import { hostsOf } from "../../model/topology.ts";
import type { WafFinding } from "../../model/waf.ts";
import { exceptionLines, findingsText, type HostWafFinding, samplesText } from "../../report/waf.ts";
import { runSamples } from "../../review/waf/run.ts";
import { type Sample, samplesOf } from "../../review/waf/samples.ts";
import { run } from "../../ssh/run.ts";
import { type CommandLine, UsageError } from "../arguments.ts";
import { goneHosts, requireHosts, targetsOf } from "../hosts.ts";
import { exitCodes } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { type OpenSite, openSite } from "../site.ts";

type Options = CommandLine["options"];

/** Requests of one host that are fetched at most; the newest. */
const mostFindings = 2000;

/** `waf findings [--since 1h]`, `waf test FILES… [--host web1] [--upstream]`. */
export async function wafCommand(options: Options, [deed = "", ...words]: readonly string[]): Promise<number> {
  if (deed === "findings") return await findings(options);
  if (deed === "test") return await test(options, words);
  throw misuse("waf", `"${deed}" is none of its deeds.`);
}

async function findings(options: Options): Promise<number> {
  const since = typeof options.since === "string" ? options.since : "1h";
  const seconds = parseDuration(since);
  if (seconds === undefined) throw misuse("--since", `"${since}" is no length of time such as 30m, 1h or 7d.`);
  const open = await openSite(options);
  requireHosts(open);
  const found = await hostFindings(open, seconds);
  if (options.json) writeJson({ site: open.site.name, findings: found, exceptions: exceptionLines(found) });
  else if (open.site.web.waf === "off" && found.length === 0) writeText("web.waf is off: nobody looks at requests.");
  else writeText(findingsText(found, since, reportStyle()));
  return exitCodes.done;
}

async function hostFindings(open: OpenSite, seconds: number): Promise<readonly HostWafFinding[]> {
  const gone = goneHosts(open);
  const target = targetsOf(open);
  const hosts = hostsOf(open.topology, "web").filter(({ name }) => !gone.has(name));
  const script = `journalctl -u rampart-waf.service --since "-${seconds}s" -o cat --no-pager | grep '^{' | tail -n ${mostFindings}`;
  const results = await Promise.all(hosts.map(({ name }) => run(target(name), script, { timeoutMs: 30_000 })));
  return results
    .flatMap(({ host, stdout }) =>
      stdout.split("\n").flatMap((line) => {
        const finding = findingOf(line);
        return finding ? [{ ...finding, host }] : [];
      }),
    )
    .toSorted((one, other) => (one.time < other.time ? -1 : 1));
}

function findingOf(line: string): WafFinding | undefined {
  try {
    return JSON.parse(line) as WafFinding;
  } catch {
    return undefined; // a line that was cut off
  }
}

async function test(options: Options, words: readonly string[]): Promise<number> {
  const samples = words.flatMap(samplesIn);
  if (samples.length === 0) throw misuse("FILE", "no test is named: give YAML files, or folders of them.");
  const open = await openSite(options);
  requireHosts(open);
  const hosts = hostsOf(open.topology, "web").map(({ name }) => name);
  const host = typeof options.host === "string" ? options.host : (hosts[0] ?? "");
  if (!hosts.includes(host)) throw misuse("--host", `"${host}" is no web host; there are ${hosts.join(", ")}.`);
  const result = await runSamples(targetsOf(open)(host), samples, { upstream: options.upstream === true });
  if (options.json) writeJson(result);
  else writeText(samplesText(result, reportStyle()));
  return result.failed === 0 ? exitCodes.done : exitCodes.failed;
}

/** Tests of a file, or of all YAML files below a folder, in the order of their names. */
function samplesIn(path: string): readonly Sample[] {
  try {
    if (!statSync(path).isDirectory()) return samplesOf(path, readFileSync(path, "utf8"));
    const files = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => /\.ya?ml$/.test(name));
    return files.toSorted().flatMap((name) => samplesOf(name, readFileSync(join(path, name), "utf8")));
  } catch (error) {
    const reason = `it cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
    throw new RampartError("The tests were not run", [{ path, reason, remedy: "Correct the path." }]);
  }
}

function misuse(path: string, reason: string): UsageError {
  const remedy = "Use rampart waf findings [--since 1h], or rampart waf test FILE… [--host web1].";
  return new UsageError("rampart waf does not understand this", [{ path, reason, remedy }], "rampart docs waf");
}
