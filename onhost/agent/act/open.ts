import { accountsToApply, applyAccounts } from "../accounts.ts";
import type { Agent } from "../agent.ts";
import { write } from "../etcd.ts";
import type { Opened } from "../etcd-text.ts";
import type { Action } from "../model.ts";
import { breaches } from "../promise.ts";
import { requireAcks, type Statements, setLock, setServerId, statements } from "./statements.ts";

/** Opens for writes, in the order of rule 10: whatever cuts it off, nobody can write who would not have to wait. */
export async function openForWrites(agent: Agent, action: Extract<Action, { kind: "open" }>): Promise<void> {
  const on = statements(agent);
  const { run, look } = on;
  const { facts } = await look();
  await agent.kept.remember({ led: action.term });
  await stopReplication(on);
  await run("SET GLOBAL rpl_semi_sync_slave_enabled = OFF");
  const closed = facts.read_only === "1";
  await setServerId(on, action.serverId);
  if (closed && Number(facts.server_id) !== action.serverId) await endSessions(on);
  await firstAccounts(agent, on, action);
  for (const { name } of agent.config.members) {
    if (name !== agent.config.me) await setLock(agent, on, name, action.lock.includes(name));
  }
  await requireAcks(on);
  await agent.kept.note({
    opened: { start: agent.mariadb.start, term: action.term, breaches: breaches((await look()).status) },
  });
  await run("RESET SLAVE ALL");
  await run("SET GLOBAL read_only = OFF");
  agent.mariadb.left = undefined;
  await tell(agent, action.term);
}

/** It can hang behind the lock of a reader: then the readers are ended, and it is tried once more. */
async function stopReplication(on: Statements): Promise<void> {
  const { slave } = await on.look();
  if (slave?.Slave_SQL_Running === "Yes") {
    const blocked = setTimeout(() => void endReaders(on).catch(() => undefined), 1000);
    try {
      await on.run("STOP SLAVE");
    } finally {
      clearTimeout(blocked);
    }
  } else if (slave !== undefined) await on.run("STOP SLAVE");
}

async function endReaders(on: Statements): Promise<void> {
  await endSessions(on);
}

/**
 * Ends the sessions of clients. A session keeps the server number that it began with and would write with the old one; as the server is
 * read-only, none of them can have a commit that waits.
 */
async function endSessions({ run, session }: Statements): Promise<void> {
  const rows = await run(
    `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE COMMAND IN ('Sleep', 'Query', 'Execute', 'Prepare', 'Fetch')
      AND USER NOT IN ('system user', 'event_scheduler') AND ID <> ${session.id}`,
  );
  for (const { id } of rows) await run(`KILL ${Number(id)}`).catch(() => undefined);
}

/**
 * Before the first write of a cluster nobody can acknowledge, for the accounts by which members connect are not there yet. They are written
 * before semi-sync is on: nobody else can write, and whoever leads later writes them again.
 */
async function firstAccounts(agent: Agent, on: Statements, action: Extract<Action, { kind: "open" }>): Promise<void> {
  const { status } = await on.look();
  const nobody = action.lock.length === agent.config.members.length - 1;
  if (!nobody || status.Rpl_semi_sync_master_status === "ON") return;
  if (await accountsToApply(agent, on.session)) await applyAccounts(agent);
}

/** When this term opened, and for how long nobody was open before it: for people. */
async function tell(agent: Agent, term: number): Promise<void> {
  const { openSeen } = agent;
  const gapSeconds = openSeen === undefined ? null : Math.round(performance.now() - openSeen) / 1000;
  const opened: Opened = { at: new Date().toISOString(), gapSeconds };
  if (agent.last?.found?.opened[term] === undefined)
    await write(agent.etcd, `opened/${term}`, opened).catch(() => undefined);
}
