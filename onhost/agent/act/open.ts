import { accountsDiffer, applyAccounts } from "../accounts.ts";
import type { Agent } from "../agent.ts";
import { write } from "../etcd.ts";
import type { Opened } from "../etcd-text.ts";
import { stir } from "../held.ts";
import type { Action } from "../model.ts";
import { peerOf } from "../peer.ts";
import { breaches } from "../promise.ts";
import type { Looked } from "../server.ts";
import { close, open, query, type Row } from "../sql.ts";
import { endReplicas } from "./lockout.ts";
import { requireAcks, type Statements, setLocks, setServerId, statements } from "./statements.ts";

/**
 * Opens for writes, in the order of rule 10: whatever cuts it off, nobody can write who would not have to wait. Replicas may be connected already:
 * those that may not acknowledge lose their connection with their account.
 */
export async function openForWrites(agent: Agent, action: Extract<Action, { kind: "open" }>): Promise<void> {
  const on = statements(agent);
  const { run } = on;
  const before = await on.look();
  await Promise.all([
    agent.kept.remember({ led: action.term }),
    before.slave === undefined ? undefined : stopReplication(agent, on),
  ]);
  await run("SET GLOBAL rpl_semi_sync_slave_enabled = OFF");
  await setServerId(on, action.serverId);
  await firstAccounts(agent, action, before);
  const others = agent.config.members.map(({ name }) => name).filter((name) => name !== agent.config.me);
  await setLocks(agent, on, { lock: action.lock, unlock: others.filter((name) => !action.lock.includes(name)) });
  await endReplicas(on, action.lock);
  const { status } = await requireAcks(on);
  await agent.kept.noteForNow({
    opened: { start: agent.mariadb.start, term: action.term, breaches: breaches(status) },
  });
  if (before.facts.read_only === "1") await endSessions(run, [on.session.id]);
  await run("SET GLOBAL read_only = OFF");
  showOpen(agent);
  void tell(agent, action.term);
  // Nobody waits for this: a leader that has a source left is opened once more.
  if (before.slave !== undefined) await run("RESET SLAVE ALL");
  agent.mariadb.left = undefined;
}

/** Routes and the others need not wait for the next look to hear of it. */
function showOpen(agent: Agent): void {
  const { last, kept } = agent;
  if (last === undefined) return;
  const view = { ...last.view, server: { ...last.view.server, readOnly: false }, memory: kept.memory };
  agent.last = { ...last, view, peer: peerOf(view, last.decision) };
  stir();
}

/** It can hang behind the lock of a reader: then the readers are ended. */
async function stopReplication({ config }: Agent, { run, session }: Statements): Promise<void> {
  const blocked = setTimeout(async () => {
    const other = await open(config.paths.socket, 500).catch(() => undefined);
    if (other === undefined) return;
    await endSessions((sql) => query(other, sql, 1000), [session.id, other.id]).catch(() => undefined);
    close(other);
  }, 1000);
  try {
    await run("STOP SLAVE");
  } finally {
    clearTimeout(blocked);
  }
}

/**
 * Ends the sessions of clients, not of replicas, which write nothing. A session keeps the server number that it began with and would write with the old one; as the server is
 * read-only, none of them can have a commit that waits.
 */
async function endSessions(run: (sql: string) => Promise<readonly Row[]>, spared: readonly number[]): Promise<void> {
  const rows = await run(
    `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE COMMAND NOT IN ('Daemon', 'Binlog Dump') AND COMMAND NOT LIKE 'Slave%'
      AND USER NOT IN ('system user', 'event_scheduler') AND USER NOT LIKE 'replica.%' AND ID NOT IN (${spared.join(", ")})`,
  );
  for (const { id } of rows) await run(`KILL ${Number(id)}`).catch(() => undefined);
}

/**
 * Before the first write of a cluster nobody can acknowledge, for the accounts by which members connect are not there yet. They are written
 * before semi-sync is on: nobody else can write, and whoever leads later writes them again.
 */
async function firstAccounts(
  agent: Agent,
  action: Extract<Action, { kind: "open" }>,
  { status }: Looked,
): Promise<void> {
  const nobody = action.lock.length === agent.config.members.length - 1;
  if (!nobody || status.Rpl_semi_sync_master_status === "ON") return;
  if (await accountsDiffer(agent)) await applyAccounts(agent);
}

/** When this term opened, and for how long nobody was open before it: for people. */
async function tell(agent: Agent, term: number): Promise<void> {
  const { openSeen } = agent;
  const gapSeconds = openSeen === undefined ? null : Math.round(performance.now() - openSeen) / 1000;
  const opened: Opened = { at: new Date().toISOString(), gapSeconds };
  if (agent.last?.found?.opened[term] === undefined)
    await write(agent.etcd, `opened/${term}`, opened).catch(() => undefined);
}
