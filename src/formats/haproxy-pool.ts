import type { HaproxySection } from "./haproxy.ts";
import { toInside } from "./haproxy-parts.ts";

export interface Pool {
  /** Name of the backend; its twin is called `<name>_once`. */
  readonly name: string;
  readonly why: string;
  /** Name that the servers' certificates must show. */
  readonly tlsName: string;
  /** Path that answers 200 when a server is well. */
  readonly health: string;
  readonly servers: readonly { readonly name: string; readonly address: string; readonly port: number }[];
  /** Further lines of both. */
  readonly lines: readonly string[];
  /** Requests that one server is given at once; further ones wait in a bounded queue. undefined: as many as come. */
  readonly atOnce?: number;
}

/**
 * Servers of one kind, as two backends that share their health: GET and HEAD over connections that are used again, asked
 * once more elsewhere when no answer came; all other methods over a connection of their own, which is tried elsewhere only
 * as long as nothing was sent.
 */
export function poolSections(pool: Pool): readonly HaproxySection[] {
  const most = pool.atOnce === undefined ? "" : ` maxconn ${pool.atOnce}`;
  const tls = toInside(pool.tlsName);
  // On each line: HAProxy 3.0 does not take tcp-ut over from default-server.
  const server = ({ name, address, port }: Pool["servers"][number]) =>
    `server ${name} ${address}:${port} tcp-ut 2s${most}`;
  const anyway = (one: Pool["servers"][number]) => `${server({ ...one, name: `${one.name}-anyway` })} backup`;
  const queue = queueLines(pool);
  const balance = [
    "# A host that hangs gathers connections and is asked less, long before its checks fail; WebSockets spread evenly.",
    "balance leastconn",
  ];
  const reads: HaproxySection = {
    kind: "backend",
    name: pool.name,
    from: "http",
    why: `${pool.why} GET and HEAD.`,
    lines: [
      ...balance,
      "# Only `always` spares visitors with a connection each the handshake inside.",
      "http-reuse always",
      "retry-on conn-failure empty-response junk-response",
      ...hostLossLines,
      "option httpchk",
      `http-check send meth GET uri ${pool.health} ver HTTP/1.1 hdr Host ${pool.tlsName}`,
      "http-check expect status 200",
      ...patienceLines(pool),
      ...queue(pool.name),
      ...pool.lines,
      `default-server ${tls} check check-sni ${pool.tlsName} inter 600ms fastinter 200ms downinter 500ms fall 2 rise 1`,
      ...pool.servers.map(server),
      ...anywayLines(pool.servers.map((one) => `${anyway(one)} no-check`)),
    ],
  };
  const once: HaproxySection = {
    kind: "backend",
    name: `${pool.name}_once`,
    from: "http",
    why: `${pool.why} Methods that may change something: never sent twice.`,
    lines: [
      ...balance,
      "# On a connection that waited, the other end may just have closed it, and nobody could tell whether it took the request.",
      "http-reuse never",
      "option http-server-close",
      "retry-on conn-failure",
      ...hostLossLines.slice(1),
      ...patienceLines(pool),
      ...queue(`${pool.name}_once`),
      ...pool.lines,
      `default-server ${tls}`,
      ...pool.servers.map((one) => `${server(one)} track ${pool.name}/${one.name}`),
      ...anywayLines(pool.servers.map(anyway)),
    ],
  };
  return [reads, once];
}

/** The servers of a pool once more, without checks: asked when none of them passes its checks. */
export function anywayLines(servers: readonly string[]): readonly string[] {
  return [
    "# When no host passes its checks, all are asked all the same. Checks fail in a flood as well, and a host that cannot",
    "# answer is no worse than none.",
    "option allbackups",
    ...servers,
  ];
}

/** Under a flood the handshakes inside take long as well; to give one up and try again only makes it worse. */
function patienceLines({ servers }: Pool): readonly string[] {
  if (servers.length !== 1) return [];
  return ["# There is no other host to ask: what takes long is waited for.", "timeout connect 3s"];
}

/** No more wait than the servers can take in one round: a visitor is told to come back rather than kept for nothing. */
function queueLines({ atOnce, servers }: Pool): (backend: string) => readonly string[] {
  if (atOnce === undefined || servers.length === 0) return () => [];
  const most = atOnce * servers.length;
  return (backend) => [
    "# Further ones wait, in a queue with an end: beyond it the answer is 503 and when to come back.",
    `http-request deny deny_status 503 if { queue(${backend}) ge ${most} }`,
  ];
}

/** With `tcp-ut 2s`: what a host did not confirm for two seconds, or a connection that is silent as long, is given up. */
export const hostLossLines: readonly string[] = [
  "# A host that lost its power sends no goodbye: a request in flight is given up after about 2 s and asked elsewhere.",
  "option srvtcpka",
  "srvtcpka-idle 1s",
  "srvtcpka-intvl 1s",
  "srvtcpka-cnt 2",
];

/** Which of a pool's backends takes a request; `condition` narrows it further, "" for all requests. */
export function usePool(pool: string, condition: string): readonly string[] {
  const also = condition === "" ? "" : ` ${condition}`;
  return [
    `use_backend ${pool} if { method GET HEAD }${also}`,
    `use_backend ${pool}_once if !{ method GET HEAD }${also}`,
  ];
}
