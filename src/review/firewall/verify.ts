import { createHash } from "node:crypto";
import { closedComment, type FirewallFinding, type FirewallVerification } from "../../model/firewall.ts";
import type { Flow, Host, Topology } from "../../model/topology.ts";
import { run } from "../../ssh/run.ts";
import type { SshTarget } from "../../ssh/target.ts";
import type { Caller } from "../../topology/reach.ts";
import { factsScript, type HostFacts, parseFacts } from "./facts.ts";
import { hostFindings } from "./judge-host.ts";
import { allowedPorts, type SeatScan, scanFindings } from "./judge-scan.ts";
import { allTcpPorts, declaredPorts, drawnPorts, listeningPorts, portList, ruledPorts } from "./ports.ts";
import { parseScan, type ScanOptions, type ScanTarget, scanScript } from "./scanner.ts";
import { runAtSeat } from "./seat.ts";

/** What a verification needs of the world. */
export interface FirewallWorld {
  readonly topology: Topology;
  readonly targetOf: (host: string) => SshTarget;
  readonly visitor: (argv: readonly string[]) => readonly string[];
  readonly operator: (argv: readonly string[]) => readonly string[];
  /** The rendered rules of a host: the text that its boot loads, and all texts that should be loaded, in order. */
  readonly rulesOf: (host: Host) => {
    readonly file: string;
    readonly boot: string;
    readonly loaded: readonly string[];
  };
  /** The program on balancers that keeps run-time blocks. */
  readonly blocksProgram: string;
  /** Hosts that do not run. */
  readonly gone: ReadonlySet<string>;
}

export interface VerifyOptions {
  readonly full: boolean;
  /** Draws the sample of ports. */
  readonly seed: number;
}

const sampleSize = 32;

/**
 * Compares what is open with what is declared, in both directions: what every host says of its rules and listeners, and real
 * packets from every host to every host, from the visitor's seat and from the operator's, which no output chain filters.
 */
export async function verifyFirewall(
  world: FirewallWorld,
  { full, seed }: VerifyOptions,
): Promise<FirewallVerification> {
  const began = performance.now();
  const { topology } = world;
  const there = topology.hosts.filter((host) => !world.gone.has(host.name));
  const looks = await Promise.all(there.map(async (host) => ({ host, facts: await factsOf(host, world) })));
  const known = looks.flatMap(({ facts }) => facts ?? []);
  const sampled = drawnPorts(seed, full ? 0 : sampleSize);
  const ports = [...listeningPorts(known, "tcp"), ...ruledPorts(known), ...declaredPorts(topology), ...sampled];
  const job: Job = {
    tcp: full ? allTcpPorts : portList(ports),
    udp: portList(listeningPorts(known, "udp")),
    full,
    hosts: there,
  };
  const answering = looks.filter(({ facts }) => facts !== undefined).map(({ host }) => host);
  const seats = await Promise.all([
    ...answering.map((host) => fromHost(host, job, world)),
    fromSeat({ kind: "visitor", name: "visitor" }, job, world),
    fromSeat({ kind: "operator", name: "operator" }, job, world),
  ]);
  const silent = topology.hosts.filter((host) => !answering.includes(host));
  const tried = (flow: Flow) => !silent.some((host) => host.name === flow.toHost);
  const findings = [
    ...silent.map(({ name }) => silentHost(name)),
    ...looks.flatMap(({ host, facts }) =>
      facts ? hostFindings(host, facts, topology, { digest: sha256(world.rulesOf(host).boot) }) : [],
    ),
    ...blockDifferences(looks),
    ...scanFindings(seats, topology, tried),
  ];
  const counts = seats.map(({ scan }) => scan.counts);
  return {
    findings: merged(findings, looks),
    hosts: answering.map((host) => host.name),
    ports: full ? 65_535 : new Set(ports).size,
    ...{ sampled, seed, full },
    pairs: seats.reduce((sum, seat) => sum + seat.addresses.size, 0),
    tries: counts.reduce((sum, one) => sum + one.open + one.refused + one.filtered + one.unreachable, 0),
    open: counts.reduce((sum, one) => sum + one.open, 0),
    durationMs: Math.round(performance.now() - began),
  };
}

interface Job {
  /** Ports for the scanner. */
  readonly tcp: string;
  readonly udp: string;
  readonly full: boolean;
  readonly hosts: readonly Host[];
}

async function factsOf(host: Host, world: FirewallWorld): Promise<HostFacts | undefined> {
  const { file, loaded } = world.rulesOf(host);
  const script = factsScript(loaded, file, world.blocksProgram);
  return parseFacts((await run(world.targetOf(host.name), script, { timeoutMs: 20_000 })).stdout);
}

const limitMs = 3_600_000;

async function fromHost(host: Host, job: Job, world: FirewallWorld): Promise<SeatScan> {
  const { virtual } = world.topology.networks;
  const others = job.hosts.filter((one) => one.name !== host.name).map((one) => one.inside);
  // A balancer that holds the address would ask itself.
  const addresses = host.tier === "balancer" ? others : [...others, virtual];
  const caller: Caller = { kind: "host", name: host.name, host };
  const at = async (script: string) =>
    (await run(world.targetOf(host.name), script, { timeoutMs: job.full ? limitMs : 60_000 })).stdout;
  const scan = (targets: readonly ScanTarget[], options: ScanOptions) => at(scanScript(targets, options));
  const options: ScanOptions = { atOnce: 1000, timeoutMs: 1000, usual: "refused" };
  const output = await at(`${counting}${scanScript(targetsOf(addresses, job), options)}${counting}`);
  const [before = 0, after = 0] = [...output.matchAll(/^counted (\d+)$/gm)].map(([, packets]) => Number(packets));
  const seat = await patient({ caller, scan: parseScan(output), addresses: new Set(addresses) }, world, scan);
  const allowed = allowedPorts(caller, world.topology).size;
  // What a flow allows and nobody answers is refused by the other host.
  const tried = Math.max(0, parseScan(output).counts.refused - allowed);
  return { ...seat, refusals: { tried, counted: after - before } };
}

/** The packets that the host's own output chain has refused so far. */
const counting = `nft list chain inet rampart output 2>/dev/null |
  awk '/${closedComment}/ { for (i = 1; i < NF; i++) if ($i == "packets") n += $(i + 1) } END { print "counted", n + 0 }'
`;

async function fromSeat(caller: Caller, job: Job, world: FirewallWorld): Promise<SeatScan> {
  const { virtual } = world.topology.networks;
  const inside = job.hosts.map((host) => host.inside);
  const outside = job.hosts.flatMap((host) => host.outside ?? []);
  const addresses = caller.kind === "visitor" ? [...new Set([virtual, ...outside, ...inside])] : inside;
  const seat = caller.kind === "visitor" ? world.visitor : world.operator;
  const scan = (targets: readonly ScanTarget[], options: ScanOptions) => runAtSeat(seat, scanScript(targets, options));
  const options: ScanOptions = { atOnce: job.full ? 8000 : 1000, timeoutMs: 1000, usual: "filtered" };
  // UDP tells nothing here: an answer need not come, and a drop is silent as well.
  const output = await scan(targetsOf(addresses, { ...job, udp: "" }), options);
  return await patient({ caller, scan: parseScan(output), addresses: new Set(addresses) }, world, scan);
}

function targetsOf(addresses: readonly string[], { tcp, udp }: Pick<Job, "tcp" | "udp">): readonly ScanTarget[] {
  return addresses.flatMap((address): readonly ScanTarget[] => [
    { protocol: "tcp", address, ports: tcp },
    ...(udp === "" ? [] : [{ protocol: "udp", address, ports: udp } as const]),
  ]);
}

/** What should be open and did not answer is asked again with more time: a busy machine is no closed door. */
async function patient(
  seat: SeatScan,
  world: FirewallWorld,
  scan: (targets: readonly ScanTarget[], options: ScanOptions) => Promise<string>,
): Promise<SeatScan> {
  const open = new Set(
    seat.scan.results.filter((one) => one.state === "open").map((one) => `${one.address}:${one.port}`),
  );
  const missing = [...allowedPorts(seat.caller, world.topology)]
    .filter(([place, flow]) => !open.has(place) && seat.addresses.has(flow.toAddress))
    .map(([, { toAddress, port }]): ScanTarget => ({ protocol: "tcp", address: toAddress, ports: String(port) }));
  if (missing.length === 0 || !seat.scan.complete) return seat;
  const again = parseScan(await scan(missing, { atOnce: 1000, timeoutMs: 3000, usual: "refused" }));
  const found = again.results.filter((one) => one.state === "open");
  return { ...seat, scan: { ...seat.scan, results: [...seat.scan.results, ...found] } };
}

interface Look {
  readonly host: Host;
  readonly facts: HostFacts | undefined;
}

/** An address that is shut out at one balancer only is not shut out. */
function blockDifferences(looks: readonly Look[]): readonly FirewallFinding[] {
  const kept = looks.flatMap(({ host, facts }) =>
    facts?.blocks === undefined ? [] : [[host.name, facts.blocks] as const],
  );
  const all = new Set(kept.flatMap(([, blocks]) => blocks.split(" ").filter((one) => one !== "")));
  return kept.flatMap(([host, blocks]) => {
    const missing = [...all].filter((network) => !blocks.split(" ").includes(network));
    if (missing.length === 0) return [];
    const what = `does not shut out ${missing.join(", ")}, as another balancer does`;
    return [
      { severity: "critical", host, what, remedy: `Block it again: rampart firewall block ${missing[0]}` } as const,
    ];
  });
}

function silentHost(host: string): FirewallFinding {
  const what = "does not answer: nothing is known of its rules, nor of what it lets in";
  return { severity: "warning", host, what, remedy: "See what is the matter with it: rampart status" };
}

/** A listener that is reached, too, is one finding; a port that is open gets the name of who listens there. */
function merged(findings: readonly FirewallFinding[], looks: readonly Look[]): readonly FirewallFinding[] {
  const isOpen = (one: FirewallFinding) => one.process === undefined && one.what.startsWith("is open to");
  const result: FirewallFinding[] = [];
  for (const one of findings) {
    const listener = result.findIndex(
      (other) => other.host === one.host && other.port === one.port && other.process !== undefined,
    );
    const before = result[listener];
    if (one.port !== undefined && isOpen(one) && before) {
      result[listener] = { ...before, what: `${before.what}; it ${one.what}` };
      continue;
    }
    const process = isOpen(one) ? processAt(one, looks) : undefined;
    result.push(process === undefined ? one : { ...one, process });
  }
  return result.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ severity }: FirewallFinding): number {
  return severity === "critical" ? 0 : 1;
}

function processAt({ host, port }: FirewallFinding, looks: readonly Look[]): string | undefined {
  const facts = looks.find((look) => look.host.name === host)?.facts;
  return facts?.listeners.find((one) => one.port === port)?.process || undefined;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
