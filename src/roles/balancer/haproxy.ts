import { type HaproxySection, haproxyFile, haproxyWord } from "../../formats/haproxy.ts";
import {
  globalSection,
  haproxyPaths,
  httpDefaults,
  metricsFrontend,
  noteRequest,
  tcpDefaults,
  toInside,
} from "../../formats/haproxy-parts.ts";
import { peersSections } from "../../formats/haproxy-peers.ts";
import { poolSections, usePool } from "../../formats/haproxy-pool.ts";
import {
  banTables,
  connectionLimits,
  loginLines,
  requestLimits,
  tellServices,
  visitorTable,
} from "../../formats/haproxy-visitors.ts";
import { defaultHeaders, hsts, publicCiphers, publicCurves, publicSuites } from "../../formats/public-tls.ts";
import { localBundle, servedPort, visitorBundle } from "../../formats/visitor-certificate.ts";
import { acmeOf, issuerName } from "../../model/certificate.ts";
import type { Site } from "../../model/site.ts";
import { dashboardNames, localNames, servedNames } from "../../model/site-names.ts";
import { type Host, offersOf, type Topology, tierName } from "../../model/topology.ts";
import { dashboardBackend, dashboardLines, useDashboard } from "./dashboard.ts";
import { alivePort, calmErrors, challengePath } from "./facts.ts";
import { passFrontend, passPool } from "./pass.ts";

/** haproxy.cfg of a balancer: knows who asks too much, and spreads visitors over the web hosts. */
export function balancerHaproxy(host: Host, topology: Topology): string {
  const { site } = topology;
  const peers = peersSections(host, topology);
  const passes = site.tls.terminate === "web";
  const sections = [
    globalSection([...(peers.length === 0 ? [] : [`localpeer ${host.name}`]), ...(passes ? [] : publicTls)]),
    httpDefaults("30s"),
    ...(passes ? [tcpDefaults] : []),
    ...peers,
    aliveFrontend,
    httpFrontend(topology),
    ...challengeBackend(topology),
    ...(passes
      ? [passFrontend(topology), passPool(topology)]
      : [servedFrontend(site), httpsFrontend(topology), ...webPool(topology), ...dashboardBackend(topology)]),
    visitorTable(site),
    ...banTables(site, peers.length > 0),
    metricsFrontend(host.inside, tierName(site, "monitor")),
  ];
  const why = "spreads visitors over the web hosts.";
  return haproxyFile(sections, `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`);
}

const publicTls: readonly string[] = [
  "# Visitors: Mozilla's intermediate guideline 6.0, the post-quantum group first.",
  "ssl-default-bind-options prefer-client-ciphers ssl-min-ver TLSv1.2 no-tls-tickets",
  `ssl-default-bind-curves ${publicCurves}`,
  `ssl-default-bind-ciphersuites ${publicSuites}`,
  `ssl-default-bind-ciphers ${publicCiphers}`,
];

const aliveFrontend: HaproxySection = {
  kind: "frontend",
  name: "alive",
  from: "http",
  why: "Asked by keepalived on this host: does HAProxy still answer?",
  lines: [
    `bind 127.0.0.1:${alivePort}`,
    "no log",
    "http-request return status 200 content-type text/plain string alive",
  ],
};

function httpFrontend(topology: Topology): HaproxySection {
  const { site, networks } = topology;
  const { httpsPort } = site.environment;
  const local = localNames(site);
  const others = [...servedNames(site), ...dashboardNames(site)].filter(
    (name) => name !== site.domain && !local.includes(name),
  );
  const other = acmeOf(site) ? " !challenge" : "";
  return {
    kind: "frontend",
    name: "http",
    from: "http",
    why: "Plain HTTP is answered by the way to HTTPS only; 308 keeps the method and the body.",
    lines: [
      `bind ${networks.virtual}:80`,
      ...connectionLimits(topology),
      ...noteRequest("unique-id"),
      "unique-id-format %[uuid()]",
      ...requestLimits(site, "sess.member"),
      "# Published on a port of the operator's machine.",
      ...(acmeOf(site) ? challengeLines : []),
      ...local.map(
        (name) =>
          `http-request redirect prefix https://${name}${portSuffix(httpsPort)} code 308 if ${hostIs([name])}${other}`,
      ),
      ...others.map((name) => `http-request redirect prefix https://${name} code 308 if ${hostIs([name])}${other}`),
      `http-request redirect prefix https://${site.domain} code 308${acmeOf(site) ? " if !challenge" : ""}`,
      ...(acmeOf(site) ? ["use_backend issuer if challenge"] : []),
    ],
  };
}

/** Before everything else that this port does: a service that answers every path never sees the question. */
const challengeLines: readonly string[] = [
  "# A public CA asks whether the name is ours; the issuer knows the answer, whichever balancer is asked.",
  `acl challenge path_beg ${challengePath}`,
];

function challengeBackend(topology: Topology): readonly HaproxySection[] {
  const { site } = topology;
  if (acmeOf(site) === undefined) return [];
  const tls = toInside(issuerName(site));
  const servers = offersOf(topology, "monitor.issuer");
  return [
    {
      kind: "backend",
      name: "issuer",
      from: "http",
      why: "Where certificates are ordered: answers the public CA's question.",
      lines: servers.map(({ host, address, port }) => `server ${host} ${address}:${port} ${tls}`),
    },
  ];
}

/** The same files by the same process: what it shows here it shows to visitors. */
function servedFrontend(site: Site): HaproxySection {
  return {
    kind: "frontend",
    name: "served",
    from: "http",
    why: "A handshake here shows which certificate visitors get, also while another balancer holds the address.",
    lines: [`bind 127.0.0.1:${servedPort} ssl ${publicCrt(site)}`, "no log", "http-request return status 204"],
  };
}

/** The first is shown to whoever asks for no name. */
function publicCrt(site: Site): string {
  return [visitorBundle(site), localBundle(site)]
    .flatMap((file) => (file === undefined ? [] : `crt ${file}`))
    .join(" ");
}

function httpsFrontend(topology: Topology): HaproxySection {
  const { site, networks } = topology;
  const aliasLines =
    site.aliases.length === 0
      ? []
      : [`http-request redirect prefix https://${site.domain} code 308 if ${hostIs(site.aliases)}`];
  return {
    kind: "frontend",
    name: "https",
    from: "http",
    why: "The site. TLS ends here; what goes on to the web hosts is encrypted again.",
    lines: [
      `bind ${networks.virtual}:443 ssl ${publicCrt(site)} alpn h2,http/1.1`,
      ...connectionLimits(topology),
      ...noteRequest("unique-id"),
      "unique-id-format %[uuid()]",
      ...requestLimits(site, "sess.member"),
      ...aliasLines,
      "# 421: a browser that reused a connection for another name asks again on one of its own (RFC 9110, 15.5.20).",
      `http-request return status 421 content-type "text/html; charset=utf-8" file ${haproxyPaths.errors}/rampart-unknown.html unless ${hostIs([...servedNames(site), ...dashboardNames(site)])}`,
      ...dashboardLines(site),
      "",
      "# A body of known length that trickles is given up after 5 s; streams and large uploads pass.",
      "http-request wait-for-body time 5s if { req.hdr(content-length) -m found }",
      ...loginLines(site, "sess.member"),
      "",
      ...tellServices(site),
      "http-request set-header X-Request-ID %[unique-id]",
      "",
      "# HSTS is the balancer's to promise. The others are defaults: an application that sets its own keeps it.",
      `http-after-response set-header Strict-Transport-Security "${hsts}"`,
      ...Object.entries(defaultHeaders).map(
        ([name, value]) =>
          `http-after-response set-header ${name} ${haproxyWord(value)} unless { res.hdr(${name}) -m found }`,
      ),
      "http-after-response del-header Server",
      "http-after-response set-header X-Request-ID %[unique-id]",
      "",
      ...useDashboard(site),
      ...usePool("web", ""),
    ],
  };
}

function webPool(topology: Topology): readonly HaproxySection[] {
  return poolSections({
    name: "web",
    why: "The web hosts.",
    tlsName: tierName(topology.site, "web"),
    health: "/.rampart/ping",
    servers: offersOf(topology, "web.https").map(({ host: name, address, port }) => ({ name, address, port })),
    lines: calmErrors,
  });
}

function hostIs(names: readonly string[]): string {
  return `{ var(txn.host) -m str ${names.join(" ")} }`;
}

function portSuffix(port: number): string {
  return port === 443 ? "" : `:${port}`;
}
