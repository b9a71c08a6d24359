import type { DatabaseStatus } from "../../src/contract/database.ts";
import type { Agent } from "./agent.ts";
import { writable } from "./agent.ts";
import { names } from "./decide/scene.ts";
import type { Looked } from "./server.ts";

/** How often semi-sync let a commit go without an acknowledgement, or turned itself off: in this life of the server. */
export function breaches(status: Looked["status"]): number {
  return Number(status.Rpl_semi_sync_master_no_tx ?? 0) + Number(status.Rpl_semi_sync_master_no_times ?? 0);
}

/** Voters that acknowledge to this primary now: connected here, and acknowledging as they say themselves. */
export function acknowledging({ last, settings }: Agent): readonly string[] {
  const { view } = last ?? {};
  if (view?.store?.cluster === undefined) return [];
  const now = performance.now();
  return view.store.cluster.voters.filter((member) => {
    const peer = view.peers[member];
    const fresh = peer !== undefined && now - peer.at <= settings.fresh;
    return fresh && peer.server.acking && peer.server.source === view.me && view.server.connected.includes(member);
  });
}

/** Whether a write that is acknowledged now survives the loss of any one member, and why (not). Only the primary can tell. */
export function promiseOf(agent: Agent): DatabaseStatus["promise"] {
  const against = doubt(agent);
  if (against !== undefined) return { holds: false, reason: against };
  const { view } = agent.last ?? {};
  const acks = acknowledging(agent);
  const voters = view?.store?.cluster?.voters ?? [];
  const away = voters.filter((member) => !acks.includes(member));
  const survives =
    agent.config.promise === "no-loss" ? "also a power cut of all hosts" : "but not a power cut of all hosts at once";
  const rest = away.length > 0 ? ` ${names(away)} ${away.length > 1 ? "do" : "does"} not acknowledge now.` : "";
  return {
    holds: true,
    reason: `A write counts only when ${acks.join(" or ")} has it too; it survives any single fault, ${survives}.${rest}`,
  };
}

function doubt(agent: Agent): string | undefined {
  const { last, config } = agent;
  const cluster = last?.view.store?.cluster;
  if (last === undefined) return "The agent has just started.";
  if (cluster === undefined && last.view.store !== undefined) return "There is no cluster yet.";
  const primary = cluster?.primary;
  if (primary !== undefined && primary !== config.me) return `${primary} is the primary; its answer counts.`;
  if (!writable(agent)) return `${config.me} is not open for writes: ${last.decision.reason}`;
  return (
    broken(agent) ??
    (acknowledging(agent).length > 0
      ? undefined
      : cluster?.strict === false
        ? "No voter acknowledges, and the mode is degraded: writes are on this member only."
        : "No voter acknowledges: writes wait until one does. Nothing that was acknowledged is lost.")
  );
}

/** Rule 6, and what makes an acknowledgement durable. */
function broken({ last, kept, config, mariadb }: Agent): string | undefined {
  const { looked } = last ?? {};
  if (looked === undefined || last === undefined) return "MariaDB does not answer.";
  if (!last.view.server.needsAck) return "Commits do not wait for an acknowledgement.";
  const { opened } = kept.passing;
  const more = breaches(looked.status) - (opened?.start === mariadb.start ? opened.breaches : 0);
  if (more > 0)
    return `${more} commits were let go without an acknowledgement since it opened: somebody ended a waiting session, or semi-sync was turned off.`;
  const { sync_relay_log, sync_binlog, flush } = looked.facts;
  if (sync_binlog !== "1" || flush !== "1")
    return "Commits are not on the disk when they are answered (sync_binlog, innodb_flush_log_at_trx_commit).";
  if (config.promise === "no-loss" && sync_relay_log !== "1")
    return "Acknowledgements are given before they are on the disk (sync_relay_log).";
  return undefined;
}
