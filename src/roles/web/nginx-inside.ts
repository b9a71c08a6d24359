import { type NginxDirective, nginxBlock, nginxClientIs } from "../../formats/nginx.ts";
import type { Site } from "../../model/site.ts";
import { tierName } from "../../model/topology.ts";
import { hasWaf, opensTls, tlsFolder } from "./facts.ts";

// What balancers meet: by mutual TLS, in both modes.

/** Who may ask: `$is_balancer` of `insideTlsLines`. */
export function balancerMap(site: Site): readonly NginxDirective[] {
  return [
    "# A certificate of the site's CA is not enough: it must be a balancer's.",
    nginxClientIs("$is_balancer", tierName(site, "balancer")),
  ];
}

/** For a server. Sessions are its own: one that began at another server never knew a client's certificate. */
export const insideTlsLines: readonly NginxDirective[] = [
  `ssl_certificate ${tlsFolder}/web.crt`,
  `ssl_certificate_key ${tlsFolder}/web.key`,
  "ssl_protocols TLSv1.3",
  "ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
  "ssl_session_cache shared:balancers:1m",
  "ssl_session_tickets off",
  "ssl_client_certificate /etc/rampart/ca.crt",
  "ssl_verify_client on",
  nginxBlock("if ($is_balancer = 0)", "return 403"),
];

/** The balancers' question after the host's health. */
export function pingLocation(site: Site): NginxDirective {
  const answer =
    site.app.length > 0
      ? [
          "proxy_http_version 1.1",
          'proxy_set_header Connection ""',
          "# Answered by HAProxy beside us: a host whose way to the services is cut is not well.",
          "proxy_pass http://services",
        ]
      : ["default_type text/plain", 'return 200 "alive"'];
  // With a server of its own there is nobody else.
  const alone = opensTls(site)
    ? []
    : [
        ...(hasWaf(site) ? ["modsecurity off"] : []),
        "# Visitors come with an address, the balancers' own question without one.",
        nginxBlock("if ($http_x_forwarded_for)", "return 404"),
      ];
  return nginxBlock("location = /.rampart/ping", ...alone, ...answer);
}
