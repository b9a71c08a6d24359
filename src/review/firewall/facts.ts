import { parseRuleSets, type RuleSets } from "./rules.ts";

/** A socket that waits for others. */
export interface Listener {
  readonly protocol: "tcp" | "udp";
  /** "*" for all addresses. */
  readonly address: string;
  readonly port: number;
  /** `nginx (pid 164)`; "" when the system does not say. */
  readonly process: string;
}

/** What a host says of itself. */
export interface HostFacts {
  readonly name: string;
  /** Its addresses without those of the loopback; IPv6 without link-local ones. */
  readonly addresses: readonly string[];
  readonly listeners: readonly Listener[];
  readonly loaded: RuleSets;
  /** What the rendered rules would look like when loaded; empty when that could not be tried. */
  readonly wanted: RuleSets;
  /** sha256 of the file that is loaded at boot. */
  readonly fileDigest: string;
  /** UnitFileState of the units that load rules at boot. */
  readonly units: Readonly<Record<string, string>>;
  /** Kernel settings that should be 0, and are not. */
  readonly forwarding: readonly string[];
  /** The addresses that are shut out for a time, as this host remembers them; undefined: it keeps none. */
  readonly blocks: string | undefined;
}

const endLine = "== end";

/**
 * A shell script that tells all of it in one round trip and changes nothing: the rendered rules are loaded in a network
 * namespace that ends with it, so that both listings come from the same program.
 * @param rules the rendered files of rules, in the order in which they are loaded.
 */
export function factsScript(rules: readonly string[], file: string, blocksProgram: string): string {
  return `echo "== name"; hostname
echo "== addresses"; ip -o addr show scope global | awk '{ print $4 }'
echo "== listeners"; ss -Hltnup
echo "== digest"; sha256sum ${file} 2>/dev/null
echo "== units"; systemctl show -p Id,UnitFileState nftables.service rampart-blocks.service
echo "== forwarding"; grep -Hv '^0$' /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding 2>/dev/null
echo "== blocks"; [ ! -x ${blocksProgram} ] || { echo "kept"; ${blocksProgram} list; }
echo "== loaded"; nft -s list ruleset
echo "== wanted"; unshare -n sh -c 'nft -f - && nft -s list ruleset' <<'RAMPART_RULES'
${rules.join("\n")}
RAMPART_RULES
echo "${endLine}"
`;
}

/** Reads what the script printed; undefined when it did not come to its end. */
export function parseFacts(output: string): HostFacts | undefined {
  if (!output.includes(endLine)) return undefined;
  const parts = new Map(
    `\n${output}`.split("\n== ").map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1)]),
  );
  const lines = (name: string) => (parts.get(name) ?? "").split("\n").filter((line) => line.trim() !== "");
  const [kept, ...blocks] = lines("blocks");
  return {
    name: lines("name")[0] ?? "",
    addresses: lines("addresses").map((address) => address.split("/")[0] ?? ""),
    listeners: lines("listeners").flatMap((line) => listenerIn(line) ?? []),
    loaded: parseRuleSets(parts.get("loaded") ?? ""),
    wanted: parseRuleSets(parts.get("wanted") ?? ""),
    fileDigest: lines("digest")[0]?.split(" ")[0] ?? "",
    units: unitStates(parts.get("units") ?? ""),
    forwarding: lines("forwarding").map((line) =>
      line.replace("/proc/sys/", "").replace(/:.*/, "").replaceAll("/", "."),
    ),
    blocks: kept === undefined ? undefined : blocks.map((line) => line.split(" ")[0]).join(" "),
  };
}

function listenerIn(line: string): Listener | undefined {
  const [, protocol, place = ""] = /^(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+)/.exec(line) ?? [];
  if (protocol === undefined) return undefined;
  const colon = place.lastIndexOf(":");
  const address = place.slice(0, colon).replace(/%.*/, "").replace(/[[\]]/g, "").replace("::ffff:", "");
  const [, name, pid] = /\(\("([^"]*)",pid=(\d+)/.exec(line) ?? [];
  return {
    protocol: protocol === "udp" ? "udp" : "tcp",
    address: ["0.0.0.0", "::", "*"].includes(address) ? "*" : address,
    port: Number(place.slice(colon + 1)),
    process: name === undefined ? "" : `${name} (pid ${pid})`,
  };
}

function unitStates(text: string): Readonly<Record<string, string>> {
  const states = text.split("\n\n").flatMap((block) => {
    const [id, state] = [/^Id=(.*)$/m.exec(block)?.[1], /^UnitFileState=(.*)$/m.exec(block)?.[1]];
    return id === undefined ? [] : [[id, state ?? ""] as const];
  });
  return Object.fromEntries(states);
}
