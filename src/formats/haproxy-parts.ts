import type { HaproxySection } from "./haproxy.ts";

/** Paths that HAProxy's hosts have in common. */
export const haproxyPaths = {
  config: "/etc/haproxy/haproxy.cfg",
  certificate: "/etc/haproxy/tls/internal.pem",
  ca: "/etc/rampart/ca.crt",
  socket: "/run/haproxy/admin.sock",
  /** Error pages: `rampart-503.http`. The folder is Debian's. */
  errors: "/etc/haproxy/errors",
} as const;

/** Port of HAProxy's own metrics on the inside address. */
export const metricsPort = 8405;

/** `extra`: lines of one role only. */
export function globalSection(extra: readonly string[] = []): HaproxySection {
  return {
    kind: "global",
    lines: [
      "# `format local`: journald would take the `{` of a raw line for an identifier and drop the line.",
      "log /dev/log len 8192 format local local0 info",
      "chroot /var/lib/haproxy",
      "user haproxy",
      "group haproxy",
      `stats socket ${haproxyPaths.socket} mode 600 level admin`,
      "# A connection takes two file descriptors, one on each side. 20,000 is the least that a host was seen to allow;",
      "# HAProxy refuses to start when it cannot have what this needs.",
      "maxconn 8000",
      "# After a reload the old process serves the connections that it has, WebSockets too, and for no longer than this.",
      "hard-stop-after 10m",
      "# Inside the site both ends are ours: TLS 1.3 only.",
      "ssl-default-server-options ssl-min-ver TLSv1.3",
      "ssl-default-server-ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
      ...extra,
    ],
  };
}

/**
 * Defaults for HTTP.
 * @param keepAlive how long an idle client connection stays open: longer inside than any pool on the other side keeps it, so
 *   that the side that sends requests is the one that closes.
 */
export function httpDefaults(keepAlive: string): HaproxySection {
  return {
    kind: "defaults",
    name: "http",
    lines: [
      "mode http",
      "log global",
      "option dontlognull",
      "option http-ignore-probes",
      "# Without it a reload closes idle connections on which a request may be on its way.",
      "option idle-close-on-response",
      "timeout http-request 5s",
      `timeout http-keep-alive ${keepAlive}`,
      "timeout client 60s",
      "timeout client-fin 10s",
      "timeout queue 5s",
      "# Hosts of the site are a fraction of a millisecond away; a busy one may need this long for the handshake. A check gives",
      "# up sooner (after `inter`): two in a row take a host out before the first request in flight to it is given up (tcp-ut),",
      "# so that its next try goes elsewhere.",
      "timeout connect 1s",
      "timeout check 2s",
      "timeout server 60s",
      "timeout server-fin 10s",
      "timeout tunnel 1h",
      "# Each further try goes to another host at once.",
      "retries 3",
      "option redispatch 1",
    ],
  };
}

/** Defaults for connections that are passed on as they come. */
export const tcpDefaults: HaproxySection = {
  kind: "defaults",
  name: "tcp",
  lines: [
    "mode tcp",
    "log global",
    "option dontlognull",
    "timeout client 60s",
    "timeout client-fin 10s",
    "timeout queue 5s",
    "timeout connect 1s",
    "timeout check 2s",
    "timeout server 60s",
    "timeout server-fin 10s",
    "# The web hosts close what is idle; a WebSocket may be silent for an hour.",
    "timeout tunnel 1h",
    "retries 3",
    "option redispatch 1",
  ],
};

/** One line of JSON a connection that is passed on. */
export const jsonTcpLog =
  'log-format "%{+json}o %(ts)[accept_date(ms)] %(src)[src] %(fe)[fe_name] %(be)[be_name] %(srv)[srv_name] %(host)[var(sess.name)] %(bytes:sint)B %(t_queue:sint)Tw %(t_conn:sint)Tc %(t_total:sint)Tt %(term)ts"';

/** One line of JSON a request, about 460 bytes. Tabs and broken UTF-8 of visitors pass unescaped: readers must bear them. */
export function jsonLog(requestId: string): string {
  const fields = [
    "%(ts)[accept_date(ms)]",
    `%(id)[${requestId}]`,
    "%(src)[src]",
    "%(fe)[fe_name]",
    "%(be)[be_name]",
    "%(srv)[srv_name]",
    "%(method)[capture.req.method]",
    "%(host)[var(txn.host)]",
    "%(uri)[capture.req.uri]",
    "%(ua)[capture.req.hdr(0)]",
    "%(status:sint)ST",
    "%(bytes:sint)B",
    "%(t_req:sint)TR",
    "%(t_queue:sint)Tw",
    "%(t_conn:sint)Tc",
    "%(t_resp:sint)Tr",
    "%(t_total:sint)Ta",
    "%(term)ts",
    "%(tls)[ssl_fc_protocol]",
  ];
  return `log-format "%{+json}o ${fields.join(" ")}"`;
}

/** A listener of the inside network: TLS 1.3, and only for those who show a certificate of the site's CA. */
export function insideBind(address: string, port: number): string {
  const { certificate, ca } = haproxyPaths;
  return `bind ${address}:${port} ssl crt ${certificate} ca-file ${ca} verify required ssl-min-ver TLSv1.3 alpn http/1.1`;
}

/** True when the client's certificate names `name`: being signed by the site's CA is not enough. */
export function clientIs(name: string): string {
  return `{ ssl_c_s_dn(cn) -m str ${name} }`;
}

/** HAProxy's own figures, for the monitor alone. */
export function metricsFrontend(address: string, monitor: string): HaproxySection {
  return {
    kind: "frontend",
    name: "metrics",
    from: "http",
    why: "HAProxy's own figures, for the monitor alone.",
    lines: [
      insideBind(address, metricsPort),
      "no log",
      `http-request deny deny_status 403 unless ${clientIs(monitor)}`,
      "http-request use-service prometheus-exporter if { path /metrics }",
      "http-request return status 404",
    ],
  };
}

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
  const { certificate, ca } = haproxyPaths;
  const most = pool.atOnce === undefined ? "" : ` maxconn ${pool.atOnce}`;
  const tls = `ssl verify required ca-file ${ca} crt ${certificate} sni str(${pool.tlsName})`;
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

/** What every frontend that serves visitors notes for the log. */
export function noteRequest(requestId: string): readonly string[] {
  return [
    jsonLog(requestId),
    "capture request header User-Agent len 128",
    "http-request set-var(txn.host) req.hdr(host),host_only,lower",
  ];
}
