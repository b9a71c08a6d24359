import { replicationAccount } from "../../../src/contract/database.ts";
import type { Agent } from "../agent.ts";
import type { Config } from "../config.ts";
import { type Looked, looked, needsAck, questions, unlimited } from "../server.ts";
import { close, open, queries, query, type Row, type Session, TimeoutError, text } from "../sql.ts";

/** Statements of one action, all in one session and so in one life of the server: when it dies, the rest fails. */
export interface Statements {
  readonly session: Session;
  readonly run: (sql: string, limit?: number) => Promise<readonly Row[]>;
  readonly look: () => Promise<Looked>;
}

/** Time limit of a statement, ms. */
const usual = 3000;

/** Fails when MariaDB does not answer now. */
export function statements(agent: Agent): Statements {
  const { session } = agent.mariadb;
  if (session?.alive !== true) throw new Error("MariaDB does not answer");
  return {
    session,
    run: async (sql, limit = usual) => {
      try {
        return await query(session, sql, limit);
      } catch (error) {
        if (error instanceof TimeoutError) await end(agent, session.id);
        throw error;
      }
    },
    look: async () => looked(await queries(session, questions, usual)),
  };
}

/** Ends a statement of ours that takes too long; nothing else is ever killed while it may wait for an acknowledgement. */
async function end(agent: Agent, id: number): Promise<void> {
  try {
    const other = await open(agent.config.paths.socket, 500);
    await query(other, `KILL ${id}`, 500).catch(() => undefined);
    close(other);
  } catch {
    // It does not answer at all; the next look says so.
  }
}

/** Semi-sync as primary on, with values that cannot turn it off, and seen so (rule 6). */
export async function requireAcks({ run, look }: Statements): Promise<Looked> {
  await run(`SET GLOBAL rpl_semi_sync_master_timeout = ${unlimited}, GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC,
    GLOBAL rpl_semi_sync_master_wait_no_slave = ON, GLOBAL rpl_semi_sync_master_enabled = ON`);
  const seen = await look();
  if (!needsAck(seen)) throw new Error("semi-sync does not read back as it was set");
  return seen;
}

/** Locks the replication accounts of `lock` and unlocks those of `unlock`, here only: not in the binlog, so that it waits for nobody (rule 3). */
export async function setLocks(
  { config, kept }: Agent,
  { session, run }: Statements,
  { lock, unlock }: { readonly lock: readonly string[]; readonly unlock: readonly string[] },
): Promise<void> {
  const rest = kept.notes.locked.filter((one) => !unlock.includes(one));
  if (rest.length < kept.notes.locked.length) await kept.note({ locked: rest });
  const shut = (await Promise.all(lock.map((name) => accountsOf(config, run, name)))).flat();
  const opened = (await Promise.all(unlock.map((name) => accountsOf(config, run, name)))).flat();
  await run("SET SESSION sql_log_bin = 0");
  try {
    for (const account of shut) await run(`ALTER USER IF EXISTS ${account} ACCOUNT LOCK`);
    for (const account of opened) await run(`ALTER USER IF EXISTS ${account} ACCOUNT UNLOCK`);
    await run("SET SESSION sql_log_bin = 1");
  } catch (error) {
    // Whatever it would write from now on nobody would replicate.
    close(session);
    throw error;
  }
  const locked = [...new Set([...rest, ...lock])];
  if (locked.length > rest.length) await kept.note({ locked });
}

/**
 * The account by which a member replicates, quoted. Of one that the site has no more nobody knows the address: MariaDB is asked, which may hang while a
 * commit waits, but then no voter is removed either.
 */
async function accountsOf(config: Config, run: Statements["run"], name: string): Promise<readonly string[]> {
  const user = text(replicationAccount(name));
  const known = config.members.find((one) => one.name === name);
  if (known !== undefined) return [`${user}@${text(known.address)}`];
  const rows = await run(`SELECT Host AS host FROM mysql.user WHERE User = ${user}`);
  return rows.map(({ host }) => `${user}@${text(host ?? "")}`);
}

/** A number for this server, and for this session too: it is a value of each session. */
export async function setServerId({ run }: Statements, serverId: number): Promise<void> {
  if (serverId <= 0) throw new Error("this member has no server number");
  await run(`SET GLOBAL server_id = ${serverId}, SESSION server_id = ${serverId}`);
}
