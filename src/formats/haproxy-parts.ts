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

/**
 * @param extra lines of one role only
 * @param requests where each request is told: appended to a file by way of standard output (see haproxyResources), or not at all
 */
export function globalSection(extra: readonly string[] = [], requests: "file" | "none" = "file"): HaproxySection {
  return {
    kind: "global",
    lines: [
      "# `format local`: journald would take the `{` of a raw line for an identifier and drop the line.",
      ...(requests === "none"
        ? ["log /dev/log len 8192 format local local0 info"]
        : [
            "# Requests go to a file, by standard output: by way of the journal each costs ten times as much.",
            "log stdout len 8192 format raw local0 info",
            "# What happens to servers, and what fails.",
            "log /dev/log len 8192 format local local0 notice",
          ]),
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

/** Words of a `server` line to a host of the site: TLS, our own certificate, and one of theirs that names `name`. */
export function toInside(name: string): string {
  const { certificate, ca } = haproxyPaths;
  return `ssl verify required ca-file ${ca} crt ${certificate} sni str(${name})`;
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

/** What every frontend that serves visitors notes for the log. */
export function noteRequest(requestId: string): readonly string[] {
  return [
    jsonLog(requestId),
    "capture request header User-Agent len 128",
    "http-request set-var(txn.host) req.hdr(host),host_only,lower",
  ];
}
