import type { TriedWay } from "../../model/firewall.ts";
import { parseScan, scanScript } from "../../review/firewall/scanner.ts";
import { runAtSeat } from "../../review/firewall/seat.ts";
import { run } from "../../ssh/run.ts";
import type { Callee, Caller, Port } from "../../topology/reach.ts";
import { targetsOf } from "../hosts.ts";
import { labSeats } from "../lab-site.ts";
import type { OpenSite } from "../site.ts";

type Counts = ReadonlyMap<string, number>;

/** Opens one connection from where the caller stands, and looks by how much the counters on its way grew. */
export async function tryWay(
  open: OpenSite,
  caller: Caller,
  callee: Callee,
  { address, port }: Port & { readonly address: string },
): Promise<TriedWay> {
  const seats = labSeats(open.site.name);
  const script = scanScript([{ protocol: "tcp", address, ports: String(port) }], {
    atOnce: 1,
    timeoutMs: 1500,
    usual: "filtered",
  });
  const from = caller.host?.name;
  const before = await countersOf(open, from, callee.host?.name);
  const at = new Date();
  const output =
    from === undefined
      ? await runAtSeat(caller.kind === "operator" ? seats.operator : seats.visitor, script)
      : (await run(targetsOf(open)(from), script, { timeoutMs: 15_000 })).stdout;
  const durationMs = Date.now() - at.getTime();
  const after = await countersOf(open, from, callee.host?.name);
  const scan = parseScan(output);
  const result = scan.results[0]?.state ?? (scan.complete ? "filtered" : "unreachable");
  return { result, at: at.toISOString(), durationMs, counted: growth(before, after) };
}

function growth(before: Counts, after: Counts): TriedWay["counted"] {
  return [...after].flatMap(([key, packets]) => {
    const more = packets - (before.get(key) ?? 0);
    const [host = "", chain, rule = ""] = key.split("\t");
    return more <= 0 ? [] : [{ host, chain: chain === "input" ? "input" : "output", rule, packets: more }];
  });
}

/** Packets by host, chain and rule: what leaves the caller, what comes to the callee. */
async function countersOf(open: OpenSite, from: string | undefined, to: string | undefined): Promise<Counts> {
  const looks = await Promise.all([chainCounts(open, from, "output"), chainCounts(open, to, "input")]);
  return new Map(looks.flat());
}

async function chainCounts(open: OpenSite, host: string | undefined, chain: "input" | "output") {
  if (host === undefined) return [];
  const script = `nft list chain inet rampart ${chain}`;
  const { stdout } = await run(targetsOf(open)(host), script, { timeoutMs: 10_000 });
  return [...stdout.matchAll(/^\s*(.*?) ?counter packets (\d+) bytes \d+ (.*)$/gm)].map(
    ([, match = "", packets, verdict = ""]) =>
      [[host, chain, `${match} ${verdict}`.trim()].join("\t"), Number(packets)] as const,
  );
}
