import { formatIpv4, parseIpv4, parseNetwork } from "../base/ip.ts";
import type { Fault } from "./names.ts";

/** One entry of a list of addresses, with the place where it stands. */
export interface ListedAddress {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly text: string;
}

/** The entries of a file of addresses: one a line, `#` begins a comment, empty lines are passed over. */
export function listedAddresses(text: string): readonly ListedAddress[] {
  return text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((line, index) => ({ line: index + 1, text: line.replace(/#.*/, "").trim() }))
    .filter((entry) => entry.text !== "");
}

/** What is wrong with an IPv4 address or network; undefined when nothing is. */
export function networkFault(text: string): Fault | undefined {
  const network = parseNetwork(text);
  const remedy = 'Write a network such as "192.0.2.0/24", or one address such as "192.0.2.17".';
  if (network === undefined) {
    const six = text.includes(":") && /^[0-9a-f:]*:[0-9a-f:.]*(\/\d+)?$/i.test(text);
    const reason = six ? `"${text}" is IPv6; this version knows IPv4 networks.` : `"${text}" is no IPv4 network.`;
    return { reason, remedy };
  }
  const address = text.split("/")[0] ?? "";
  if (parseIpv4(address) === network.base) return undefined;
  const whole = `${formatIpv4(network.base)}/${network.prefix}`;
  const reason = `"${text}" is an address inside ${whole}, so it may mean either.`;
  return { reason, remedy: `Write "${whole}" for the network, or "${address}" for the one address.` };
}
