/** One TCP connection, by what each side sent, in the order in which it was sent. */
export interface Connection {
  /** `10.77.2.1:41234` of the side that opened it, as far as that was heard. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** Its beginning was heard. */
  readonly whole: boolean;
  readonly asked: Buffer;
  readonly answered: Buffer;
}

interface Segment {
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly opens: boolean;
  readonly payload: Buffer;
}

/** What is heard of one connection, while it is heard. */
interface Talk {
  /** The SYN that began it; without one its beginning was not heard. */
  readonly opening: Segment | undefined;
  readonly first: Segment;
  readonly segments: Segment[];
}

const pcapHeader = 24;
const recordHeader = 16;
const ethernetHeader = 14;

/** The connections of a file of tcpdump's (little-endian pcap of Ethernet frames; IPv4 only, as inside a site). */
export function connectionsOf(file: Buffer): {
  readonly packets: number;
  readonly connections: readonly Connection[];
} {
  if (file.readUInt32LE(0) !== 0xa1b2c3d4 || file.readUInt32LE(20) !== 1) throw new Error("no pcap file of Ethernet");
  const talks: Talk[] = [];
  const current = new Map<string, Talk>();
  let packets = 0;
  for (let at = pcapHeader; at + recordHeader <= file.length; packets += 1) {
    const length = file.readUInt32LE(at + 8);
    const segment = segmentOf(file.subarray(at + recordHeader, at + recordHeader + length));
    at += recordHeader + length;
    if (!segment) continue;
    const ends = [segment.from, segment.to].sort().join(" ");
    const known = current.get(ends);
    const talk = known && !isAnother(known, segment) ? known : begun(segment);
    if (talk !== known) talks.push(talk);
    current.set(ends, talk);
    talk.segments.push(segment);
  }
  return { packets, connections: talks.map(connectionOf) };
}

/** A client may take a port again within seconds of its last connection from there, so both ends are no name of a connection. */
function isAnother({ opening }: Talk, segment: Segment): boolean {
  return segment.opens && !(opening?.from === segment.from && opening.sequence === segment.sequence);
}

function begun(segment: Segment): Talk {
  return { opening: segment.opens ? segment : undefined, first: segment, segments: [] };
}

function segmentOf(frame: Buffer): Segment | undefined {
  if (frame.length < 54 || frame.readUInt16BE(12) !== 0x0800 || frame[23] !== 6) return undefined;
  const packet = frame.subarray(ethernetHeader, ethernetHeader + frame.readUInt16BE(16));
  const headerLength = ((packet[0] ?? 0) & 15) * 4;
  const segment = packet.subarray(headerLength);
  if (segment.length < 20) return undefined;
  const flags = segment[13] ?? 0;
  const opens = (flags & 0x12) === 0x02;
  return {
    from: `${packet.subarray(12, 16).join(".")}:${segment.readUInt16BE(0)}`,
    to: `${packet.subarray(16, 20).join(".")}:${segment.readUInt16BE(2)}`,
    opens,
    sequence: (segment.readUInt32BE(4) + ((flags & 0x02) === 0 ? 0 : 1)) >>> 0,
    payload: segment.subarray(((segment[12] ?? 0) >> 4) * 4),
  };
}

/** Both sides; when its beginning was not heard, the lower port is taken for the server's. */
function connectionOf({ opening, first, segments }: Talk): Connection {
  const ends = [first.from, first.to] as const;
  const [from, to] = opening || portOf(first.to) < portOf(first.from) ? ends : ends.toReversed();
  const said = (by: string) => inOrder(segments.filter((one) => one.from === by));
  return { from, to, port: portOf(to), whole: opening !== undefined, asked: said(from), answered: said(to) };
}

/** One side's bytes, by their sequence numbers (RFC 9293, 3.4); what was sent again is left out. */
function inOrder(segments: readonly Segment[]): Buffer {
  const [first] = segments;
  if (!first) return Buffer.alloc(0);
  const place = (one: Segment) => (one.sequence - first.sequence) | 0;
  const parts: Buffer[] = [];
  let next = Number.NEGATIVE_INFINITY;
  for (const one of segments.toSorted((left, right) => place(left) - place(right))) {
    const end = place(one) + one.payload.length;
    if (one.payload.length === 0 || end <= next) continue;
    parts.push(one.payload.subarray(Math.max(0, next - place(one))));
    next = end;
  }
  return Buffer.concat(parts);
}

function portOf(place: string): number {
  return Number(place.split(":")[1]);
}
