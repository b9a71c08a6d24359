import { readFileSync, writeSync } from "node:fs";
// Found beside the shop's release, whose driver and account it uses: it is an application like any other.
import mysql from "mysql2/promise";

// Runs on an app host. Writers put a row every few milliseconds, each row once and never again, and note what was
// acknowledged, by whom and when; readers note how old what they see is. A line of JSON each, on standard output.

const { writers, readers, everyMs } = JSON.parse(process.env.DRILL ?? "{}") as {
  writers: number;
  readers: number;
  everyMs: number;
};
const env = (name: string) => process.env[name] ?? "";
/** When each row of a writer was acknowledged, by its number. */
const acknowledged: Map<number, number>[] = [];
/** Longer than any wait that the drills allow: what takes longer counts as failed, and as "maybe". */
const patience = 30_000;

const setUp = await connect(Number(env("DATABASE_PORT")));
await setUp.query("DROP TABLE IF EXISTS drill_row");
// No unique key on (writer, number): a row that came twice must be seen.
await setUp.query(
  "CREATE TABLE drill_row (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, writer INT NOT NULL, number INT NOT NULL, KEY (writer, number))",
);
setUp.destroy();
say({ kind: "ready" });
for (let writer = 0; writer < writers; writer += 1) void write(writer);
for (let reader = 0; reader < readers; reader += 1) void read();

async function write(writer: number): Promise<void> {
  const mine = new Map<number, number>();
  acknowledged[writer] = mine;
  let number = 0;
  await forEver(Number(env("DATABASE_PORT")), everyMs, async (connection, member) => {
    number += 1;
    const start = Date.now();
    try {
      const values = [writer, number];
      await connection.query({
        sql: "INSERT INTO drill_row (writer, number) VALUES (?, ?)",
        values,
        timeout: patience,
      });
    } catch (error) {
      say({ kind: "failed", writer, number, member, start, end: Date.now(), code: codeOf(error) });
      throw error;
    }
    const end = Date.now();
    mine.set(number, end);
    say({ kind: "acknowledged", writer, number, member, start, end });
  });
}

/** How far behind a read is: the age of the oldest acknowledgement that it does not see. */
async function read(): Promise<void> {
  await forEver(Number(env("DATABASE_READ_PORT")), 50, async (connection, member) => {
    const start = Date.now();
    const sql = "SELECT writer, MAX(number) AS seen FROM drill_row GROUP BY writer";
    const [rows] = await connection.query<mysql.RowDataPacket[]>({ sql, timeout: 5000 });
    const seen = new Map(rows.map((row) => [row.writer as number, row.seen as number]));
    const ages = acknowledged.map((mine, writer) => {
      const missed = mine.get((seen.get(writer) ?? 0) + 1);
      return missed === undefined ? 0 : Math.max(0, start - missed);
    });
    say({ kind: "read", member, start, staleMs: Math.max(0, ...ages) });
  });
}

type Work = (connection: mysql.Connection, member: string) => Promise<void>;

/** One thing after another, on one connection; on a new one after every error. */
async function forEver(port: number, pauseMs: number, work: Work): Promise<void> {
  for (;;) {
    let connection: mysql.Connection | undefined;
    try {
      connection = await connect(port);
      const [[row]] = await connection.query<mysql.RowDataPacket[]>("SELECT @@hostname AS member");
      for (;;) {
        await work(connection, String(row?.member));
        await pause(pauseMs);
      }
    } catch {
      connection?.destroy();
      await pause(20);
    }
  }
}

async function connect(port: number): Promise<mysql.Connection> {
  const file = (name: string) => readFileSync(env(name));
  const connection = await mysql.createConnection({
    ...{ host: env("DATABASE_HOST"), port, database: env("DATABASE_NAME"), connectTimeout: 2000 },
    ...{ user: env("DATABASE_USER"), password: env("DATABASE_PASSWORD") },
    ssl: { ca: file("DATABASE_CA"), cert: file("DATABASE_CERT"), key: file("DATABASE_KEY"), verifyIdentity: true },
  });
  // What breaks between two statements is told by the next one.
  connection.on("error", () => {});
  return connection;
}

function codeOf(error: unknown): string {
  return error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function say(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
