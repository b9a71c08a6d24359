import type { HaproxySection } from "../../formats/haproxy.ts";
import { haproxyPaths, jsonTcpLog } from "../../formats/haproxy-parts.ts";
import { anywayLines, hostLossLines } from "../../formats/haproxy-pool.ts";
import { connectionLimits, refuseBanned } from "../../formats/haproxy-visitors.ts";
import { publicNames } from "../../model/site-names.ts";
import { offersOf, type Topology, tierName } from "../../model/topology.ts";

// `tls.terminate: "web"`: the balancer reads the name that a visitor's TLS begins with, and nothing else.

/** Visitors' TLS, passed on as it comes. A name that is not the site's, or none, is closed without a word. */
export function passFrontend(topology: Topology): HaproxySection {
  return {
    kind: "frontend",
    name: "https",
    from: "tcp",
    why: "The site. TLS is passed on as it comes, and opened by the web hosts.",
    lines: [
      `bind ${topology.networks.virtual}:443`,
      ...connectionLimits(topology),
      ...refuseBanned,
      jsonTcpLog,
      "# The web hosts log each request, with the visitor's address. Here only what was refused or failed is.",
      "option dontlog-normal",
      "# To the journal, too.",
      "option log-separate-errors",
      "# Whoever does not begin within 5 s is closed.",
      "tcp-request inspect-delay 5s",
      "tcp-request content set-var(sess.name) req.ssl_sni,lower",
      "tcp-request content reject if !{ req.ssl_hello_type 1 }",
      `tcp-request content reject if !{ req.ssl_sni -i ${publicNames(topology.site).join(" ")} }`,
      "default_backend web",
    ],
  };
}

/**
 * The web hosts. They are asked for their health by mutual TLS behind a PROXY header, and by a name inside: whatever becomes of
 * the certificate that visitors see, an end of it takes no host out.
 */
export function passPool(topology: Topology): HaproxySection {
  const name = tierName(topology.site, "web");
  const { ca, certificate } = haproxyPaths;
  return {
    kind: "backend",
    name: "web",
    from: "tcp",
    why: "The web hosts. They learn the visitor's address from a PROXY header (version 2).",
    lines: [
      "# A visitor comes to the same web host again, whichever balancer sends him: there his TLS session is known, which spares",
      "# half of the handshake, and his requests are counted by one host. None gets more than twice its share of connections.",
      "balance source",
      "hash-type consistent",
      "hash-balance-factor 200",
      ...hostLossLines,
      "option httpchk",
      `http-check send meth GET uri /.rampart/ping ver HTTP/1.1 hdr Host ${name}`,
      "http-check expect status 200",
      "# Connections to a host that is lost are closed at once, so that browsers ask again.",
      `default-server weight 100 check inter 600ms fastinter 200ms downinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions check-send-proxy check-ssl check-sni ${name} check-alpn http/1.1 verify required ca-file ${ca} crt ${certificate} verifyhost ${name}`,
      ...offersOf(topology, "web.https").map(
        ({ host, address, port }) => `server ${host} ${address}:${port} tcp-ut 2s send-proxy-v2`,
      ),
      ...anywayLines(
        offersOf(topology, "web.https").map(
          ({ host, address, port }) =>
            `server ${host}-anyway ${address}:${port} tcp-ut 2s send-proxy-v2 no-check backup`,
        ),
      ),
    ],
  };
}
