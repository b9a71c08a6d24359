import type { Answer, Name, Rig, Sight, Threads } from "../../../onhost/agent/simulation/rig.ts";
import { shellQuote } from "../../../src/base/text.ts";
import { rolePackages } from "../../../src/cli/lab-packages.ts";
import { optionFile } from "../../../src/formats/mariadb.ts";
import { ensureImage, ensureTools, type LabSpec, labDown, labUp } from "../../../src/lab/lab.ts";
import { sleep } from "../../../src/lab/process.ts";
import { behaviour } from "../../../src/roles/database/options.ts";
import { shopSite } from "../../fixture.ts";
import { ssh, trySsh } from "./lab-ssh.ts";
import { eventually } from "./time.ts";

// Three MariaDB servers with a member's options and nobody who cares for them, on one host of a lab of their own.

const lab: LabSpec = {
  ...{ name: "t-mariadb", publish: [], names: [], packages: rolePackages },
  hosts: [{ name: "m1", inside: "10.77.1.1" }],
};
const address = "10.77.1.1";
const servers: readonly Name[] = ["a", "b", "c"];
const quiet = () => {};
const portOf = (name: Name) => 3401 + servers.indexOf(name);
const client = (name: Name, user = "root") =>
  `mariadb --no-defaults --socket=/srv/live/${name}/server.sock --user=${user}`;

/** What a shell script prints on that host. */
export async function there(script: string): Promise<string> {
  return await ssh(lab, address, script);
}

/** Statements on a server; rows as lines, columns by tabs. Throws MariaDB's error, and after `seconds`. */
export async function sql(name: Name, text: string, seconds = 20, user = "root"): Promise<string> {
  return await ssh(lab, address, statement(name, text, seconds, user), (seconds + 10) * 1000);
}

/** The same by a client that waits: what it says when it has ended, and whether it has. */
export function later(name: Name, text: string): { readonly ended: () => { code: number; said: string } | undefined } {
  let end: { code: number; said: string } | undefined;
  void trySsh(lab, address, statement(name, text, 120), 130_000).then(({ exitCode, stdout, stderr }) => {
    end = { code: exitCode, said: stdout + stderr };
  });
  return { ended: () => end };
}

function statement(name: Name, text: string, seconds: number, user = "root"): string {
  return `timeout ${seconds} ${client(name, user)} --batch --skip-column-names -e ${shellQuote(text)}`;
}

/** Installs the servers, lets b and c follow a, and keeps that as what every rig begins with. */
export async function serversStand(): Promise<void> {
  await ensureTools(quiet);
  await ensureImage(rolePackages, quiet);
  await labDown(lab.name, quiet);
  await labUp(lab, quiet);
  const { database } = shopSite;
  if (database === undefined) throw new Error("the shop has a database");
  for (const name of servers) {
    const folder = `/srv/live/${name}`;
    const lines = [
      ...[["server_id", servers.indexOf(name) + 1] as const, ["datadir", `${folder}/data`] as const],
      ...[["socket", `${folder}/server.sock`] as const, ["pid_file", `${folder}/server.pid`] as const],
      ...[
        ["port", portOf(name)] as const,
        ["bind_address", "127.0.0.1"] as const,
        ["skip_name_resolve", "ON"] as const,
      ],
      ["log_error", `${folder}/error.log`] as const,
      ...behaviour({ ...database, bufferPoolMiB: 32 }),
      ["innodb_log_file_size", "8M"] as const,
    ];
    const options = optionFile([{ name: "mariadbd", lines }], "A member without an agent.");
    await there(`mkdir -p ${folder} && printf %s ${shellQuote(options)} > ${folder}/my.cnf`);
  }
  await there(
    `systemctl stop mariadb 2> /dev/null || true
     mariadb-install-db --no-defaults --user=mysql --datadir=/srv/live/a/data --skip-test-db > /dev/null
     for name in b c; do cp -a /srv/live/a/data /srv/live/$name/; done; chown -R mysql:mysql /srv/live`,
  );
  for (const name of servers) await begin(name, "plain");
  const accounts = servers.map(
    (name) => `CREATE USER ${name}@127.0.0.1; GRANT REPLICATION SLAVE ON *.* TO ${name}@127.0.0.1`,
  );
  const tables = "CREATE DATABASE t; CREATE TABLE t.w (id INT AUTO_INCREMENT PRIMARY KEY)";
  await sql("a", `SET GLOBAL read_only = 0; ${accounts.join("; ")}; ${tables}`);
  for (const name of ["b", "c"] as const) await sql(name, `${follow(name, "a")}; START SLAVE`);
  await caughtUp();
  for (const name of servers) await there(`systemctl stop ${unit(name)}`);
  await there("cp -a /srv/live /srv/template");
}

export async function serversAreGone(): Promise<void> {
  await labDown(lab.name, quiet);
}

/** The three as they stood first: a open, b and c following. */
export async function freshRig(): Promise<Rig> {
  for (const name of servers) await kill(name);
  await there("rm -rf /srv/live && cp -a /srv/template /srv/live");
  await Promise.all(servers.map((name) => begin(name, "plain")));
  await sql("a", "SET GLOBAL read_only = 0");
  for (const name of ["b", "c"] as const) await sql(name, "START SLAVE");
  const base = await caughtUp();
  let made = 0;
  return {
    settle: async () => await sleep(300),
    write: async (on, what = "row") => {
      made += 1;
      const text = what === "row" ? "INSERT INTO t.w VALUES (NULL)" : `CREATE TABLE t.made${made} (id INT PRIMARY KEY)`;
      const { ended } = later(on, text);
      return async (): Promise<Answer> => {
        const end = ended();
        if (end === undefined) return "waiting";
        return end.code === 0 ? "ok" : "failed";
      };
    },
    look: async (member) => await look(member, base),
    requireAcks: async (member) => void (await sql(member, "SET GLOBAL rpl_semi_sync_master_enabled = 1")),
    acknowledge: async (member, on) =>
      void (await sql(member, `SET GLOBAL rpl_semi_sync_slave_enabled = ${on ? 1 : 0}`)),
    stop: async (member, threads) => void (await sql(member, `STOP SLAVE ${words[threads]}`)),
    start: async (member, threads) => void (await sql(member, `START SLAVE ${words[threads]}`)),
    changeMaster: async (member, source) => {
      const never = (await sql(member, "SHOW SLAVE STATUS")) === "";
      if (never) await sql(member, "SET GLOBAL gtid_slave_pos = @@gtid_binlog_pos");
      await sql(member, follow(member, source));
    },
    open: async (member) => void (await sql(member, "STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = 0")),
    setServerId: async (member, id) => void (await sql(member, `SET GLOBAL server_id = ${id}`)),
    ...{ kill, begin },
    freeze: async (member) => void (await there(`systemctl kill --signal=STOP ${unit(member)}`)),
    thaw: async (member) => void (await there(`systemctl kill --signal=CONT ${unit(member)}`)),
  };
}

const words: Readonly<Record<Threads, string>> = { io: "IO_THREAD", sql: "SQL_THREAD", both: "" };

function follow(name: Name, source: Name): string {
  return `CHANGE MASTER TO master_host='127.0.0.1', master_port=${portOf(source)}, master_user='${name}', master_password='',
    master_use_gtid=slave_pos, master_connect_retry=1, master_ssl=0, master_ssl_verify_server_cert=0`;
}

function unit(name: Name): string {
  return `server-${name}.service`;
}

async function kill(name: Name): Promise<void> {
  await there(
    `systemctl kill --signal=KILL ${unit(name)} 2> /dev/null || true
     while systemctl is-active --quiet ${unit(name)}; do sleep 0.05; done
     systemctl reset-failed ${unit(name)} 2> /dev/null || true`,
  );
}

/** Returns when it answers, or has ended. */
async function begin(name: Name, how: "plain" | "truncate"): Promise<void> {
  const role = how === "truncate" ? "--init-rpl-role=SLAVE" : "";
  await there(
    `systemd-run --quiet --collect --unit=${unit(name)} --uid=mysql mariadbd --defaults-file=/srv/live/${name}/my.cnf ${role}
     for try in $(seq 300); do
       ${client(name)} -e 'SELECT 1' > /dev/null 2>&1 && exit 0
       systemctl is-active --quiet ${unit(name)} || exit 0
       sleep 0.1
     done; tail -n 5 /srv/live/${name}/error.log; exit 1`,
  );
}

/** The last sequence number, which all have. */
async function caughtUp(): Promise<number> {
  let last = 0;
  await eventually(30, async () => {
    const positions = await Promise.all(servers.map((name) => sql(name, "SELECT @@gtid_binlog_pos")));
    const receiving = await Promise.all((["b", "c"] as const).map((name) => vertical(name, "SHOW SLAVE STATUS")));
    if (new Set(positions).size !== 1 || receiving.some((one) => one.Slave_IO_Running !== "Yes"))
      throw new Error(`not together: ${positions.join(" ")}`);
    last = sequence(positions[0] ?? "");
  });
  return last;
}

async function look(name: Name, base: number): Promise<Sight> {
  const down: Sight = {
    ...{
      runs: false,
      logged: 0,
      unapplied: 0,
      rows: 0,
      acking: false,
      receiving: "no",
      told: undefined,
      connected: [],
    },
  };
  if ((await there(`systemctl is-active ${unit(name)} || true`)) !== "active") return down;
  const seen = await vertical(
    name,
    `SELECT @@gtid_binlog_pos AS position, (SELECT COUNT(*) FROM t.w) AS count_of_rows,
       (SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'RPL_SEMI_SYNC_SLAVE_STATUS') AS acking,
       (SELECT GROUP_CONCAT(USER) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Binlog Dump') AS dumps; SHOW SLAVE STATUS`,
  );
  const applied = sequence(seen.position ?? "");
  const relay = await there(
    `cd /srv/live/${name}/data; for file in $(cat relay.index 2> /dev/null); do mariadb-binlog --no-defaults "$file"; done |
       grep -oE 'GTID 1-[0-9]+-[0-9]+' | sort -u || true`,
  );
  const told = seen.Gtid_IO_Pos ?? "";
  return {
    ...{ runs: true, logged: applied - base, rows: Number(seen.count_of_rows), acking: seen.acking === "ON" },
    unapplied: relay.split("\n").filter((line) => sequence(line) > applied).length,
    receiving: receivingOf(seen),
    told: told === "" ? undefined : sequence(told) - base,
    connected: servers.filter((one) => (seen.dumps ?? "").split(",").includes(one)),
  };
}

function receivingOf({ Slave_IO_Running: io, Last_IO_Errno: error }: Record<string, string>): Sight["receiving"] {
  if (io === "Yes") return "yes";
  if (error === "1236") return "refused";
  return io === "Connecting" || io === "Preparing" ? "connecting" : "no";
}

/** Columns by name, as `--vertical` prints them. */
async function vertical(name: Name, text: string): Promise<Record<string, string>> {
  const said = await there(`timeout 20 ${client(name)} --vertical -e ${shellQuote(text)}`);
  return Object.fromEntries(
    said.split("\n").flatMap((line) => {
      const [, key, value] = /^\s*(\w+): (.*)$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, value ?? ""] as const];
    }),
  );
}

function sequence(gtid: string): number {
  return Number(/(\d+)$/.exec(gtid)?.[1] ?? 0);
}
