import { stopAgent } from "./agent.ts";
import { ask, setCluster } from "./etcd.ts";
import { loseDisk, losePower, stopServer } from "./life.ts";
import { between, chance, type Dice, dice, pick } from "./random.ts";
import { at, note, violate, type World } from "./world.ts";

/** Something that happens to the cluster, and for how long. */
export interface Fault {
  readonly at: number;
  readonly kind: (typeof kinds)[number];
  readonly host: number;
  readonly other: number;
  readonly ticks: number;
}

/** What a seed stands for. */
export interface Schedule {
  readonly seed: number;
  readonly members: number;
  readonly strict: boolean;
  /** No voters yet. */
  readonly bare: boolean;
  /** How often a lagging etcd member answers with what was. */
  readonly stale: number;
  readonly faults: readonly Fault[];
}

const kinds = [
  "server crash",
  "server frozen",
  "agent crash",
  "other agents crash",
  "agent frozen",
  "host frozen",
  "power cut",
  "one-way cut",
  "cut",
  "isolated",
  "no etcd",
  "slow apply",
  "slow receive",
  "unsafe write",
  "switchover",
  "etcd leader lost",
  "pause",
  "disk lost",
] as const;

/** How often each kind comes, in hundredths or so. */
const weights: Readonly<Record<Fault["kind"], number>> = {
  "server crash": 16,
  "server frozen": 6,
  "agent crash": 12,
  "other agents crash": 2,
  "agent frozen": 8,
  "host frozen": 6,
  "power cut": 8,
  "one-way cut": 8,
  cut: 8,
  isolated: 7,
  "no etcd": 7,
  "slow apply": 7,
  "slow receive": 9,
  "unsafe write": 2,
  switchover: 6,
  "etcd leader lost": 3,
  pause: 1,
  "disk lost": 1,
};
const bag = kinds.flatMap((kind) => Array.from({ length: weights[kind] }, () => kind));

/** How many ticks faults go on for. */
export const stormy = 130;

/** The schedule of a seed: several faults, often close together, for what breaks protocols is two at once. */
export function schedule(seed: number): Schedule {
  const chances = dice(seed);
  const members = chance(chances, 0.15) ? 4 : 3;
  const bare = chance(chances, 0.12);
  const strict = chance(chances, bare ? 0.5 : 0.8);
  const stale = chance(chances, 0.15) ? 0.3 : 0.02;
  const faults: Fault[] =
    bare && chance(chances, 0.5) ? [{ at: 2, kind: "slow receive", host: 1, other: 0, ticks: 40 }] : [];
  let moment = between(chances, 8, 25);
  for (let count = between(chances, 2, 7); count > 0 && moment < stormy; count--) {
    const one = fault(chances, members, moment);
    faults.push(one);
    if (chance(chances, 0.25)) faults.push(during(chances, one));
    moment += chance(chances, 0.5) ? between(chances, 0, 8) : between(chances, 5, 45);
  }
  const inOrder = faults.toSorted((earlier, later) => earlier.at - later.at);
  return { seed, members, strict, bare, stale, faults: oneDiskAtMost(inOrder, strict) };
}

/** A second one while the first has its consequences: about when a lease ends and somebody is elected. */
function during(chances: Dice, first: Fault): Fault {
  const kind = pick(chances, [
    "agent crash",
    "other agents crash",
    "server crash",
    "agent frozen",
    "power cut",
  ] as const);
  return {
    at: first.at + between(chances, 16, 32),
    kind,
    host: first.other,
    other: first.host,
    ticks: between(chances, 1, 12),
  };
}

function fault(chances: Dice, members: number, moment: number): Fault {
  const host = chance(chances, 0.45) ? 0 : between(chances, 0, members - 1);
  const other = (host + between(chances, 1, members - 1)) % members;
  return {
    at: moment,
    kind: pick(chances, bag),
    host,
    other,
    ticks: chance(chances, 0.3) ? between(chances, 2, 10) : between(chances, 10, 70),
  };
}

/** Two lost disks lose what only these two had, and alone on one disk so does one: nobody can promise otherwise. */
function oneDiskAtMost(faults: readonly Fault[], strict: boolean): readonly Fault[] {
  const first = faults.find(({ kind }) => kind === "disk lost");
  return faults.filter((one) => one.kind !== "disk lost" || (strict && one === first));
}

/** Does it, and gives back what undoes it. */
export function strike(world: World, fault: Fault): (() => void) | undefined {
  const { host, other, ticks, kind } = fault;
  const server = at(world.servers, host);
  const agent = at(world.agents, host);
  note(
    world,
    `★ ${kind} of ${agent.name}${kind.includes("cut") && kind !== "power cut" ? ` and ${world.names[other]}` : ""} for ${ticks / 10} s`,
  );
  switch (kind) {
    case "server crash":
      stopServer(server);
      return undefined;
    case "server frozen":
      return frozen(world, fault, true, false);
    case "agent frozen":
      return frozen(world, fault, false, true);
    case "host frozen":
      return frozen(world, fault, true, true);
    case "agent crash":
      stopAgent(world, agent, Math.min(ticks, 30));
      return undefined;
    case "other agents crash":
      for (const one of world.agents) if (one.up && one.host !== other) stopAgent(world, one, Math.min(ticks, 8));
      return undefined;
    case "power cut":
      return powerCut(world, fault);
    case "disk lost":
      world.diskLost++;
      loseDisk(server);
      agent.memory = { seen: 0, promised: 0, noted: undefined, led: 0 };
      agent.lease = 0;
      stopAgent(world, agent, 5);
      return undefined;
    case "one-way cut":
      return cutting(world, [[host, other]]);
    case "cut":
      return cutting(world, [
        [host, other],
        [other, host],
      ]);
    case "isolated":
      return cutting(
        world,
        world.names.flatMap((_, to): [number, number][] =>
          to === host
            ? []
            : [
                [host, to],
                [to, host],
              ],
        ),
      );
    case "no etcd":
      return counting(world, world.storeCut, host);
    case "slow apply":
      server.slowUntil = world.tick + ticks;
      return undefined;
    case "slow receive":
      server.slowlyReceivingUntil = world.tick + ticks;
      return undefined;
    case "unsafe write":
      world.unsafeNext = true;
      return undefined;
    case "switchover":
      ask(world, {
        id: `r${world.tick}`,
        kind: "switchover",
        to: chance(world.dice, 0.5) ? world.names[other] : undefined,
        without: [],
        by: "an operator",
      });
      return undefined;
    case "etcd leader lost":
      world.etcd.leader = undefined;
      world.etcd.electedAt = world.tick + between(world.dice, 10, 18);
      return undefined;
    case "pause":
      return pausing(world);
    default:
      return violate(world, `unknown fault ${String(kind)}`) as undefined;
  }
}

function frozen(world: World, { host }: Fault, server: boolean, agent: boolean): () => void {
  const both = [...(server ? [at(world.servers, host)] : []), ...(agent ? [at(world.agents, host)] : [])];
  for (const one of both) one.frozen = true;
  return () => {
    for (const one of both) one.frozen = false;
  };
}

function powerCut(world: World, { host, ticks }: Fault): () => void {
  losePower(world, at(world.servers, host));
  stopAgent(world, at(world.agents, host), ticks + 5);
  world.hostUp[host] = false;
  world.topologyChanged = true;
  return () => {
    world.hostUp[host] = true;
    world.topologyChanged = true;
    at(world.agents, host).upAt = Math.min(at(world.agents, host).upAt, world.tick + 5);
  };
}

function cutting(world: World, pairs: readonly (readonly [number, number])[]): () => void {
  const undo = pairs.map(([from, to]) => counting(world, at(world.cut, from), to));
  return () => {
    for (const one of undo) one();
  };
}

function counting(world: World, list: number[], index: number): () => void {
  list[index] = (list[index] ?? 0) + 1;
  world.topologyChanged = true;
  return () => {
    list[index] = (list[index] ?? 1) - 1;
    world.topologyChanged = true;
  };
}

function pausing(world: World): () => void {
  const set = (paused: boolean): void => {
    const { cluster } = world.etcd.held;
    if (cluster !== undefined) setCluster(world, { ...cluster, paused });
  };
  set(true);
  return () => set(false);
}
