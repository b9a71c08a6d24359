import { expect, test } from "vitest";
import { type Known, looked, needsAck, serverOf, unlimited } from "./server.ts";
import type { Row } from "./sql.ts";

const facts: Row = {
  server_id: "5",
  read_only: "1",
  binlog_pos: "1-4-20",
  slave_pos: "1-4-20",
  binlog_state: "1-1-10,1-4-20",
  ack_enabled: "1",
  ack_timeout: unlimited,
  wait_point: "AFTER_SYNC",
  wait_no_slave: "1",
};
const slave: Row = {
  Master_Host: "db1.shop.internal",
  Slave_IO_Running: "Yes",
  Slave_SQL_Running: "Yes",
  Using_Gtid: "Slave_Pos",
  Gtid_IO_Pos: "1-4-25",
  Last_IO_Errno: "0",
};
const known: Known = {
  start: "life",
  memberAt: (host) => host.split(".")[0],
  locked: ["db3"],
  connected: true,
  left: undefined,
};

function look(
  change: { facts?: Row; slave?: Row | undefined; status?: Readonly<Record<string, string>>; dumps?: Row[] } = {},
) {
  const status = { Rpl_semi_sync_slave_status: "ON", ...change.status };
  const rows = Object.entries(status).map(([name, value]) => ({ Variable_name: name, Value: value }));
  const replica = "slave" in change ? change.slave : slave;
  return looked([[{ ...facts, ...change.facts }], rows, replica === undefined ? [] : [replica], change.dumps ?? []]);
}

test("a voter that follows: what it has received, and that it acknowledges", () => {
  expect(serverOf(look(), known)).toEqual({
    state: "running",
    start: "life",
    serverId: 5,
    readOnly: true,
    needsAck: false,
    waiting: 0,
    connected: [],
    locked: ["db3"],
    ackEnabled: true,
    acking: true,
    source: "db1",
    receiving: "yes",
    applying: true,
    received: "1-4-25",
    position: "1-4-20",
    history: "1-1-10,1-4-20",
  });
});

test("Gtid_IO_Pos is not believed before the IO thread has run in this life: the relay files count", () => {
  const away = look({ slave: { ...slave, Slave_IO_Running: "Connecting", Gtid_IO_Pos: "1-4-99" } });
  expect(serverOf(away, { ...known, connected: false, left: "1-4-23" }).received).toBe("1-4-23");
  expect(serverOf(away, { ...known, connected: false, left: undefined }).received).toBeUndefined();
});

test("nothing received is less than what is applied", () => {
  expect(serverOf(look({ slave: { ...slave, Gtid_IO_Pos: "" } }), known).received).toBe("1-4-20");
  expect(serverOf(look({ slave: undefined }), known).received).toBe("1-4-20");
});

test("an IO thread that is not connected acknowledges nothing, whatever semi-sync says of itself", () => {
  expect(serverOf(look({ slave: { ...slave, Slave_IO_Running: "Connecting" } }), known)).toMatchObject({
    acking: false,
    receiving: "connecting",
  });
});

test("a refusal of the position is told from a thread that was stopped", () => {
  const stopped = { ...slave, Slave_IO_Running: "No" };
  expect(serverOf(look({ slave: stopped }), known).receiving).toBe("no");
  expect(serverOf(look({ slave: { ...stopped, Last_IO_Errno: "1236" } }), known).receiving).toBe("refused");
});

test("while relay files are applied by their place, it follows nobody", () => {
  expect(serverOf(look({ slave: { ...slave, Using_Gtid: "No" } }), known).source).toBeUndefined();
});

test("a seeded member stands where its seed did", () => {
  expect(serverOf(look({ facts: { binlog_pos: "", binlog_state: "" } }), known).position).toBe("1-4-20");
});

test("dump threads are told by the members' accounts", () => {
  const dumps = [
    { id: "7", user: "replica.db2" },
    { id: "8", user: "somebody" },
  ];
  expect(serverOf(look({ slave: undefined, dumps }), known).connected).toEqual(["db2"]);
});

test.each([
  ["all as it must be", {}, {}, true],
  ["status off", {}, { Rpl_semi_sync_master_status: "OFF" }, false],
  ["a time-out of 0, which -1 becomes", { ack_timeout: "0" }, {}, false],
  ["a time-out that only looks large", { ack_timeout: "9223372036854775807" }, {}, false],
  ["acknowledged after the commit is seen", { wait_point: "AFTER_COMMIT" }, {}, false],
  ["no replica, no waiting", { wait_no_slave: "0" }, {}, false],
])("whether commits need an acknowledgement: %s", (_, change, status, needed) => {
  expect(needsAck(look({ facts: change, status: { Rpl_semi_sync_master_status: "ON", ...status } }))).toBe(needed);
});
