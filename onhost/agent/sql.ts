import { type Connection, type ConnectionOptions, createConnection } from "mysql2";

/** One row: every value as text, null for NULL. */
export type Row = Readonly<Record<string, string | null>>;

/** An open connection to this host's MariaDB; it ends with the life of the server. */
export interface Session {
  readonly connection: Connection;
  /** Its number in the process list. */
  readonly id: number;
  alive: boolean;
  /** Called when it breaks. */
  onEnd: () => void;
}

/** A statement that was not answered in time. It may still be carried out; its session is gone. */
export class TimeoutError extends Error {}

/** Opens a session as root by the socket; fails when MariaDB does not greet within `limit` ms. */
export function open(socket: string, limit: number): Promise<Session> {
  return new Promise((resolve, reject) => {
    const connection = createConnection({ ...options, socketPath: socket });
    const timer = setTimeout(() => fail(new TimeoutError(`MariaDB did not greet within ${limit} ms`)), limit);
    function fail(error: Error): void {
      clearTimeout(timer);
      connection.destroy();
      reject(error);
    }
    connection.on("error", (error: Error) => fail(error));
    connection.connect((error) => {
      if (error) return fail(error);
      clearTimeout(timer);
      const session: Session = { connection, id: connection.threadId ?? 0, alive: true, onEnd: () => undefined };
      connection.removeAllListeners("error");
      for (const event of ["error", "end"])
        connection.on(event, () => {
          if (!session.alive) return;
          session.alive = false;
          session.onEnd();
        });
      resolve(session);
    });
  });
}

const options: ConnectionOptions = {
  user: "root",
  multipleStatements: true,
  typeCast: (field) => field.string(),
  // The system user is the proof; there is nothing to say.
  authPlugins: { unix_socket: () => () => Buffer.alloc(0) },
};

/** One statement; its rows, or none. Fails after `limit` ms, and the session with it. */
export async function query(session: Session, sql: string, limit: number): Promise<readonly Row[]> {
  return rowsOf(await raw(session, sql, limit));
}

/** Several statements in one round trip; the rows of each. */
export async function queries(
  session: Session,
  sql: readonly string[],
  limit: number,
): Promise<readonly (readonly Row[])[]> {
  const results = await raw(session, sql.join(";\n"), limit);
  if (sql.length === 1) return [rowsOf(results)];
  return Array.isArray(results) ? results.map(rowsOf) : [];
}

function rowsOf(result: unknown): readonly Row[] {
  return Array.isArray(result) ? (result as Row[]) : [];
}

function raw(session: Session, sql: string, limit: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      close(session);
      reject(new TimeoutError(`MariaDB did not answer within ${limit} ms`));
    }, limit);
    session.connection.query(sql, (error, results) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve(results);
    });
  });
}

export function close(session: Session): void {
  session.alive = false;
  session.connection.destroy();
}

/** A text as SQL. */
export function text(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
