/** One TCP connection, by what each side sent, in the order in which it was heard first. */
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
  readonly port: number;
  readonly sequence: number;
  readonly opens: boolean;
  readonly payload: Buffer;
}

interface Side {
  readonly parts: Buffer[];
  /** Sequence number of the next byte. */
  next: number;
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
  const sides = new Map<string, Side>();
  const opened = new Set<string>();
  let packets = 0;
  for (let at = pcapHeader; at + recordHeader <= file.length; packets += 1) {
    const length = file.readUInt32LE(at + 8);
    const segment = segmentOf(file.subarray(at + recordHeader, at + recordHeader + length));
    at += recordHeader + length;
    if (!segment) continue;
    const way = `${segment.from} ${segment.to}`;
    if (segment.opens) opened.add(way);
    const side = sides.get(way) ?? { parts: [], next: segment.sequence };
    sides.set(way, side);
    take(side, segment);
  }
  return { packets, connections: paired(sides, opened) };
}

function segmentOf(frame: Buffer): Segment | undefined {
  if (frame.length < 54 || frame.readUInt16BE(12) !== 0x0800 || frame[23] !== 6) return undefined;
  const packet = frame.subarray(ethernetHeader, ethernetHeader + frame.readUInt16BE(16));
  const headerLength = ((packet[0] ?? 0) & 15) * 4;
  const segment = packet.subarray(headerLength);
  if (segment.length < 20) return undefined;
  const port = segment.readUInt16BE(2);
  const flags = segment[13] ?? 0;
  const opens = (flags & 0x12) === 0x02;
  return {
    from: `${packet.subarray(12, 16).join(".")}:${segment.readUInt16BE(0)}`,
    to: `${packet.subarray(16, 20).join(".")}:${port}`,
    ...{ port, opens },
    sequence: (segment.readUInt32BE(4) + ((flags & 0x02) === 0 ? 0 : 1)) >>> 0,
    payload: segment.subarray(((segment[12] ?? 0) >> 4) * 4),
  };
}

/** Adds what is new; what was sent again is left out. */
function take(side: Side, { payload, sequence }: Segment): void {
  const known = (side.next - sequence) | 0;
  if (payload.length === 0 || known >= payload.length) return;
  const fresh = known > 0 ? payload.subarray(known) : payload;
  side.parts.push(fresh);
  side.next = (sequence + payload.length) >>> 0;
}

/** Both sides of each connection; when its beginning was not heard, the lower port is taken for the server's. */
function paired(sides: ReadonlyMap<string, Side>, opened: ReadonlySet<string>): readonly Connection[] {
  const bytes = (way: string) => Buffer.concat(sides.get(way)?.parts ?? []);
  return [...sides.keys()].flatMap((way): Connection[] => {
    const [from = "", to = ""] = way.split(" ");
    const back = `${to} ${from}`;
    const first = opened.has(way) || (!opened.has(back) && (portOf(to) < portOf(from) || !sides.has(back)));
    if (!first) return [];
    return [{ from, to, port: portOf(to), whole: opened.has(way), asked: bytes(way), answered: bytes(back) }];
  });
}

function portOf(place: string): number {
  return Number(place.split(":")[1]);
}
