import { replicationAccount } from "../../../src/contract/database.ts";
import type { Agent } from "../agent.ts";
import { member } from "../config.ts";
import type { Action } from "../model.ts";
import { relayFiles } from "../relay.ts";
import { replicationSecret, secretDigest } from "../secret.ts";
import { text } from "../sql.ts";
import { type Statements, setServerId, statements } from "./statements.ts";

/** How long the IO thread may take to end, ms: with semi-sync it tries to reach a source that has lost its power first. */
export const stopping = 8000;

/** Follows another member. All that it received before has been applied: CHANGE MASTER purges the rest (rules 9 and 12). */
export async function follow(agent: Agent, action: Extract<Action, { kind: "follow" }>): Promise<void> {
  const on = statements(agent);
  const { run } = on;
  const seen = await on.look();
  const { facts, status, slave } = seen;
  if (facts.read_only !== "1" || Number(status.Rpl_semi_sync_master_wait_sessions ?? 0) > 0)
    throw new Error("it is open for writes");
  if (slave !== undefined) await run("STOP SLAVE");
  await run("SET GLOBAL rpl_semi_sync_master_enabled = OFF");
  await setServerId(on, action.serverId);
  await run(`SET GLOBAL rpl_semi_sync_slave_enabled = ${action.ack ? "ON" : "OFF"}`);
  const { binlog_pos: position, slave_pos: applied } = (await on.look()).facts;
  if (position && position !== applied) await run(`SET GLOBAL gtid_slave_pos = ${text(position)}`);
  const { kept, config, mariadb } = agent;
  await kept.noteForNow({
    followed: { start: mariadb.start, secret: await secretDigest(config), connected: false },
  });
  await run(await changeMaster(agent, action.source));
  mariadb.left = undefined;
  if (kept.memory.led !== 0) await kept.remember({ led: 0 });
  await run("START SLAVE");
}

async function changeMaster({ config }: Agent, source: string): Promise<string> {
  const { paths, me } = config;
  const settings = {
    master_host: text(member(config, source).fqdn),
    master_port: 3306,
    master_user: text(replicationAccount(me)),
    master_password: text(await replicationSecret(config)),
    master_use_gtid: "slave_pos",
    master_connect_retry: 1,
    master_ssl: 1,
    master_ssl_verify_server_cert: 1,
    master_ssl_ca: text(paths.ca),
    master_ssl_cert: text(paths.certificate),
    master_ssl_key: text(paths.key),
  };
  return `CHANGE MASTER TO ${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ")}`;
}

/** Rescue A of MARIADB.md: what a restart left in the relay files is applied from its place there, with its own GTIDs. */
export async function rescue(agent: Agent): Promise<void> {
  const on = statements(agent);
  const { facts, slave } = await on.look();
  if (slave?.Slave_SQL_Running === "Yes") return;
  const left = await relayFiles(agent.config.paths.data, facts.slave_pos || facts.binlog_pos || "");
  if (left?.next === undefined) throw new Error("the relay files hold nothing that is not applied");
  await on.run("STOP SLAVE IO_THREAD");
  const { file, at } = left.next;
  await on.run(`CHANGE MASTER TO master_use_gtid = no, relay_log_file = ${text(file)}, relay_log_pos = ${at}`);
  await on.run("START SLAVE SQL_THREAD");
}

/** Reconnects the IO thread, so that it acknowledges from now on, or no longer. The SQL thread goes on, so nothing is purged. */
export async function acknowledge(agent: Agent, on: boolean): Promise<void> {
  const { run, look } = statements(agent);
  await applies(look);
  await run(`SET GLOBAL rpl_semi_sync_slave_enabled = ${on ? "ON" : "OFF"}`);
  await run("STOP SLAVE IO_THREAD");
  await applies(look);
  await run("START SLAVE IO_THREAD");
}

/** The SQL thread goes on. With semi-sync the replica ends its dump thread at the source first, which takes a while. */
export async function stopReceiving(agent: Agent): Promise<void> {
  const { run } = statements(agent);
  if (agent.mariadb.looked?.slave !== undefined) await run("STOP SLAVE IO_THREAD", stopping);
}

export async function receive(agent: Agent): Promise<void> {
  const { run, look } = statements(agent);
  await applies(look);
  await run("START SLAVE IO_THREAD");
}

/** With both threads stopped, starting either would purge what was received (point 6). */
async function applies(look: Statements["look"]): Promise<void> {
  if ((await look()).slave?.Slave_SQL_Running !== "Yes") throw new Error("its SQL thread does not run");
}
