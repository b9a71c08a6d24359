import type { Config } from "./config.ts";
import { type Etcd, etcd } from "./etcd.ts";
import type { Found } from "./etcd-text.ts";
import { stir } from "./held.ts";
import { connections, identity } from "./https.ts";
import { type Kept, recall } from "./memory.ts";
import type { Action, Decision, Noted, Peer, Settings, Since, View } from "./model.ts";
import { type Peers, peers } from "./peers.ts";
import type { Looked } from "./server.ts";
import { nothingYet } from "./since.ts";
import type { Session } from "./sql.ts";

/** Everything that a running agent knows and holds open. */
export interface Agent {
  config: Config;
  readonly settings: Settings;
  readonly kept: Kept;
  readonly etcd: Etcd;
  readonly peers: Peers;
  readonly mariadb: Mariadb;
  since: Since;
  failedOpens: number;
  removal: Noted | undefined;
  admission: Noted | undefined;
  /** On whose host etcd's own leader runs, and etcd's names of the others. */
  storeLeader: { id: string; member: string; host: string; targets: Readonly<Record<string, string>> } | undefined;
  /** The last look and what came of it; what everybody is told until the next. */
  last: Last | undefined;
  /** What is being done now. */
  acting: Action["kind"] | undefined;
  /** The way to writes is shut at once, before the next look says so. */
  shut: boolean;
  /** When a primary was last seen open for writes, here or at a peer; by the monotonic clock. */
  openSeen: number | undefined;
  /** Ends the pause between two looks. */
  wake: () => void;
  /** What went wrong last, for people; "" when nothing did. */
  trouble: string;
}

export interface Last {
  readonly view: View;
  readonly decision: Decision;
  readonly found: Found | undefined;
  readonly looked: Looked | undefined;
  readonly peer: Peer;
  readonly at: number;
}

export interface Mariadb {
  session: Session | undefined;
  /** Names the life of the server that the session is with. */
  start: string;
  /** What was last read of the relay files, and of which files. */
  left: { start: string; files: string; received: string | undefined } | undefined;
  /** A start was decided and has not been seen to succeed or fail. */
  started: boolean;
  failedStarts: number;
  looked: Looked | undefined;
  /** Why it does not answer; "" when it does. */
  error: string;
  /** How often in a row a new session was not greeted in time, and when the next is tried. */
  silentGreetings: number;
  greetAt: number;
}

/** An agent that has just started: what it has on disk, and nothing else. */
export async function newAgent(config: Config, settings: Settings): Promise<Agent> {
  const own = identity(config.paths);
  return {
    config,
    settings,
    kept: await recall(config.paths.state),
    etcd: etcd(config.stores, config.members.find(({ name }) => name === config.me)?.fqdn ?? "", storeIdentity(config)),
    peers: peers(own),
    mariadb: {
      session: undefined,
      start: "",
      left: undefined,
      started: false,
      failedStarts: 0,
      looked: undefined,
      error: "",
      silentGreetings: 0,
      greetAt: 0,
    },
    since: nothingYet,
    failedOpens: 0,
    removal: undefined,
    admission: undefined,
    storeLeader: undefined,
    last: undefined,
    acting: undefined,
    shut: false,
    openSeen: undefined,
    wake: () => undefined,
    trouble: "",
  };
}

function storeIdentity({ paths }: Config): ReturnType<typeof identity> {
  return identity({ ca: paths.ca, certificate: paths.storeCertificate, key: paths.storeKey });
}

/** Takes a changed configuration and changed certificates. */
export function reconfigure(agent: Agent, config: Config): void {
  agent.config = config;
  agent.etcd.connections = connections(storeIdentity(config));
  agent.peers.connections = connections(identity(config.paths));
}

/** The way to writes is shut, and routes that wait for an answer hear of it at once. */
export function shutWrites(agent: Agent): void {
  agent.shut = true;
  stir();
}

/** Whether this member is open for writes as the leader: what routes are told. */
export function writable({ last, shut, settings, kept }: Agent): boolean {
  if (last === undefined || shut || performance.now() - last.at > settings.lease) return false;
  const { server, store, me } = last.view;
  if (server.state !== "running" || server.readOnly || kept.memory.led === 0) return false;
  // Without etcd the decisions say whether it goes on.
  if (store === undefined) return last.decision.action.kind === "wait";
  return store.leader?.member === me && store.leader.term === kept.memory.led;
}

/** Whether it serves reads: a replica that applies and is not too far behind. Routes go to the primary when there is none. */
export function readable(agent: Agent): boolean {
  const { last, settings, config } = agent;
  if (last === undefined || performance.now() - last.at > settings.lease || last.peer.broken !== undefined)
    return false;
  const { server } = last.view;
  if (server.state !== "running" || !server.applying || server.source === undefined) return false;
  const lag = last.looked?.slave?.Seconds_Behind_Master;
  return typeof lag === "string" && Number(lag) <= config.readLagSeconds;
}

/** How long a change may take before it is no change but a state, ms. */
const briefly = 20_000;

/** Writes wait, or are about to: every look less is a shorter wait. Not for long, should nobody be able to lead. */
export function changing({ last, since }: Agent): boolean {
  const { store, peers, me } = last?.view ?? {};
  if (store?.cluster === undefined) return false;
  const { leader, cluster, request } = store;
  if (leader === undefined) return since.noLeader !== undefined && performance.now() - since.noLeader < briefly;
  const opened = leader.member === me || (peers?.[leader.member]?.leads ?? 0) >= leader.term;
  const began = since.change?.at ?? 0;
  return request !== undefined || cluster.heir !== undefined || (!opened && performance.now() - began < briefly);
}
