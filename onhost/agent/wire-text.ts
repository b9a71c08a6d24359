import type { Row } from "./sql.ts";

// MariaDB's client protocol, as much of it as one session over the socket of its own host needs: text in, text out. A page of its own instead of
// a library, because this is a sixth of the agent's memory otherwise (decision 0022). https://mariadb.com/kb/en/clientserver-protocol/

/** Packets are whole when they are shorter than this; the agent asks and is told nothing that long. */
const longest = 0xff_ff_ff;

/** What a client must say of itself: 4.1 protocol, plug-in authentication, several statements at once, transactions' status. */
const capabilities = 1 | 4 | 0x200 | 0x2000 | 0x8000 | 0x1_0000 | 0x2_0000 | 0x8_0000;
const utf8mb4 = 45;

/** What the server's greeting says. */
export interface Greeting {
  readonly kind: "greeting";
  /** The session's number in the process list. */
  readonly id: number;
}

/** An error that MariaDB answered with. */
export class ServerError extends Error {
  readonly errno: number;
  constructor(errno: number, message: string) {
    super(message);
    this.errno = errno;
  }
}

/** Cuts a stream of bytes into the payloads of packets. Fails on one that is too long. */
export function cutter(): (part: Buffer) => readonly Payload[] {
  let rest: Buffer = Buffer.alloc(0);
  return (part) => {
    rest = rest.length === 0 ? part : Buffer.concat([rest, part]);
    const whole: Payload[] = [];
    for (;;) {
      if (rest.length < 4) return whole;
      const length = rest.readUIntLE(0, 3);
      if (length === longest) throw new Error("MariaDB's answer is too long");
      if (rest.length < 4 + length) return whole;
      whole.push({ sequence: rest.readUInt8(3), bytes: rest.subarray(4, 4 + length) });
      rest = rest.subarray(4 + length);
    }
  };
}

export interface Payload {
  readonly sequence: number;
  readonly bytes: Buffer;
}

/** A packet around a payload. */
export function packet(sequence: number, payload: Buffer): Buffer {
  if (payload.length >= longest) throw new Error("the statement is too long");
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header.writeUInt8(sequence, 3);
  return Buffer.concat([header, payload]);
}

/** The first packet of a session. Fails when the server has no room for one, or speaks another protocol. */
export function greeting({ bytes }: Payload): Greeting {
  if (bytes[0] === 0xff) throw errorOf(bytes);
  if (bytes[0] !== 10) throw new Error(`MariaDB speaks protocol ${bytes[0]}`);
  const end = bytes.indexOf(0, 1);
  return { kind: "greeting", id: bytes.readUInt32LE(end + 1) };
}

/** Who we are. The system user is the proof; there is nothing to say. */
export function login(user: string): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(capabilities, 0);
  head.writeUInt32LE(longest, 4);
  head.writeUInt8(utf8mb4, 8);
  return Buffer.concat([head, Buffer.from(`${user}\0`), Buffer.from([0]), Buffer.from("unix_socket\0")]);
}

export function statement(sql: string): Buffer {
  return Buffer.concat([Buffer.from([3]), Buffer.from(sql)]);
}

/** What a packet of the login's answer means: done, or the server wants to hear the (empty) proof once more. */
export function loginAnswer({ bytes }: Payload): "in" | "again" {
  if (bytes[0] === 0xff) throw errorOf(bytes);
  if (bytes[0] === 0xfe) return "again";
  if (bytes[0] !== 0) throw new Error("MariaDB's greeting is not understood");
  return "in";
}

/** Collects the answers to one text of statements: hand it each payload; true when the last has come, an error when MariaDB refuses. */
export interface Reading {
  readonly results: readonly (readonly Row[])[];
  readonly take: (payload: Payload) => boolean | ServerError;
}

/** Further results follow. */
const more = 0x08;

export function reading(): Reading {
  const results: (readonly Row[])[] = [];
  let names: string[] = [];
  let columns = 0;
  let rows: Row[] = [];
  let part: "head" | "names" | "rows" = "head";

  function ended(status: number): boolean {
    results.push(rows);
    part = "head";
    return (status & more) === 0;
  }

  function take({ bytes }: Payload): boolean | ServerError {
    if (bytes[0] === 0xff) return errorOf(bytes);
    const eof = bytes[0] === 0xfe && bytes.length < 9;
    if (part === "head") {
      names = [];
      rows = [];
      if (bytes[0] === 0) return ended(okStatus(bytes));
      if (bytes[0] === 0xfb) throw new Error("MariaDB asks for a file");
      columns = number(bytes, 0).value;
      part = "names";
    } else if (part === "names") {
      if (names.length < columns) names.push(columnName(bytes));
      else part = "rows";
    } else if (eof) return ended(bytes.readUInt16LE(3));
    else rows.push(row(bytes, names));
    return false;
  }
  return { results, take };
}

function errorOf(bytes: Buffer): ServerError {
  const state = bytes[3] === 0x23 ? 9 : 3;
  return new ServerError(bytes.readUInt16LE(1), bytes.toString("utf8", state));
}

function okStatus(bytes: Buffer): number {
  const affected = number(bytes, 1);
  const inserted = number(bytes, affected.end);
  return bytes.readUInt16LE(inserted.end);
}

/** Catalogue, schema, table, its own name, then the name that it has in the answer. */
function columnName(bytes: Buffer): string {
  let at = 0;
  for (let count = 0; count < 4; count++) {
    const { value, end } = number(bytes, at);
    at = end + value;
  }
  const { value, end } = number(bytes, at);
  return bytes.toString("utf8", end, end + value);
}

function row(bytes: Buffer, names: readonly string[]): Row {
  const found: Record<string, string | null> = {};
  let at = 0;
  for (const name of names) {
    if (bytes[at] === 0xfb) {
      found[name] = null;
      at += 1;
      continue;
    }
    const { value, end } = number(bytes, at);
    found[name] = bytes.toString("utf8", end, end + value);
    at = end + value;
  }
  return found;
}

/** A number of one, three, four or nine bytes, and where it ends. */
function number(bytes: Buffer, at: number): { value: number; end: number } {
  const first = bytes.readUInt8(at);
  if (first < 0xfb) return { value: first, end: at + 1 };
  if (first === 0xfc) return { value: bytes.readUInt16LE(at + 1), end: at + 3 };
  if (first === 0xfd) return { value: bytes.readUIntLE(at + 1, 3), end: at + 4 };
  return { value: Number(bytes.readBigUInt64LE(at + 1)), end: at + 9 };
}
