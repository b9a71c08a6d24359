import { type NginxDirective, nginxBlock, nginxClientIs } from "../../formats/nginx.ts";
import { openingTier } from "../../model/certificate.ts";
import { type Host, type Topology, tierName } from "../../model/topology.ts";
import { state } from "./issuer-program.ts";
import { insideServer } from "./nginx.ts";

export const issuerTls = {
  certificate: "/etc/nginx/tls/issuer.crt",
  key: "/etc/nginx/tls/issuer.key",
} as const;

/** The issuer's part of nginx.conf: answers for the balancers, certificate and key for those who open visitors' TLS. */
export function issuerNginx(host: Host, { site }: Topology, port: number): readonly NginxDirective[] {
  const server = insideServer(
    host,
    port,
    issuerTls,
    "# A public CA's question, passed on by whichever balancer it met.",
    nginxBlock(
      "location /.well-known/acme-challenge/",
      nginxBlock("if ($is_balancer = 0)", "return 403"),
      `root ${state.webroot}`,
      "default_type text/plain",
    ),
    "# Certificate, chain and key.",
    nginxBlock(
      "location = /certificate.pem",
      nginxBlock("if ($opens_tls = 0)", "return 403"),
      `alias ${state.bundle}`,
      "default_type application/x-pem-file",
    ),
    nginxBlock("location /", "return 404"),
  );
  return [
    "# A certificate of the site's CA is not enough: it must be of the tier that needs what it asks for.",
    nginxClientIs("$is_balancer", tierName(site, "balancer")),
    nginxClientIs("$opens_tls", tierName(site, openingTier(site))),
    server,
  ];
}
