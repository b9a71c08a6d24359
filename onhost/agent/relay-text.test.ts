import { expect, test } from "vitest";
import { reader } from "./relay-text.ts";

const head = (kind: string) => `#261120 22:09:22 server id 1  end_log_pos 364 CRC32 0x09275c36 \t${kind}`;
const rows = (at: number, gtid: string, end: readonly string[] = [head("Xid = 97"), "COMMIT/*!*/;"]) => [
  `# at ${at}`,
  head(`GTID ${gtid} trans thread_id=19`),
  "/*M!100001 SET @@session.gtid_seq_no=38*//*!*/;",
  "START TRANSACTION",
  "/*!*/;",
  `# at ${at + 42}`,
  head("Annotate_rows:"),
  "#Q> INSERT INTO t VALUES (1)",
  head("Write_rows: table id 24 flags: STMT_END_F"),
  ...(end.length > 0 ? [`# at ${at + 90}`] : []),
  ...end,
];
const ddl = (at: number, gtid: string, whole = true) => [
  `# at ${at}`,
  head(`GTID ${gtid} ddl thread_id=6`),
  ...(whole ? [`# at ${at + 42}`, head("Query\tthread_id=6\texec_time=0"), "CREATE TABLE t (id INT)", "/*!*/;"] : []),
];
const over = ["DELIMITER ;", "# End of log file", "ROLLBACK /* added by mysqlbinlog */;"];

function read(beyond: number, ...files: readonly (readonly string[])[]) {
  const lines = reader(beyond);
  for (const file of files) {
    for (const line of file) lines.line(line);
    lines.end();
  }
  return lines.reading();
}

test("the last whole transaction, and where the first lies that is not applied", () => {
  const file = [...rows(615, "1-1-16"), ...rows(846, "1-1-17"), ...ddl(1000, "1-1-18"), ...over];
  expect(read(16, file)).toEqual({ last: "1-1-18", next: { file: 0, at: 846 } });
  expect(read(18, file)).toEqual({ last: "1-1-18", next: undefined });
});

test("a torn transaction at the end does not count; nor the rollback that the program adds to it", () => {
  expect(read(16, [...rows(615, "1-1-17"), ...rows(846, "1-1-18", []), ...over]).last).toBe("1-1-17");
  expect(read(16, [...rows(615, "1-1-17"), ...ddl(846, "1-1-18", false), ...over]).last).toBe("1-1-17");
});

test("a transaction may go on in the next file", () => {
  const whole = rows(846, "1-1-18");
  const [first, second] = [whole.slice(0, 8), whole.slice(8)];
  expect(read(17, [...first, ...over], [...second, ...over])).toEqual({ last: "1-1-18", next: { file: 0, at: 846 } });
});

test("what a client wrote does not pass for an event", () => {
  const sly = rows(615, "1-1-17", ["#Q> \tGTID 1-1-99 trans", "#Q> COMMIT", ...over]);
  expect(read(16, sly).last).toBe("");
});

test("nothing there", () => {
  expect(read(16, [])).toEqual({ last: "", next: undefined });
});
