import { expect, test } from "vitest";
import { frameOf } from "./frame.ts";
import { linesOf } from "./journal.ts";
import { queued } from "./place.ts";

const entry = {
  ...{ __REALTIME_TIMESTAMP: "1795888800000007", SYSLOG_FACILITY: "10", PRIORITY: "4", SYSLOG_IDENTIFIER: "sshd" },
  ...{ _PID: "812", MESSAGE: "no \u2028 way, Zoë\nreally", _HOSTNAME: "somebody-else" },
};
const message = (of: object) => frameOf({ ...entry, ...of }, "web1.shop.internal").toString("utf8");

test("an entry is a message of syslog in a frame that says its bytes, in the name of who sent it", () => {
  const text = message({});
  const [, length = "", rest = ""] = /^(\d+) (.*)$/s.exec(text) ?? [];
  expect(Buffer.byteLength(rest)).toBe(Number(length));
  expect(rest).toBe("<84>1 2026-11-28T18:00:00.000007Z web1.shop.internal sshd 812 - - no \u2028 way, Zoë\nreally");
});

test("what is missing, long or no text is still a message", () => {
  expect(frameOf({}, "web1").toString()).toBe("21 <30>1 - web1 - - - - ");
  expect(message({ _TRANSPORT: "kernel", SYSLOG_FACILITY: undefined })).toContain(" <4>1 ");
  expect(message({ MESSAGE: [104, 195, 164] })).toMatch(/hä$/);
  expect(message({ MESSAGE: ["first", "second"] })).toMatch(/ first$/);
  expect(message({ SYSLOG_IDENTIFIER: "a b\u0007]" })).toContain(" a_b_] 812 ");
  const long = frameOf({ ...entry, MESSAGE: "ä".repeat(100_000) }, "web1");
  expect(long.length).toBeLessThanOrEqual(8192 + 5);
  expect(long.toString("utf8")).not.toContain("\ufffd");
  expect(long.toString("utf8")).toMatch(/ä \[cut: the whole line is on the monitor\]$/);
});

test("lines end where the journal ends them, wherever chunks do", async () => {
  async function* chunks() {
    yield Buffer.from('{"a":"\u2028');
    yield Buffer.from('x"}\n{"b"');
    yield Buffer.from(":1}\n\n{}");
  }
  const lines: string[] = [];
  for await (const line of linesOf(chunks())) lines.push(line);
  expect(lines).toEqual(['{"a":"\u2028x"}', '{"b":1}']);
});

test("what the other side has not acknowledged is read from the kernel's table", () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0A00000A:9C40 0A4D0001:1972 01 0000001F:00000000 01:00000014 00000000   998        0 4242 2`;
  expect(queued(table, 0x9c40, 6514)).toBe(31);
  expect(queued(table, 0x9c41, 6514)).toBeUndefined();
});
