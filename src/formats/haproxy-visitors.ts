import { calmRate, parseDuration, parseRate, type Rate } from "../base/rate.ts";
import { longestBan } from "../model/bans.ts";
import type { Site } from "../model/site.ts";
import type { Topology } from "../model/topology.ts";
import type { HaproxySection } from "./haproxy.ts";
import { haproxyPaths } from "./haproxy-parts.ts";

// What a visitor may do, in HAProxy's words. Places of the counters: sc0 visitors, sc1 logins, sc2 bans.

/** A rate of the site file, counted over ten seconds at least; undefined: no limit. */
export function limitOf(text: string | false): Rate | undefined {
  const rate = text === false ? undefined : parseRate(text);
  return rate && calmRate(rate);
}

/** Variable that is true for members: of the connection, or of the request where visitors' connections end elsewhere. */
export type MemberVariable = "sess.member" | "txn.member";

/** Networks that are never limited or banned: the site's own hosts and its operators. */
export function memberNetworks({ networks, hosts }: Topology): readonly string[] {
  return [
    ...new Set(["127.0.0.0/8", networks.inside, ...networks.admin, ...hosts.flatMap((host) => host.outside ?? [])]),
  ];
}

/** Bans, and failed log-ins by address. `peers`: whether other hosts know of them at once. */
export function banTables(site: Site, peers: boolean): readonly HaproxySection[] {
  const shared = peers ? " peers site" : "";
  const logins = limitOf(site.limits.logins);
  return [
    {
      kind: "backend",
      name: "bans",
      from: "http",
      why: "Who is banned: gpt0 holds the second of the Unix clock at which it ends, gpc0 is 1 when somebody banned by hand.",
      lines: [`stick-table type ip size 100k expire ${longestBan}s store gpt0,gpc0${shared}`],
    },
    ...(logins === undefined
      ? []
      : [
          {
            kind: "backend" as const,
            name: "logins",
            from: "http",
            why: "Failed log-ins by address.",
            lines: [
              `stick-table type ip size 100k expire ${logins.seconds * 2}s store gpc0,gpc0_rate(${logins.seconds}s)${shared}`,
            ],
          },
        ]),
  ];
}

/** What each visitor did lately. Not shared: the address, and all visitors with it, is at one balancer at a time. */
export function visitorTable({ limits }: Site): HaproxySection {
  const rate = (name: string, text: string | false) => {
    const limit = limitOf(text);
    return limit === undefined ? [] : [`${name}(${limit.seconds}s)`];
  };
  const stored = [
    "conn_cur",
    ...rate("conn_rate", limits.connections),
    ...rate("http_req_rate", limits.requests),
    ...rate("http_err_rate", limits.errors),
  ];
  return {
    kind: "backend",
    name: "visitors",
    from: "http",
    why: "What each visitor did lately.",
    lines: [`stick-table type ip size 100k expire 60s store ${stored.join(",")}`],
  };
}

/** The first lines of a frontend that visitors reach: who is counted, and who has too many connections. */
export function connectionLimits(topology: Topology): readonly string[] {
  const { limits } = topology.site;
  const connections = limitOf(limits.connections);
  return [
    "# The site's own hosts and its operators are never limited or banned.",
    `tcp-request connection set-var(sess.member) bool(true) if { src ${memberNetworks(topology).join(" ")} }`,
    "tcp-request connection track-sc0 src table visitors if !{ var(sess.member) -m bool }",
    ...(limits.open === false ? [] : [`tcp-request connection reject if { sc0_conn_cur gt ${limits.open} }`]),
    ...(connections === undefined
      ? []
      : [`tcp-request connection reject if { sc0_conn_rate gt ${connections.count} }`]),
  ];
}

/** For a frontend that does not open the visitors' TLS: who is banned is not heard at all. */
export const refuseBanned: readonly string[] = [
  "tcp-request connection set-var(sess.now) date()",
  "tcp-request connection reject if { src,table_gpt0(bans),sub(sess.now) gt 0 } !{ var(sess.member) -m bool }",
];

/** Answers to visitors who ask too much or are banned. One refusal in a hundred is logged: a flood must not fill the journal. */
export function requestLimits({ limits }: Site, member: MemberVariable): readonly string[] {
  const requests = limitOf(limits.requests);
  const errors = limitOf(limits.errors);
  const tooMany = [
    ...(requests === undefined ? [] : [`{ sc0_http_req_rate gt ${requests.count} }`]),
    ...(errors === undefined ? [] : [`{ sc0_http_err_rate gt ${errors.count} }`]),
  ];
  // A rate counts the period before as well, so that too much is forgotten when two have gone by.
  const later = 2 * Math.max(...[requests, errors].map((limit) => limit?.seconds ?? 0));
  const refused = tooMany.length === 0 ? [] : [refusal(429, "rampart-429.html", tooMany.join(" || "), later)];
  return [
    ...(tooMany.length === 0
      ? []
      : [
          "# One refusal in a hundred is logged: a flood must not fill the journal.",
          ...tooMany.map((condition) => `http-request set-log-level silent if ${condition} !{ rand(100) lt 1 }`),
        ]),
    ...refused,
    "http-request set-var(txn.now) date()",
    refusal(403, "rampart-banned.html", `{ src,table_gpt0(bans),sub(txn.now) gt 0 } !{ var(${member}) -m bool }`),
  ];
}

/** Whole answers from a file, with the seconds after which to come back where that helps. */
function refusal(status: number, page: string, condition: string, later?: number): string {
  const retry = later === undefined ? "" : ` hdr Retry-After ${later}`;
  return `http-request return status ${status} content-type "text/html; charset=utf-8" file ${haproxyPaths.errors}/${page} hdr Cache-Control no-store${retry} if ${condition}`;
}

/**
 * Lines by which failed log-ins lead to a ban, where the answers of services are seen. Every spelling of the path counts.
 */
export function loginLines(site: Site, member: MemberVariable): readonly string[] {
  const ban = parseDuration(site.limits.ban) ?? 3600;
  const logins = limitOf(site.limits.logins);
  const paths = [...new Set(site.app.flatMap((service) => service.login ?? []))];
  if (logins === undefined || paths.length === 0) return [];
  const patterns = paths.map((path) => `^/+${literal(path.replace(/^\/+|\/+$/g, ""))}/*$`);
  const login = "{ var(txn.login) -m bool }";
  return [
    `# ${logins.count} failed log-ins within ${logins.seconds} s: banned for ${ban} s, at every balancer.`,
    `http-request set-var(txn.login) bool(true) if { method POST } { path,url_dec -i -m reg ${patterns.join(" ")} } !{ var(${member}) -m bool }`,
    `http-request track-sc1 src table logins if ${login}`,
    `http-request track-sc2 src table bans if ${login}`,
    `http-response set-var(txn.failed) bool(true) if ${login} { status 401 403 422 429 }`,
    `http-response set-var(txn.failed) bool(true) if ${login} { res.hdr(X-Rampart-Login) -m str failed }`,
    "http-response sc-inc-gpc0(1) if { var(txn.failed) -m bool }",
    `http-response sc-set-gpt0(2) date(${ban}) if { var(txn.failed) -m bool } { sc1_gpc0_rate ge ${logins.count} }`,
    "http-response del-header X-Rampart-Login",
  ];
}

/** Who asks is what we saw, never what the visitor says. `https`: the port by which `localDomain` is published. */
export function tellServices({ environment }: Site): readonly string[] {
  const { localDomain, httpsPort } = environment;
  return [
    "# Who asks is what we saw, never what the visitor says.",
    "http-request del-header x-forwarded- -m beg",
    ...hearsay.map((name) => `http-request del-header ${name}`),
    "http-request set-header X-Forwarded-For %[src]",
    "http-request set-header X-Forwarded-Proto https",
    "http-request set-header X-Forwarded-Host %[req.hdr(host)]",
    "http-request set-header X-Forwarded-Port 443",
    `http-request set-header X-Forwarded-Port ${httpsPort} if { var(txn.host) -m str ${localDomain} }`,
  ];
}

const hearsay = ["Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "Proxy"];

/** True when a service's log-ins are counted. */
export function countsLogins(site: Site): boolean {
  return loginLines(site, "sess.member").length > 0;
}

function literal(text: string): string {
  return text.replace(/[.*+?^$(){}|[\]\\]/g, "\\\\$&");
}
