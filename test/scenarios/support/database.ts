import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import type { DatabaseStatus } from "../../../src/contract/database.ts";
import { onHost, type RampartOptions } from "./rampart.ts";
import { scratch } from "./site.ts";
import { eventually } from "./time.ts";

// Writers and readers on an app host, and the checker that reads everything back.

export const members = ["db1", "db2", "db3"];
const seat = "shop1";
const folder = "/run/rampart-drill";

interface Written {
  readonly kind: "acknowledged" | "failed";
  readonly writer: number;
  readonly number: number;
  readonly member: string;
  /** Milliseconds since 1970, by the app host's clock. */
  readonly start: number;
  readonly end: number;
  readonly code?: string;
}

interface ReadOnce {
  readonly kind: "read";
  readonly member: string;
  readonly start: number;
  readonly staleMs: number;
}

/** What the writers and readers saw. */
export interface Load {
  readonly acknowledged: readonly Written[];
  readonly failed: readonly Written[];
  readonly reads: readonly ReadOnce[];
}

/** Starts writers and readers; resolves when the table stands and they have begun. */
export async function startLoad(
  options: { writers?: number; readers?: number; everyMs?: number } = {},
  at: RampartOptions = {},
): Promise<void> {
  const drill = JSON.stringify({ writers: 4, readers: 2, everyMs: 15, ...options });
  const program = programText();
  await onHost(
    seat,
    `systemctl stop rampart-drill 2> /dev/null || true; rm -rf ${folder}; mkdir -p ${folder}
ln -s /srv/shop/current/node_modules ${folder}/node_modules
cat > ${folder}/program.mjs <<'PROGRAM'
${program}
PROGRAM
systemd-run --quiet --collect --unit=rampart-drill --property=EnvironmentFile=/etc/rampart/app/shop.env \
  --setenv=DRILL='${drill}' --property=StandardOutput=file:${folder}/said --property=StandardError=file:${folder}/complaint \
  node ${folder}/program.mjs`,
    at,
  );
  await eventually(
    30,
    async () => void (await onHost(seat, `grep -q ready ${folder}/said || { cat ${folder}/complaint; exit 1; }`, at)),
  );
}

export async function stopLoad(at: RampartOptions = {}): Promise<Load> {
  await onHost(seat, "systemctl stop rampart-drill 2> /dev/null || true", at);
  const said = (await onHost(seat, `cat ${folder}/said`, at)).split("\n").filter((line) => line.startsWith("{"));
  const lines = said.flatMap((line) => {
    try {
      return [JSON.parse(line) as Written | ReadOnce];
    } catch {
      return []; // The last one may be cut off.
    }
  });
  return {
    acknowledged: lines.flatMap((one) => (one.kind === "acknowledged" ? [one] : [])),
    failed: lines.flatMap((one) => (one.kind === "failed" ? [one] : [])),
    reads: lines.flatMap((one) => (one.kind === "read" ? [one] : [])),
  };
}

/** The longest time, in seconds, in which no write was acknowledged; up to the last read, should writes not have come back. */
export function writeGap({ acknowledged, reads }: Load): number {
  const last = Math.max(0, ...reads.map((one) => one.start));
  const ends = [...acknowledged.map((one) => one.end), last].toSorted((one, other) => one - other);
  return Math.max(0, ...ends.slice(1).map((end, at) => end - (ends[at] ?? end))) / 1000;
}

/** What no drill may show: each list must be empty. */
export interface Verdict {
  /** Acknowledged, and missing on a member. */
  readonly lost: readonly string[];
  /** On a member more than once. */
  readonly twice: readonly string[];
  /** Members that do not hold the same rows as the first. */
  readonly different: readonly string[];
}

/** Reads everything back, on every member. They must have caught up: see `databaseIsWell`. */
export async function verdictOn(
  load: Load,
  on: readonly string[] = members,
  at: RampartOptions = {},
): Promise<Verdict> {
  const held = await Promise.all(on.map(async (member) => ({ member, rows: await rowsOn(member, at) })));
  const wanted = load.acknowledged.map(nameOf);
  const digest = (rows: ReadonlyMap<string, number>) => [...rows.keys()].toSorted().join(" ");
  const [first] = held;
  return {
    lost: held.flatMap(({ member, rows }) =>
      wanted.filter((row) => !rows.has(row)).map((row) => `${row} on ${member}`),
    ),
    twice: held.flatMap(({ member, rows }) =>
      [...rows].filter(([, count]) => count > 1).map(([row]) => `${row} on ${member}`),
    ),
    different: held
      .filter(({ rows }) => first !== undefined && digest(rows) !== digest(first.rows))
      .map(({ member }) => member),
  };
}

export const nothingWrong: Verdict = { lost: [], twice: [], different: [] };

async function rowsOn(member: string, at: RampartOptions): Promise<ReadonlyMap<string, number>> {
  const sql = "SELECT CONCAT(writer, '/', number), COUNT(*) FROM shop.drill_row GROUP BY writer, number";
  const text = await onHost(member, `mariadb --batch --skip-column-names -e "${sql}"`, at);
  const lines = text.split("\n").filter((line) => line.includes("\t"));
  return new Map(lines.map((line) => [line.split("\t")[0] ?? "", Number(line.split("\t")[1])]));
}

/**
 * Who acknowledged, one after another. A member that was followed acknowledges nothing any more, so by the time at which writes
 * began there are never more turns than there were changes of primary.
 */
export function turns({ acknowledged }: Load): readonly string[] {
  const inOrder = acknowledged.toSorted((one, other) => one.start - other.start).map((one) => one.member);
  return inOrder.filter((member, at) => member !== inOrder[at - 1]);
}

function nameOf({ writer, number }: Written): string {
  return `${writer}/${number}`;
}

export async function databaseStatus(member: string): Promise<DatabaseStatus> {
  return JSON.parse(await onHost(member, "/usr/local/lib/rampart/database-status")) as DatabaseStatus;
}

/** The member that leads and is open, as the members say that answer; waits a little, as etcd may be without a leader for a second. */
export async function primary(of: readonly string[] = members): Promise<string> {
  let found = "";
  await eventually(15, async () => {
    const asked = await Promise.allSettled(of.map(databaseStatus));
    const answers = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const open = answers.find((one) => one.standing === "primary" && one.readOnly === false);
    if (open === undefined) throw new Error(`nobody is open: ${JSON.stringify(answers)}`);
    found = open.host;
  });
  return found;
}

/** One leads, the promise holds, two voters, and every other member follows within a second. Resolves with the seconds that it took. */
export async function databaseIsWell(withinSeconds: number, of: readonly string[] = members): Promise<number> {
  return await eventually(withinSeconds, async () => {
    const all = await Promise.all(of.map(databaseStatus));
    const lead = all.find((one) => one.standing === "primary" && one.readOnly === false);
    const voters = lead?.cluster?.voters ?? [];
    const follow = all.filter((one) => one.standing === "replica" && one.sqlRunning === "Yes" && one.lagSeconds === 0);
    if (lead?.promise.holds !== true || voters.length !== 2 || follow.length !== of.length - 1)
      throw new Error(`the database is not whole: ${JSON.stringify(all)}`);
  });
}

/** One line for the reader. */
export function loadInWords(load: Load): string {
  const codes = [...new Set(load.failed.map((one) => one.code))].join(", ");
  const stale = Math.max(0, ...load.reads.map((one) => one.staleMs));
  return `${load.acknowledged.length} writes acknowledged, ${load.failed.length} failed${codes ? ` (${codes})` : ""}, longest gap ${writeGap(load).toFixed(2)} s, oldest read ${(stale / 1000).toFixed(2)} s behind`;
}

function programText(): string {
  const outfile = join(scratch, "db-program.mjs");
  const entry = join(import.meta.dirname, "db-program.ts");
  buildSync({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" },
    external: ["mysql2/promise"],
  });
  return readFileSync(outfile, "utf8");
}
