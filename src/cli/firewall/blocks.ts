import { readFileSync } from "node:fs";
import { type Problem, RampartError } from "../../base/problem.ts";
import { listed, plural } from "../../base/text.ts";
import { listedAddresses, networkFault } from "../../config/address-list.ts";
import { blockFault, namesFile, operatorsFrom, type Unblockable } from "../../config/check-firewall.ts";
import type { Block } from "../../model/firewall.ts";
import { hostsOf } from "../../model/topology.ts";
import { blocksProgram } from "../../roles/balancer/blocks.ts";
import { run } from "../../ssh/run.ts";
import { unreachableProblem } from "../../ssh/unreachable.ts";
import { goneHosts, requireHosts, targetsOf } from "../hosts.ts";
import type { OpenSite } from "../site.ts";
import { secondsOf } from "./seconds.ts";

export interface BlockChange {
  readonly deed: "add" | "remove";
  /** Addresses, networks and files of them. */
  readonly words: readonly string[];
  /** As typed: 1h; undefined: without end. */
  readonly length: string | undefined;
}

/** Shuts addresses out at every balancer, or lets them in again. Throws a RampartError that names all that is wrong. */
export async function changeBlocks(open: OpenSite, { deed, words, length }: BlockChange) {
  requireHosts(open);
  const seconds = length === undefined ? 0 : secondsOf(length);
  const networks = networksIn(open, deed, words);
  const lines = networks.map((network) => (deed === "add" ? `${network} ${seconds}` : network));
  const began = performance.now();
  const answers = await atBalancers(open, `${blocksProgram} ${deed} && echo "== done"`, `${lines.join("\n")}\n`);
  const failed = answers.flatMap((one) => one.problem ?? []);
  const done = answers.filter((one) => one.problem === undefined).map((one) => one.host);
  if (failed.length > 0) {
    const title = `${deed === "add" ? "Blocked" : "Let in again"} at ${done.length > 0 ? listed(done) : "no balancer"}, not at all of them`;
    throw new RampartError(title, failed, "rampart firewall list");
  }
  const what =
    networks.length === 1
      ? (networks[0] ?? "")
      : plural(networks.length, "address or network", "addresses and networks");
  const until =
    seconds === 0
      ? "until you unblock it"
      : `until ${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;
  const took = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const sentence =
    deed === "add"
      ? `${what}: shut out at ${listed(done)} ${until} (${took}).`
      : `${what}: let in again at ${listed(done)} (${took}).`;
  return { deed, networks, seconds: seconds === 0 ? null : seconds, at: done, sentence };
}

/** All that is shut out: by the site file, and by hand. */
export async function blockList(open: OpenSite): Promise<{ readonly site: string; readonly blocks: readonly Block[] }> {
  requireHosts(open);
  const declared = `nft list set inet rampart blocked4 2>/dev/null | grep -q elements && echo "== declared"`;
  const answers = await atBalancers(open, `${declared}; ${blocksProgram} list && echo "== done"`, "");
  const failed = answers.flatMap((one) => one.problem ?? []);
  if (failed.length > 0) throw new RampartError("Not every balancer answers", failed, "rampart status");
  const hosts = answers.map((one) => one.host);
  const has = (host: string, network: string) =>
    answers.find((one) => one.host === host)?.lines.some((line) => line.startsWith(`${network} `)) === true;
  const lines = answers.flatMap((one) => one.lines).filter((line) => /^\d/.test(line));
  const networks = new Map(lines.map((line) => [line.split(" ")[0] ?? "", line.split(" ")] as const));
  const byHand = [...networks].map(([network, [, end, since]]): Block => {
    const at = hosts.filter((host) => has(host, network));
    const missing = hosts.filter((host) => !at.includes(host));
    return { network, until: dateOf(end), since: dateOf(since), at, missing, source: "by hand" };
  });
  const loaded = answers.filter((one) => one.lines.includes("== declared")).map((one) => one.host);
  const missing = hosts.filter((host) => !loaded.includes(host));
  const bySite = open.site.firewall.block.map(
    (network): Block => ({ network, until: null, since: null, at: loaded, missing, source: "site file" }),
  );
  return { site: open.site.name, blocks: [...bySite, ...byHand] };
}

function dateOf(seconds: string | undefined): string | null {
  return seconds === undefined || seconds === "0" ? null : new Date(Number(seconds) * 1000).toISOString();
}

async function atBalancers(open: OpenSite, script: string, stdin: string) {
  const gone = goneHosts(open);
  return await Promise.all(
    hostsOf(open.topology, "balancer").map(async ({ name }) => {
      const off = { path: name, reason: "does not run.", remedy: "Start it, and say it again: rampart up" };
      if (gone.has(name)) return { host: name, lines: [], problem: off };
      const result = await run(targetsOf(open)(name), script, { stdin, timeoutMs: 20_000 });
      return { host: name, lines: result.stdout.split("\n"), problem: problemOf(name, result) };
    }),
  );
}

function problemOf(host: string, result: Awaited<ReturnType<typeof run>>): Problem | undefined {
  if (result.unreachable !== undefined) return unreachableProblem(result);
  if (result.stdout.includes("== done")) return undefined;
  const reason = `said: ${result.stderr.trim().split("\n").pop() || `exit code ${result.exitCode}`}`;
  return { path: host, reason, remedy: "Bring it up to date, and say it again: rampart apply" };
}

/** All words taken apart; all that is wrong with them at once. */
function networksIn(open: OpenSite, deed: "add" | "remove", words: readonly string[]): readonly string[] {
  const { networks, hosts } = open.topology;
  const addresses = [networks.virtual, ...hosts.flatMap((host) => host.outside ?? [])];
  const own = [
    ...networks.admin.map(operatorsFrom),
    ...addresses.map((address): Unblockable => [address, "it is an address of the site itself"]),
  ];
  const problems: Problem[] = [];
  const judge = (path: string, text: string) => {
    // What must not be blocked may have been by other means, and can then be let in again.
    const fault = deed === "add" ? blockFault(text, own) : networkFault(text);
    if (fault) problems.push({ path, ...fault });
    return text;
  };
  const found = words.flatMap((word) => {
    if (!namesFile(word)) return [judge(word, word)];
    const text = textOf(word);
    if (text === undefined) {
      problems.push({ path: word, reason: "is no address and no file that can be read.", remedy: "Correct it." });
      return [];
    }
    return listedAddresses(text).map((entry) => judge(`${word}:${entry.line}`, entry.text));
  });
  if (problems.length > 0)
    throw new RampartError(deed === "add" ? "Nothing was blocked" : "Nobody was let in again", problems);
  return [...new Set(found)];
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
