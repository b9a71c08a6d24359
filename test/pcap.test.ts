import { expect, test } from "vitest";
import { connectionsOf } from "./scenarios/support/pcap.ts";

const syn = 0x02;
const ack = 0x10;
const client = { address: [10, 0, 0, 1], port: 40_000 };
const server = { address: [10, 0, 0, 2], port: 443 };
type End = typeof client;

test("a port that is taken again makes another connection", () => {
  const { connections } = connectionsOf(
    file(
      packet(client, server, 3_000_000_000, syn),
      packet(server, client, 70, syn | ack),
      packet(client, server, 3_000_000_001, ack, "first"),
      packet(server, client, 71, ack, "one"),
      packet(client, server, 900, syn),
      packet(server, client, 4_000_000_000, syn | ack),
      packet(client, server, 901, ack, "second"),
      packet(server, client, 4_000_000_001, ack, "two"),
    ),
  );
  expect(connections.map(read)).toEqual(["10.0.0.1:40000 first | one", "10.0.0.1:40000 second | two"]);
});

test("what is sent again is read once, what arrives late in its place, over the end of the numbers", () => {
  const { packets, connections } = connectionsOf(
    file(
      packet(client, server, 0xffff_fffd, syn),
      packet(client, server, 0xffff_fffd, syn),
      packet(client, server, 0x0000_0002, ack, "efgh"),
      packet(client, server, 0xffff_fffe, ack, "abcd"),
      packet(client, server, 0x0000_0000, ack, "cdefghi"),
      packet(server, client, 1, ack, "well"),
    ),
  );
  expect(packets).toBe(6);
  expect(connections.map(read)).toEqual(["10.0.0.1:40000 abcdefghi | well"]);
});

test("a connection whose beginning was not heard is told from one that was", () => {
  const { connections } = connectionsOf(
    file(packet(server, client, 7, ack, "and so on"), packet(client, server, 1, syn)),
  );
  expect(connections.map(({ whole, port }) => ({ whole, port }))).toEqual([
    { whole: false, port: 443 },
    { whole: true, port: 443 },
  ]);
});

function read({ from, asked, answered }: { from: string; asked: Buffer; answered: Buffer }): string {
  return `${from} ${asked} | ${answered}`;
}

/** A pcap file of Ethernet, little-endian, as tcpdump writes it. */
function file(...frames: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt32LE(1, 20);
  return Buffer.concat([header, ...frames.flatMap((frame) => [record(frame), frame])]);
}

function record(frame: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(frame.length, 12);
  return header;
}

function packet(from: End, to: End, sequence: number, flags: number, text = ""): Buffer {
  const frame = Buffer.alloc(54 + text.length);
  frame.writeUInt16BE(0x0800, 12);
  frame[14] = 0x45;
  frame.writeUInt16BE(40 + text.length, 16);
  frame[23] = 6;
  Buffer.from(from.address).copy(frame, 26);
  Buffer.from(to.address).copy(frame, 30);
  frame.writeUInt16BE(from.port, 34);
  frame.writeUInt16BE(to.port, 36);
  frame.writeUInt32BE(sequence, 38);
  frame[46] = 5 << 4;
  frame[47] = flags;
  frame.write(text, 54);
  return frame;
}
