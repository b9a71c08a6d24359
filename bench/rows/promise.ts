import { sleep } from "../command.ts";
import { median, type Row } from "../figures.ts";
import { type BenchSite, onHost } from "../site.ts";

const rounds = 5;
/** Autocommit inserts of one row for each number of clients: some seconds of work each. */
const loads = [
  { clients: 1, inserts: 1500 },
  { clients: 16, inserts: 6000 },
] as const;
type Load = (typeof loads)[number];

interface Mode {
  readonly name: string;
  readonly semiSync: boolean;
  /** Events after which a replica syncs its relay log. */
  readonly sync: number;
  /** Whether each transaction has the text of its statement in the log, as MariaDB does by default: one event more. */
  readonly annotated: boolean;
}

const plain: Mode = { name: "asynchronous", semiSync: false, sync: 10000, annotated: false };
const modes: readonly Mode[] = [
  { name: '`promise: "no-loss"`', semiSync: true, sync: 1, annotated: false },
  { name: "the same with annotated rows (MariaDB's default)", semiSync: true, sync: 1, annotated: true },
  { name: '`promise: "no-loss-unless-all-lose-power"`', semiSync: true, sync: 10000, annotated: false },
];

interface Status {
  readonly hosts: readonly { readonly name: string; readonly role: string }[];
  readonly database: { readonly primary: string | null };
}

/** Writes a second under each promise, divided by those of the same three servers without one (asynchronous replication). */
export async function promiseRows(site: BenchSite): Promise<Row[]> {
  const { hosts, database } = JSON.parse((await site.rampart(["status", "--json"])).stdout) as Status;
  const primary = database.primary ?? "";
  const replicas = hosts.flatMap(({ name, role }) => (role === "database" && name !== primary ? [name] : []));
  const rates = new Map<string, number[]>();
  // The agents would bring back the promise that is taken away here.
  await site.rampart(["db", "pause"]);
  try {
    for (let round = 0; round < rounds; round += 1) {
      const turns = [plain, ...modes];
      // Turn about, so that none always comes first.
      for (const mode of round % 2 === 0 ? turns : turns.toReversed()) {
        await take(site, mode, primary, replicas);
        for (const load of loads) {
          const key = keyOf(mode, load);
          rates.set(key, [...(rates.get(key) ?? []), await write(site, primary, load)]);
        }
      }
    }
  } finally {
    await sql(site, primary, "DROP DATABASE IF EXISTS rampart_bench");
    await take(site, modes[0] ?? plain, primary, replicas);
    await site.rampart(["db", "resume"]);
  }
  return modes.flatMap((mode) => loads.map((load) => comparison(rates, mode, load)));
}

const keyOf = (mode: Mode, load: Load) => `${mode.name} ${load.clients}`;

async function take(site: BenchSite, mode: Mode, primary: string, replicas: readonly string[]): Promise<void> {
  for (const replica of replicas) await sql(site, replica, `SET GLOBAL sync_relay_log = ${mode.sync}`);
  const switches = `rpl_semi_sync_master_enabled = ${mode.semiSync}, GLOBAL binlog_annotate_row_events = ${mode.annotated}`;
  await sql(site, primary, `SET GLOBAL ${switches}`);
  await sleep(500);
}

/** Inserts a second. */
async function write(site: BenchSite, primary: string, { clients, inserts }: Load): Promise<number> {
  const words = [
    ...["mariadb-slap", "--no-defaults", "--socket=/run/mysqld/mysqld.sock", "--create-schema=rampart_bench", "--csv"],
    "--create='CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(100)) ENGINE=InnoDB'",
    `--query="INSERT INTO t (v) VALUES ('a line as long as those that applications write, more or less')"`,
    ...[`--concurrency=${clients}`, `--number-of-queries=${inserts}`],
  ];
  const { stdout } = await onHost(site, primary, words.join(" "));
  const seconds = Number(stdout.split(",")[1]);
  if (!(seconds > 0)) throw new Error(`mariadb-slap told no time:\n${stdout}`);
  return inserts / seconds;
}

async function sql(site: BenchSite, host: string, text: string): Promise<void> {
  await onHost(site, host, `mariadb --no-defaults -e "${text}"`);
}

function comparison(rates: ReadonlyMap<string, readonly number[]>, mode: Mode, load: Load): Row {
  const without = rates.get(keyOf(plain, load)) ?? [];
  const kept = rates.get(keyOf(mode, load)) ?? [];
  const clients = load.clients === 1 ? "1 client" : `${load.clients} clients`;
  return {
    ...{ what: `Database writes/s with ${mode.name} ÷ asynchronous; ${clients}`, unit: "×", better: "most" },
    values: kept.map((rate, round) => rate / (without[round] ?? Number.NaN)),
    ...{ reach: undefined, aim: undefined },
    notes: [
      `${rounds} rounds, turn about, same servers; mariadb-slap on the primary, ${load.inserts} inserts of one row, each a transaction.`,
      `${median(kept).toFixed(0)} writes/s against ${median(without).toFixed(0)}.`,
    ],
  };
}
