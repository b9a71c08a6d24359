import type { DatabaseCluster, DatabaseStatus } from "../../src/contract/database.ts";
import type { Agent, Last } from "./agent.ts";
import { promiseOf } from "./promise.ts";

/** What `rampart db status` shows of this host. */
export function statusOf(agent: Agent): DatabaseStatus {
  const { last, config, mariadb, storeLeader } = agent;
  const store = last?.view.store;
  const cluster = store?.cluster;
  return {
    host: config.me,
    standing: cluster === undefined ? "unset" : cluster.primary === config.me ? "primary" : "replica",
    ...serverPart(agent, last),
    voter: cluster?.voters.includes(config.me) ?? false,
    broken: last?.peer.broken ?? null,
    doing: agent.acting ?? last?.decision.action.kind ?? "wait",
    reason: last?.decision.reason ?? "The agent has just started.",
    error: mariadb.error || replicationError(last) || agent.trouble,
    agent: { up: true },
    store: { reachable: store !== undefined, leader: storeLeader?.member ?? null },
    cluster: last === undefined || cluster === undefined ? null : clusterPart(last, cluster),
    promise: promiseOf(agent),
  };
}

type ServerPart = Pick<
  DatabaseStatus,
  | "readOnly"
  | "semiSync"
  | "clients"
  | "unacknowledged"
  | "lagSeconds"
  | "ioRunning"
  | "sqlRunning"
  | "gtid"
  | "received"
>;

const unknown: ServerPart = {
  readOnly: null,
  semiSync: null,
  clients: null,
  unacknowledged: null,
  lagSeconds: null,
  ioRunning: null,
  sqlRunning: null,
  gtid: null,
  received: null,
};

function serverPart({ mariadb }: Agent, last: Last | undefined): ServerPart {
  const { looked } = mariadb;
  if (looked === undefined || last === undefined) return unknown;
  const { server } = last.view;
  const { status, slave } = looked;
  const replica = slave !== undefined;
  const lag = slave?.Seconds_Behind_Master;
  return {
    readOnly: server.readOnly,
    semiSync: replica ? server.acking : server.needsAck,
    clients: replica ? 0 : Number(status.Rpl_semi_sync_master_clients ?? 0),
    unacknowledged: replica ? 0 : Number(status.Rpl_semi_sync_master_no_tx ?? 0),
    lagSeconds: replica ? (typeof lag === "string" ? Number(lag) : null) : 0,
    ioRunning: slave?.Slave_IO_Running ?? null,
    sqlRunning: slave?.Slave_SQL_Running ?? null,
    gtid: server.position,
    received: server.received ?? null,
  };
}

function replicationError(last: Last | undefined): string {
  const slave = last?.looked?.slave;
  return slave?.Last_SQL_Error || slave?.Last_IO_Error || "";
}

function clusterPart(
  { view, found }: Last,
  cluster: NonNullable<NonNullable<Last["view"]["store"]>["cluster"]>,
): DatabaseCluster {
  const { term, primary, voters, admitting, paused, strict, history } = cluster;
  return {
    term,
    primary,
    leader: view.store?.leader?.member ?? null,
    voters,
    admitting: admitting ?? null,
    paused,
    strict,
    history: history.map((change) => ({
      ...change,
      at: found?.opened[change.term]?.at ?? null,
      gapSeconds: found?.opened[change.term]?.gapSeconds ?? null,
    })),
  };
}
