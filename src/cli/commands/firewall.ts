import type { RampartError } from "../../base/problem.ts";
import { blocksText, matrixText, reachText, verificationText } from "../../report/firewall.ts";
import { flowMatrix, reachList } from "../../topology/matrix.ts";
import { type CommandLine, UsageError } from "../arguments.ts";
import { blockList, changeBlocks } from "../firewall/blocks.ts";
import { explainReach } from "../firewall/explain.ts";
import { verifySiteFirewall } from "../firewall/verify.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { openSite } from "../site.ts";

type Options = CommandLine["options"];
type Deed = (options: Options, words: readonly string[]) => Promise<number>;

const deeds: Readonly<Record<string, Deed>> = { explain, matrix, verify, list, block, unblock };

/** `firewall explain|matrix|verify|list|block|unblock …` */
export async function firewallCommand(options: Options, words: readonly string[]): Promise<number> {
  const [name = "", ...rest] = words;
  const deed = Object.hasOwn(deeds, name) ? deeds[name] : undefined;
  if (!deed) throw misuse(`"${name}" is none of its deeds.`);
  return await deed(options, rest);
}

async function explain(options: Options, [from, to]: readonly string[]): Promise<number> {
  if (from === undefined || to === undefined) throw misuse("it needs to know from where and to what.");
  const found = await explainReach(await openSite(options), from, to);
  show(options, found, () => reachText(found, reportStyle()));
  return exitCodes.done;
}

async function matrix(options: Options): Promise<number> {
  const { site, topology } = await openSite(options);
  const found = flowMatrix(topology);
  const json = () => ({ site: site.name, ...found, reach: reachList(topology) });
  show(options, options.json ? json() : found, () => matrixText(found, reportStyle()));
  return exitCodes.done;
}

async function verify(options: Options): Promise<number> {
  const seed = options.seed === undefined ? Math.floor(Math.random() * 1e6) : Number(options.seed);
  if (!Number.isInteger(seed) || seed < 0) throw misuse(`--seed ${String(options.seed)} is no whole number.`);
  const found = await verifySiteFirewall(await openSite(options), { full: options.full === true, seed });
  show(options, found, () => verificationText(found, reportStyle()));
  return found.findings.length === 0 ? exitCodes.done : exitCodes.failed;
}

async function list(options: Options): Promise<number> {
  const found = await blockList(await openSite(options));
  show(options, found, () => blocksText(found, reportStyle()));
  return found.blocks.every((one) => one.missing.length === 0) ? exitCodes.done : exitCodes.failed;
}

async function block(options: Options, words: readonly string[]): Promise<number> {
  return await change(options, words, "add");
}

async function unblock(options: Options, words: readonly string[]): Promise<number> {
  return await change(options, words, "remove");
}

async function change(options: Options, words: readonly string[], deed: "add" | "remove"): Promise<number> {
  if (words.length === 0) throw misuse("it needs an address, a network or a file of them.");
  const length = typeof options.for === "string" ? options.for : undefined;
  const found = await changeBlocks(await openSite(options), { deed, words, length });
  show(options, found, () => found.sentence);
  return exitCodes.done;
}

function show(options: GlobalOptions, value: unknown, text: () => string): void {
  if (options.json) writeJson(value);
  else writeText(text());
}

function misuse(reason: string): RampartError {
  const forms = "explain FROM TO:PORT, matrix, verify [--full], list, block ADDRESS, or unblock ADDRESS";
  return new UsageError(
    "rampart firewall does not understand this",
    [{ path: "firewall", reason, remedy: `Use rampart firewall ${forms}.` }],
    "rampart docs firewall",
  );
}
