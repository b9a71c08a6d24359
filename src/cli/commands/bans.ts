import { contains, parseIpv4 } from "../../base/ip.ts";
import { RampartError } from "../../base/problem.ts";
import { durationText, parseDuration } from "../../base/rate.ts";
import { plural, shellQuote } from "../../base/text.ts";
import { memberNetworks } from "../../formats/haproxy-visitors.ts";
import { bansProgram, longestBan } from "../../model/bans.ts";
import { hostsOf } from "../../model/topology.ts";
import type { RemoteResult } from "../../ssh/result.ts";
import { run } from "../../ssh/run.ts";
import { goneHosts, requireHosts, targetsOf } from "../hosts.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { writeJson, writeText } from "../output.ts";
import { type OpenSite, openSite } from "../site.ts";

export interface BansOptions extends GlobalOptions {
  readonly for: string | undefined;
}

/** One ban, as the balancers hold it. */
export interface Ban {
  readonly address: string;
  /** ISO 8601. */
  readonly until: string;
  readonly secondsLeft: number;
  readonly why: "failed log-ins" | "by hand";
  /** Balancers that hold it. */
  readonly at: readonly string[];
}

/** `bans [list]`, `bans add ADDRESS --for 1h`, `bans lift ADDRESS`. */
export async function bansCommand(options: BansOptions, deed: string, address: string | undefined): Promise<number> {
  const open = await openSite(options);
  requireHosts(open);
  if (deed === "list") return await list(open, options);
  if (deed !== "add" && deed !== "lift")
    throw wrong("bans", `"${deed}" is none of its deeds.`, "Use rampart bans list, add ADDRESS or lift ADDRESS.");
  if (address === undefined || parseIpv4(address) === undefined)
    throw wrong("ADDRESS", `${address ?? "nothing"} is no IPv4 address.`, `Write: rampart bans ${deed} 192.0.2.7`);
  return deed === "add" ? await add(open, address, options) : await lift(open, address, options);
}

async function list(open: OpenSite, { json }: BansOptions): Promise<number> {
  const answers = await askBalancers(open, "list");
  const bans = bansOf(answers, Math.floor(Date.now() / 1000));
  if (json) writeJson({ site: open.site.name, bans });
  else if (bans.length === 0) writeText("Nobody is banned.");
  else writeText(bans.map(banText).join("\n"));
  return exitCodes.done;
}

async function add(open: OpenSite, address: string, options: BansOptions): Promise<number> {
  const { topology, site } = open;
  const text = options.for ?? site.limits.ban;
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds > longestBan)
    throw wrong("--for", `"${text}" is no time up to ${durationText(longestBan)}.`, "Write 90s, 30m, 1h or 7d.");
  const member = memberNetworks(topology).find((network) => contains(network, address));
  if (member !== undefined)
    throw wrong(
      address,
      `belongs to ${member}: the site's own hosts and its operators are never banned.`,
      "Name another address.",
    );
  const answers = await askBalancers(open, `add ${shellQuote(address)} ${seconds}`);
  return done(options, { address, banned: true, seconds, at: answers.map(({ host }) => host) }, () => {
    return `${address} is banned for ${durationText(seconds)} at ${answers.map(({ host }) => host).join(" and ")}.`;
  });
}

async function lift(open: OpenSite, address: string, options: BansOptions): Promise<number> {
  const answers = await askBalancers(open, `lift ${shellQuote(address)}`);
  const at = answers.map(({ host }) => host);
  return done(options, { address, banned: false, at }, () => `${address} is answered again.`);
}

function done({ json }: BansOptions, result: object, text: () => string): number {
  if (json) writeJson(result);
  else writeText(text());
  return exitCodes.done;
}

/** Every balancer that is on is asked; one that answers is enough, since they tell each other. */
async function askBalancers(open: OpenSite, words: string): Promise<readonly RemoteResult[]> {
  const gone = goneHosts(open);
  const target = targetsOf(open);
  const balancers = hostsOf(open.topology, "balancer").filter(({ name }) => !gone.has(name));
  const results = await Promise.all(
    balancers.map(({ name }) => run(target(name), `${bansProgram} ${words}`, { timeoutMs: 15_000 })),
  );
  const good = results.filter(({ exitCode }) => exitCode === 0);
  if (good.length > 0) return good;
  const said = results.map(
    ({ host, stderr, unreachable }) => `${host}: ${unreachable ?? stderr.trim().split("\n").at(-1)}`,
  );
  throw wrong("bans", `no balancer answered. ${said.join("; ")}`, "See what is wrong: rampart status");
}

/** The lists of all balancers as one; the longest ban of an address counts. */
export function bansOf(answers: readonly Pick<RemoteResult, "host" | "stdout">[], now: number): readonly Ban[] {
  const lines = answers.flatMap(({ host, stdout }) =>
    stdout.split("\n").flatMap((line) => {
      const [address, until, how] = line.trim().split(" ");
      return address && until ? [{ host, address, until: Number(until), byHand: how === "1" }] : [];
    }),
  );
  return [...new Set(lines.map(({ address }) => address))].toSorted().map((address) => {
    const held = lines.filter((line) => line.address === address);
    const until = Math.max(...held.map((line) => line.until));
    return {
      address,
      until: new Date(until * 1000).toISOString(),
      secondsLeft: Math.max(0, until - now),
      why: held.some(({ byHand }) => byHand) ? ("by hand" as const) : ("failed log-ins" as const),
      at: held.map(({ host }) => host),
    };
  });
}

function banText({ address, secondsLeft, why, at }: Ban): string {
  const minutes = Math.ceil(secondsLeft / 60);
  const left = secondsLeft < 120 ? plural(secondsLeft, "second") : plural(minutes, "minute");
  return `${address.padEnd(16)} for another ${left.padEnd(12)}  ${why.padEnd(14)}  at ${at.join(", ")}`;
}

function wrong(path: string, reason: string, remedy: string): RampartError {
  return new RampartError("That did not work", [{ path, reason, remedy }]);
}
