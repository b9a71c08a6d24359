import { createConnection, type Socket } from "node:net";
import {
  cutter,
  greeting,
  login,
  loginAnswer,
  type Payload,
  packet,
  type Reading,
  reading,
  statement,
} from "./wire-text.ts";

/** One row: every value as text, null for NULL. */
export type Row = Readonly<Record<string, string | null>>;

/** An open connection to this host's MariaDB; it ends with the life of the server. */
export interface Session {
  readonly socket: Socket;
  /** Its number in the process list. */
  readonly id: number;
  alive: boolean;
  /** Called when it breaks. */
  onEnd: () => void;
  /** Statements that are asked or wait for their turn, the first of them on its way. */
  readonly asked: Asked[];
}

interface Asked {
  readonly sql: string;
  readonly reading: Reading;
  readonly done: (error: Error | undefined) => void;
}

/** A statement that was not answered in time. It may still be carried out; its session is gone. */
export class TimeoutError extends Error {}

/** Opens a session as root by the socket; fails when MariaDB does not greet within `limit` ms. */
export function open(path: string, limit: number): Promise<Session> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    const timer = setTimeout(() => fail(new TimeoutError(`MariaDB did not greet within ${limit} ms`)), limit);
    const cut = cutter();
    let id: number | undefined;
    function fail(error: Error): void {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    }
    function greeted(payload: Payload): void {
      if (id === undefined) {
        id = greeting(payload).id;
        socket.write(packet(payload.sequence + 1, login("root")));
      } else if (loginAnswer(payload) === "again") socket.write(packet(payload.sequence + 1, Buffer.alloc(0)));
      else {
        clearTimeout(timer);
        socket.removeAllListeners();
        resolve(session(socket, id, cut));
      }
    }
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("MariaDB ended the connection")));
    socket.on("data", (part) =>
      trying(() => {
        for (const payload of cut(part)) greeted(payload);
      }, fail),
    );
  });
}

function session(socket: Socket, id: number, cut: (part: Buffer) => readonly Payload[]): Session {
  const one: Session = { socket, id, alive: true, onEnd: () => undefined, asked: [] };
  socket.on("data", (part) =>
    trying(
      () => {
        for (const payload of cut(part)) answered(one, payload);
      },
      (error) => broken(one, error),
    ),
  );
  socket.on("error", (error) => broken(one, error));
  socket.on("close", () => broken(one, new Error("MariaDB ended the connection")));
  return one;
}

/** One statement; its rows, or none. Fails after `limit` ms, and the session with it. */
export async function query(session: Session, sql: string, limit: number): Promise<readonly Row[]> {
  return (await queries(session, [sql], limit))[0] ?? [];
}

/** Several statements in one round trip; the rows of each. When one fails, those after it are not carried out. */
export function queries(session: Session, sql: readonly string[], limit: number): Promise<readonly (readonly Row[])[]> {
  return new Promise((resolve, reject) => {
    const answer = reading();
    const timer = setTimeout(() => {
      session.onEnd = () => undefined;
      broken(session, new TimeoutError(`MariaDB did not answer within ${limit} ms`));
    }, limit);
    const done = (error: Error | undefined) => {
      clearTimeout(timer);
      if (error === undefined) resolve(answer.results);
      else reject(error);
    };
    if (!session.alive) return done(new Error("MariaDB ended the connection"));
    session.asked.push({ sql: sql.join(";\n"), reading: answer, done });
    if (session.asked.length === 1) askNext(session);
  });
}

/** Ends it; nobody is told that it broke. */
export function close(session: Session): void {
  session.onEnd = () => undefined;
  broken(session, new Error("the session was closed"));
}

/** A text as SQL. */
export function text(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

function askNext({ socket, asked: [first] }: Session): void {
  if (first !== undefined) socket.write(packet(0, statement(first.sql)));
}

/** An error of one statement is an answer; anything that is not understood is the end. */
function answered(session: Session, payload: Payload): void {
  const [first] = session.asked;
  if (first === undefined) throw new Error("MariaDB said something that nobody asked for");
  const over = first.reading.take(payload);
  if (over === false) return;
  session.asked.shift();
  first.done(over === true ? undefined : over);
  askNext(session);
}

/** Nothing more comes of it: whoever waits for an answer gets none. */
function broken(session: Session, error: Error): void {
  session.socket.destroy();
  if (!session.alive) return;
  session.alive = false;
  for (const { done } of session.asked.splice(0)) done(error);
  session.onEnd();
}

function trying(work: () => void, fail: (error: Error) => void): void {
  try {
    work();
  } catch (error) {
    fail(error instanceof Error ? error : new Error(String(error)));
  }
}
