import { existsSync } from "node:fs";
import type { Agent as Connections } from "node:https";
import { ask, connections, identity } from "../https.ts";
import { hasData, unitState } from "../process.ts";
import { close, open, query, type Session } from "../sql.ts";
import type { MemberConfig } from "./config.ts";
import { serves } from "./decide.ts";
import type { Decision, Facts, Peer, View } from "./model.ts";

/** Everything that the running program knows and holds open. */
export interface Teller {
  config: MemberConfig;
  connections: Connections;
  session: Session | undefined;
  view: View | undefined;
  decision: Decision;
  /** An operator's deed goes on: nothing is decided meanwhile. */
  busy: string;
  /** The services are sent elsewhere, because MariaDB is about to stop. */
  leaving: boolean;
  peers: Readonly<Record<string, Peer>>;
  readonly began: number;
  startedAt: number | undefined;
  /** Why MariaDB does not answer, or what went wrong beside it; "" when nothing did. */
  error: string;
  trouble: string;
}

export function newTeller(config: MemberConfig): Teller {
  return {
    config,
    connections: connections(identity(config.paths)),
    ...{ session: undefined, view: undefined, busy: "", leaving: false, peers: {} },
    decision: { action: "wait", reason: "It has just started." },
    ...{ began: performance.now(), startedAt: undefined, error: "", trouble: "" },
  };
}

/** How long MariaDB may take to greet and to answer, ms. A frozen one serves nobody after that. */
const limit = 1000;

/** One look at this host's MariaDB and what was last heard of the others. */
export async function look(teller: Teller): Promise<View> {
  const { config, peers, startedAt, began } = teller;
  const facts = await factsOf(teller);
  const unit = facts === undefined ? await stateOfUnit() : "alive";
  const now = performance.now();
  return {
    me: config.me,
    members: config.members.map(({ name }) => name),
    ...{ unit, facts, peers },
    belonged: existsSync(config.paths.belonged),
    foreign: isForeign(config),
    held: existsSync(holdFile(config)),
    sinceStart: startedAt === undefined ? undefined : now - startedAt,
    age: now - began,
  };
}

/** What goes with a restart of the host: it joins then, as always. */
export function holdFile({ paths }: MemberConfig): string {
  return `${paths.runtime}/held`;
}

/** Data of the mode with a primary: under a cluster's name they would be passed on to all. */
function isForeign({ paths }: MemberConfig): boolean {
  if (existsSync(paths.belonged)) return false;
  return existsSync(paths.otherMode) && hasData(paths.data);
}

async function stateOfUnit(): Promise<View["unit"]> {
  return await unitState().then(
    ({ state, alive }) => (state === "stopped" && alive ? "stopping" : state),
    () => "unknown" as const,
  );
}

async function factsOf(teller: Teller): Promise<Facts | undefined> {
  try {
    if (teller.session?.alive !== true) teller.session = await open(teller.config.paths.socket, limit);
    const rows = await query(teller.session, "SHOW GLOBAL STATUS LIKE 'wsrep\\_%'", limit);
    teller.error = "";
    return factsFrom(new Map(rows.map((row) => [String(row.Variable_name), row.Value ?? ""])));
  } catch (error) {
    if (teller.session !== undefined) close(teller.session);
    teller.session = undefined;
    teller.error = error instanceof Error ? error.message : String(error);
    return undefined;
  }
}

export function factsFrom(status: ReadonlyMap<string, string>): Facts {
  const number = (name: string) => Number(status.get(`wsrep_${name}`) ?? Number.NaN);
  return {
    ready: status.get("wsrep_ready") === "ON",
    primary: status.get("wsrep_cluster_status") === "Primary",
    state: number("local_state"),
    comment: status.get("wsrep_local_state_comment") ?? "",
    size: number("cluster_size"),
    history: status.get("wsrep_cluster_state_uuid") ?? "",
    seqno: number("last_committed"),
    paused: number("flow_control_paused"),
    pausedSeconds: number("flow_control_paused_ns") / 1e9,
    queue: number("local_recv_queue"),
    conflicts: number("local_cert_failures") + number("local_bf_aborts"),
  };
}

/** Asks all other members how they stand; who does not answer is not in the result. */
export async function askOthers({ config, connections: agent }: Teller): Promise<Readonly<Record<string, Peer>>> {
  const { me, members, listen } = config;
  const asked = members
    .filter(({ name }) => name !== me)
    .map(async ({ name, fqdn, address }): Promise<readonly [string, Peer] | undefined> => {
      const question = { address, port: listen.port, name: fqdn, path: "/peer", limit: 1500 };
      const reply = await ask(agent, question).catch(() => undefined);
      return reply?.status === 200 ? [name, JSON.parse(reply.text) as Peer] : undefined;
    });
  return Object.fromEntries((await Promise.all(asked)).filter((one) => one !== undefined));
}

/** What this member tells the others. */
export function peerOf({ view, config }: Teller): Peer {
  const facts = view?.facts;
  const primary = facts?.primary === true;
  return {
    belonged: view?.belonged ?? existsSync(config.paths.belonged),
    primary: primary && facts?.ready === true,
    synced: primary && facts?.ready === true && facts.state === 4,
  };
}

/** What the ways to the database are told. */
export function offered({ view, leaving }: Teller): boolean {
  return view !== undefined && !leaving && serves(view);
}
