import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "./paths.ts";
import { statusProgram } from "./status.ts";

// The program as it is, with a client that answers what we say.
const folder = mkdtempSync(join(tmpdir(), "rampart-status-"));

beforeAll(() => {
  const program = statusProgram("test").replaceAll(paths.settings, `${folder}/env`).replaceAll(paths.state, folder);
  writeFileSync(`${folder}/status`, program);
  writeFileSync(`${folder}/mariadb`, `#!/bin/sh\ncat ${folder}/answer\nexit $(cat ${folder}/code)\n`);
  chmodSync(`${folder}/mariadb`, 0o755);
});

afterAll(() => rmSync(folder, { recursive: true }));

function asked(standing: "primary" | "replica", answer: string, code = 0) {
  const voter = standing === "replica" ? 1 : 0;
  writeFileSync(`${folder}/env`, `HOST=db1\nSTANDING=${standing}\nVOTERS=2\nVOTER=${voter}\n`);
  writeFileSync(`${folder}/standing`, `${standing}\n`);
  writeFileSync(`${folder}/answer`, answer);
  writeFileSync(`${folder}/code`, String(code));
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH ?? ""}` };
  const check = spawnSync("sh", [`${folder}/status`, "check"], { env, encoding: "utf8" });
  const line = execFileSync("sh", [`${folder}/status`], { env, encoding: "utf8" });
  return { status: JSON.parse(line), reason: check.stdout.trim(), well: check.status === 0 };
}

function variables(readOnly: string, gtid: string): string {
  const row = "*************************** 1. row ***************************";
  return `${row}\nCONCAT('read_only: ', @@read_only): read_only: ${readOnly}\nCONCAT('gtid: ', @@gtid_binlog_pos): gtid: ${gtid}\n`;
}

function counter(name: string, value: string): string {
  return `Variable_name: ${name}\n        Value: ${value}\n`;
}

const primary =
  variables("OFF", "1-1-27") +
  counter("Rpl_semi_sync_master_clients", "2") +
  counter("Rpl_semi_sync_master_no_tx", "0") +
  counter("Rpl_semi_sync_master_status", "ON");

function replica(io: string, error: string, lag: string): string {
  return (
    variables("ON", "1-1-27") +
    counter("Rpl_semi_sync_slave_status", "ON") +
    `  Slave_IO_Running: ${io}\n  Slave_SQL_Running: Yes\n  Seconds_Behind_Master: ${lag}\n  Last_IO_Error: ${error}\n  Last_SQL_Error: \n`
  );
}

test("a primary that is well", () => {
  const { status, well } = asked("primary", primary);
  expect(well).toBe(true);
  expect(status).toEqual({
    ...{ host: "db1", standing: "primary", readOnly: false, semiSync: true, clients: 2, unacknowledged: 0 },
    ...{ voter: false, lagSeconds: 0, ioRunning: null, sqlRunning: null, error: "", gtid: "1-1-27" },
  });
});

test("a primary whose writes nobody acknowledges is not well", () => {
  const { reason } = asked("primary", primary.replace("Value: 2", "Value: 0"));
  expect(reason).toBe("no replica acknowledges the writes of db1");
});

test("a replica tells why it does not follow, whatever characters the reason has", () => {
  const { status, reason } = asked("replica", replica("Connecting", 'no "way" to \\db1', "NULL"));
  expect(reason).toBe('replication on db1 does not run: no "way" to \\db1');
  expect(status).toMatchObject({
    ioRunning: "Connecting",
    lagSeconds: null,
    error: 'no "way" to \\db1',
    semiSync: true,
  });
});

test("a replica that is far behind is not well", () => {
  expect(asked("replica", replica("Yes", "", "4")).well).toBe(true);
  expect(asked("replica", replica("Yes", "", "40")).reason).toBe("db1 is 40 s behind the primary");
});

test("a server that is down is unknown, not healthy", () => {
  const { status, reason } = asked("primary", "ERROR 2002 (HY000): Can't connect\n", 1);
  expect(reason).toBe("MariaDB does not answer: ERROR 2002 (HY000): Can't connect");
  expect(status).toMatchObject({ readOnly: null, semiSync: null, clients: null, lagSeconds: null, gtid: null });
});
