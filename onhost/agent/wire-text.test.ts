import { expect, test } from "vitest";
import { cutter, greeting, login, loginAnswer, type Payload, packet, reading, ServerError } from "./wire-text.ts";

// Bytes as MariaDB 11.8 sends them.

const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
const payload = (...parts: (number[] | Buffer)[]): Payload => ({
  sequence: 1,
  bytes: Buffer.concat(parts.map((part) => Buffer.from(part))),
});
const column = (name: string) =>
  payload(text("def"), text(""), text(""), text(""), text(name), text(""), [12, 45, 0, 0, 0, 0, 0, 253, 0, 0, 0, 0, 0]);
const eof = (status: number) => payload([0xfe, 0, 0, status, 0]);
const ok = (status: number) => payload([0, 0, 0, status, 0, 0, 0]);
const refusal = payload([0xff, 0x48, 0x04], Buffer.from("#HY000no such variable"));

function read(payloads: readonly Payload[]) {
  const one = reading();
  const ends = payloads.map((each) => one.take(each));
  return { results: one.results, ends };
}

test("packets are cut out of the stream wherever it was torn", () => {
  const stream = Buffer.concat([
    packet(0, Buffer.from("first")),
    packet(1, Buffer.alloc(0)),
    packet(2, Buffer.from("last")),
  ]);
  for (let at = 0; at <= stream.length; at++) {
    const cut = cutter();
    const whole = [...cut(stream.subarray(0, at)), ...cut(stream.subarray(at))];
    expect(whole.map(({ sequence, bytes }) => `${sequence} ${bytes}`)).toEqual(["0 first", "1 ", "2 last"]);
  }
});

test("a greeting names the session; one that has no room says so", () => {
  const hello = payload([10], Buffer.from("11.8.6-MariaDB\0"), [0x39, 0x30, 0, 0], Buffer.alloc(30));
  expect(greeting(hello).id).toBe(12_345);
  expect(() => greeting(payload([0xff, 0x10, 0x04], Buffer.from("Too many connections")))).toThrow(
    "Too many connections",
  );
});

test("the login names the user and the proof by the system's user, and understands what comes back", () => {
  const said = login("root");
  expect(said.subarray(32).toString()).toBe("root\0\0unix_socket\0");
  expect(loginAnswer(payload([0xfe], Buffer.from("unix_socket\0")))).toBe("again");
  expect(loginAnswer(ok(2))).toBe("in");
  expect(() => loginAnswer(payload([0xff, 0x15, 0x04], Buffer.from("#28000Access denied")))).toThrow("Access denied");
});

test("rows come as text, NULL as null, one list for each statement", () => {
  const long = "x".repeat(300);
  const { results, ends } = read([
    payload([2]),
    column("id"),
    column("user"),
    eof(2),
    payload(text("7"), [0xfb]),
    payload(text("8"), [0xfc, 0x2c, 0x01], Buffer.from(long)),
    eof(2 | 8),
    ok(2 | 8),
    payload([1]),
    column("empty"),
    eof(2),
    eof(2),
  ]);
  expect(results).toEqual([
    [
      { id: "7", user: null },
      { id: "8", user: long },
    ],
    [],
    [],
  ]);
  expect(ends.lastIndexOf(false)).toBe(ends.length - 2);
  expect(ends.at(-1)).toBe(true);
});

test("an error ends the answer, also after rows of an earlier statement", () => {
  const { ends } = read([payload([1]), column("one"), eof(2), payload(text("1")), eof(2 | 8), refusal]);
  const [error] = ends.slice(-1);
  expect(error).toBeInstanceOf(ServerError);
  expect(error).toMatchObject({ errno: 1096, message: "no such variable" });
});
