import { expect, test } from "vitest";
import { inOrder, type LogLine, logJson, logLine, logText } from "./log-lines.ts";

const at = Date.UTC(2026, 10, 21, 10, 0, 0, 250) * 1000;

function line(fields: Readonly<Record<string, unknown>>, host = "web1"): LogLine {
  const known = { __REALTIME_TIMESTAMP: String(at), SYSLOG_IDENTIFIER: "nginx", _PID: "12", _HOSTNAME: "web1" };
  const made = logLine(host, JSON.stringify({ ...known, ...fields }));
  if (made === undefined) throw new Error("no line");
  return made;
}

test("a line says when, which host and which program", () => {
  expect(logText(line({ MESSAGE: "started" }))).toBe("2026-11-21T10:00:00.250Z web1 nginx[12]: started");
  expect(logText(line({ MESSAGE: "oops", SYSLOG_IDENTIFIER: undefined, _PID: undefined, _TRANSPORT: "kernel" }))).toBe(
    "2026-11-21T10:00:00.250Z web1 kernel: oops",
  );
});

test("whoever speaks in the name of another host is told by the certificate", () => {
  expect(logText(line({ MESSAGE: "x", _HOSTNAME: "db1" }))).toContain(" web1 (says it is db1) nginx[12]: x");
  expect(logText(line({ MESSAGE: "x", _HOSTNAME: "web1.shop.internal" }))).toContain(" web1 nginx[12]: x");
});

test("nothing that a terminal would act on is printed, in no field", () => {
  const wild = "\u001b[2J\u0007\u009b31m\u202etxt\u2028end\r\u0000";
  const text = logText(line({ MESSAGE: wild, SYSLOG_IDENTIFIER: "a\u001bb", _HOSTNAME: "\u001b]0;x\u0007" }));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
  expect(text).toContain("\\x1b[2J\\x07\\x9b31m\\u202etxt\\u2028end\\x0d\\x00");
  const bytes = [...Buffer.from("\u001b[1mbytes")];
  expect(logText(line({ MESSAGE: bytes }))).toContain(": \\x1b[1mbytes");
  const json = logJson(line({ MESSAGE: wild }));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
  expect(JSON.parse(json)).toMatchObject({ MESSAGE: wild, RAMPART_HOST: "web1" });
});

test("a second line of a message cannot pass for a line of its own", () => {
  const forged = "done\n2026-11-21T10:00:01.000Z db1 sshd[1]: Accepted key";
  expect(logText(line({ MESSAGE: forged })).split("\n")[1]).toBe(
    "    2026-11-21T10:00:01.000Z db1 sshd[1]: Accepted key",
  );
});

test("a line of a megabyte is cut, and said to be", () => {
  const text = logText(line({ MESSAGE: "x".repeat(1_048_576) }));
  expect(text.length).toBeLessThan(9000);
  expect(text).toMatch(/… \(1,048,576 characters in all: --json has them\)$/);
});

test("what is no line of a journal is passed over", () => {
  for (const text of ["", "-- No entries --", "{", "3", "{}", '{"__REALTIME_TIMESTAMP":"soon"}'])
    expect(logLine("web1", text)).toBeUndefined();
});

test("lines of several hosts are put in order, and those that were sent twice are shown once", () => {
  const one = line({ MESSAGE: "one" });
  const two = line({ MESSAGE: "two", __REALTIME_TIMESTAMP: String(at - 5) }, "db1");
  const same = line({ MESSAGE: "one" }, "db1");
  expect(inOrder([one, two, one, same]).map(({ host, message }) => `${host} ${message}`)).toEqual([
    "db1 two",
    "web1 one",
    "db1 one",
  ]);
});
