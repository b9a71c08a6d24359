/** An IPv4 address as an unsigned 32-bit number, or undefined when the text is none (RFC 791 dotted quad, no leading zeros). */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The dotted quad of an unsigned 32-bit number. */
export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

export interface Network {
  /** First address of the network, as a number. */
  readonly base: number;
  /** Prefix length, 0 to 32. */
  readonly prefix: number;
}

/** Parses `192.0.2.0/24` or a single address (a /32); undefined when it is neither. Host bits are cleared. */
export function parseNetwork(text: string): Network | undefined {
  const [addressText = "", prefixText = "32", ...rest] = text.split("/");
  const address = parseIpv4(addressText);
  if (address === undefined || rest.length > 0 || !/^\d{1,2}$/.test(prefixText) || Number(prefixText) > 32)
    return undefined;
  const prefix = Number(prefixText);
  const size = 2 ** (32 - prefix);
  return { base: address - (address % size), prefix };
}

/** First and last address of a network or address, as numbers; undefined when the text is neither. */
export function addressRange(text: string): readonly [first: number, last: number] | undefined {
  const network = parseNetwork(text);
  return network && [network.base, network.base + 2 ** (32 - network.prefix) - 1];
}

/** True when two networks or addresses have an address in common. Neither may be malformed: then it is false. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [addressRange(one), addressRange(other)];
  return a !== undefined && b !== undefined && a[0] <= b[1] && b[0] <= a[1];
}

/** True when the network holds the address. Neither may be malformed: then it is false. */
export function contains(networkText: string, addressText: string): boolean {
  const network = parseNetwork(networkText);
  const address = parseIpv4(addressText);
  if (network === undefined || address === undefined) return false;
  return address >= network.base && address < network.base + 2 ** (32 - network.prefix);
}
