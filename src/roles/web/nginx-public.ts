import { limitOf, memberNetworks } from "../../formats/haproxy-visitors.ts";
import { type NginxDirective, nginxBlock, nginxWord } from "../../formats/nginx.ts";
import { defaultHeaders, hsts, publicCiphers, publicCurves, publicSuites } from "../../formats/public-tls.ts";
import { localBundle, servedPort, visitorBundle } from "../../formats/visitor-certificate.ts";
import type { Site } from "../../model/site.ts";
import { servedNames } from "../../model/site-names.ts";
import { type Host, hostsOf, type Topology, tierName } from "../../model/topology.ts";
import { accessLog, pagesFolder, webPort } from "./facts.ts";
import { insideTlsLines, pingLocation } from "./nginx-inside.ts";

// `tls.terminate: "web"`: nginx opens the visitors' TLS, and does what the balancers' HAProxy does in the other mode.

/** What all servers have in common. */
export function publicHttpLines(topology: Topology): readonly NginxDirective[] {
  const { site } = topology;
  const balancers = hostsOf(topology, "balancer");
  return [
    "",
    "# Slow visitors: five seconds for the head of a request, and no pause longer than these.",
    "client_header_timeout 5s",
    "client_body_timeout 10s",
    "send_timeout 30s",
    "reset_timedout_connection on",
    "keepalive_timeout 30s",
    "http2 on",
    "",
    "# The visitor's address is what a balancer says in its PROXY header; nobody else is believed.",
    ...balancers.map((one) => `set_real_ip_from ${one.inside}`),
    "real_ip_header proxy_protocol",
    "",
    "# Mozilla's intermediate guideline 6.0, the post-quantum group first.",
    ...bundleLines(visitorBundle(site)),
    "ssl_protocols TLSv1.2 TLSv1.3",
    `ssl_ecdh_curve ${publicCurves}`,
    `ssl_conf_command Ciphersuites ${publicSuites}`,
    `ssl_ciphers ${publicCiphers}`,
    "ssl_prefer_server_ciphers off",
    "ssl_session_cache shared:visitors:10m",
    "ssl_session_tickets off",
    "",
    ...limitLines(topology),
    "",
    ...headerLines,
    "",
    ...logLines(limitOf(site.limits.requests) !== undefined),
  ];
}

/** Certificate and key in one file. */
function bundleLines(file: string): readonly string[] {
  return [`ssl_certificate ${file}`, `ssl_certificate_key ${file}`];
}

/** Requests of one address; the site's own hosts and its operators have no key and are not counted. */
function limitLines(topology: Topology): readonly NginxDirective[] {
  const limit = limitOf(topology.site.limits.requests);
  if (limit === undefined) return [];
  const rate = Math.max(1, Math.round((limit.count / limit.seconds) * 60));
  return [
    "# The site's own hosts and its operators are never limited.",
    nginxBlock("geo $is_member", "default 0", ...memberNetworks(topology).map((network) => `${network} 1`)),
    nginxBlock("map $is_member $visitor", "0 $binary_remote_addr", 'default ""'),
    `limit_req_zone $visitor zone=requests:10m rate=${rate}r/m`,
    `limit_req zone=requests burst=${limit.count} nodelay`,
    "limit_req_status 429",
    "limit_req_log_level info",
  ];
}

/** HSTS is ours to promise. The others are defaults: an application that sets its own keeps it. */
const headerLines: readonly NginxDirective[] = [
  "# HSTS is ours to promise. The others are defaults: an application that sets its own keeps it.",
  "more_clear_headers Server",
  `more_set_headers "Strict-Transport-Security: ${hsts}" "X-Request-ID: $request_id"`,
  ...Object.entries(defaultHeaders).flatMap(([name, value]) => {
    const word = name.toLowerCase().replaceAll("-", "_");
    return [
      nginxBlock(
        `map $upstream_http_${word} $sent_${word}`,
        `"" ${nginxWord(value)}`,
        `default $upstream_http_${word}`,
      ),
      `more_set_headers "${name}: $sent_${word}"`,
    ];
  }),
];

/** Where requests of visitors are written down. */
export function visitorsLog(limited: boolean): string {
  return `access_log ${accessLog} visitors buffer=64k flush=1s${limited ? " if=$is_logged" : ""}`;
}

/** The fields of the balancers' log in the other mode. Of refusals one in a hundred is logged. */
function logLines(limited: boolean): readonly NginxDirective[] {
  const fields = {
    ts: "$msec",
    id: "$request_id",
    src: "$remote_addr",
    method: "$request_method",
    host: "$host",
    uri: "$request_uri",
    ua: "$http_user_agent",
    status: "$status",
    bytes: "$bytes_sent",
    t_total: "$request_time",
    tls: "$ssl_protocol",
  };
  const text = Object.entries(fields).map(([key, value]) => `"${key}":"${value}"`);
  return [
    `log_format visitors escape=json '{${text.join(",")}}'`,
    ...(limited
      ? [
          nginxBlock("split_clients $request_id $one_in_hundred", "1% 1", "* 0"),
          nginxBlock("map $status$one_in_hundred $is_logged", "4290 0", "default 1"),
        ]
      : []),
    visitorsLog(limited),
  ];
}

/** Servers that do not serve: for aliases, which lead to the domain, for names that nobody knows, and for the site itself. */
export function otherServers(host: Host, topology: Topology): readonly NginxDirective[] {
  const { site } = topology;
  const unknown = nginxBlock(
    "server",
    "# 421: a browser that reused a connection for another name asks again on one of its own (RFC 9110, 15.5.20).",
    `listen ${host.inside}:${webPort(site)} ssl proxy_protocol default_server backlog=4096`,
    "server_name _",
    "error_page 421 /.rampart/421",
    nginxBlock("location /", "return 421"),
    ownPage(421),
  );
  const aliases = nginxBlock(
    "server",
    `listen ${host.inside}:${webPort(site)} ssl proxy_protocol`,
    `server_name ${site.aliases.join(" ")}`,
    nginxBlock("location /", `return 308 https://${site.domain}$request_uri`),
  );
  return [unknown, ...(site.aliases.length === 0 ? [] : [aliases]), askedServer(host, topology), servedServer];
}

/** By mutual TLS and a name of the site's own CA: whatever becomes of the certificate that visitors see, a host stays in service. */
function askedServer(host: Host, { site }: Topology): NginxDirective {
  return nginxBlock(
    "server",
    "# The balancers ask here whether the host is well. Visitors are never passed on by this name.",
    `listen ${host.inside}:${webPort(site)} ssl proxy_protocol`,
    `server_name ${tierName(site, "web")}`,
    ...insideTlsLines,
    "access_log off",
    pingLocation(site),
    nginxBlock("location /", "return 404"),
  );
}

/** The same file by the same process: what it shows here it shows to visitors. */
const servedServer = nginxBlock(
  "server",
  "# A handshake here shows which certificate visitors get.",
  `listen 127.0.0.1:${servedPort} ssl`,
  "server_name _",
  "access_log off",
  "return 204",
);

/** Servers of the site, as their names are vouched for: more than one where the local name has a certificate of its own. */
export function publicServers(host: Host, site: Site): readonly (readonly NginxDirective[])[] {
  const local = localBundle(site);
  const { localDomain } = site.environment;
  const names = servedNames(site).filter((name) => local === undefined || name !== localDomain);
  const listen = `listen ${host.inside}:${webPort(site)} ssl proxy_protocol`;
  return [
    [listen, `server_name ${names.join(" ")}`],
    ...(local === undefined ? [] : [[listen, `server_name ${localDomain}`, ...bundleLines(local)]]),
  ];
}

/** Seconds after which to come back. */
const retryAfter: Readonly<Record<number, number>> = { 429: 10, 503: 5 };

/** A page of our own for a status, reached by error_page only. */
export function ownPage(status: number): NginxDirective {
  const seconds = retryAfter[status];
  return nginxBlock(
    `location = /.rampart/${status}`,
    "internal",
    `root ${pagesFolder}`,
    "add_header Cache-Control no-store always",
    ...(seconds === undefined ? [] : [`add_header Retry-After ${seconds} always`]),
    `try_files /${status}.html =404`,
  );
}

/** Who asks, for HAProxy beside us, which tells the services. */
export const toldLines: readonly string[] = [
  "proxy_set_header X-Forwarded-For $remote_addr",
  "proxy_set_header X-Request-ID $request_id",
];
