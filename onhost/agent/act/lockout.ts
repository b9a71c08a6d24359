import { setTimeout as pause } from "node:timers/promises";
import { replicationAccount } from "../../../src/contract/database.ts";
import { type Agent, shutWrites } from "../agent.ts";
import { text } from "../sql.ts";
import { type Statements, setLocks, statements } from "./statements.ts";

/** Rule 3: its account locked, its dump thread killed and seen gone; what it may have acknowledged is read only then. */
export async function lockOut(agent: Agent, name: string): Promise<void> {
  const on = statements(agent);
  await setLocks(agent, on, { lock: [name], unlock: [] });
  await endReplicas(on, [name]);
  agent.removal = { member: name, position: (await on.look()).facts.binlog_pos ?? "" };
}

/** Kills the dump threads of these members, and sessions that are about to become such, and sees them gone. */
export async function endReplicas({ run }: Statements, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const users = names.map((name) => text(replicationAccount(name))).join(", ");
  const dumps = `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER IN (${users})`;
  const until = performance.now() + 2000;
  for (;;) {
    const rows = await run(dumps);
    if (rows.length === 0) return;
    if (performance.now() > until) throw new Error(`the connection of ${names.join(" or ")} does not end`);
    for (const { id } of rows) await run(`KILL CONNECTION ${Number(id)}`).catch(() => undefined);
    await pause(20);
  }
}

export async function unlock(agent: Agent, name: string): Promise<void> {
  await setLocks(agent, statements(agent), { lock: [], unlock: [name] });
  if (agent.removal?.member === name) agent.removal = undefined;
}

/** Rule 2: what the first voter must have, read after commits wait for it. */
export async function noteAdmission(agent: Agent, name: string): Promise<void> {
  const { facts } = await statements(agent).look();
  agent.admission = { member: name, position: facts.binlog_pos ?? "" };
}

/** Semi-sync as primary off: only after the set was emptied in etcd. */
export async function needNoAcks(agent: Agent): Promise<void> {
  await statements(agent).run("SET GLOBAL rpl_semi_sync_master_enabled = OFF");
  agent.admission = undefined;
}

/** `read_only=1` waits for commits that wait for their acknowledgement: after the deadline this statement alone is ended. */
export async function closeForWrites(agent: Agent, deadline: number): Promise<void> {
  shutWrites(agent);
  await statements(agent).run("SET GLOBAL read_only = ON", deadline);
}
