import { nginxConfinement } from "../../formats/hardening.ts";
import { nginxBlock, nginxFile, nginxWord } from "../../formats/nginx.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { openingTier } from "../../model/certificate.ts";
import { type Host, type Topology, tierName } from "../../model/topology.ts";
import { state } from "./issuer-program.ts";

export const issuerTls = {
  folder: "/etc/nginx/tls",
  certificate: "/etc/nginx/tls/issuer.crt",
  key: "/etc/nginx/tls/issuer.key",
} as const;

/** nginx.conf of the issuer: answers for the balancers, certificate and key for those who open visitors' TLS. */
export function issuerNginx(facts: {
  readonly host: Host;
  readonly topology: Topology;
  readonly port: number;
  readonly header: string;
}): string {
  const { host, topology, port } = facts;
  const { site } = topology;
  const map = (variable: string, tier: "balancer" | "web") => {
    const name = tierName(site, tier).replaceAll(".", "\\.");
    return nginxBlock(`map $ssl_client_s_dn ${variable}`, "default 0", `${nginxWord(`~(^|,)CN=${name}(,|$)`)} 1`);
  };
  const server = nginxBlock(
    "server",
    `listen ${host.inside}:${port} ssl default_server`,
    "server_name _",
    `ssl_certificate ${issuerTls.certificate}`,
    `ssl_certificate_key ${issuerTls.key}`,
    "ssl_protocols TLSv1.3",
    "ssl_session_tickets off",
    "ssl_client_certificate /etc/rampart/ca.crt",
    "ssl_verify_client on",
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
  return nginxFile(
    [
      "user www-data",
      "worker_processes 1",
      "pid /run/nginx.pid",
      "error_log syslog:server=unix:/dev/log,nohostname warn",
      nginxBlock("events", "worker_connections 256"),
      "",
      nginxBlock(
        "http",
        "server_tokens off",
        "access_log off",
        "# A certificate of the site's CA is not enough: it must be of the tier that needs what it asks for.",
        map("$is_balancer", "balancer"),
        map("$opens_tls", openingTier(site)),
        server,
      ),
    ],
    facts.header,
  );
}

export function issuerNginxDropIn(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Wants", "network-online.target"],
          ["After", "network-online.target"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [["Restart", "always"], ["RestartSec", "100ms"], ...nginxConfinement],
      },
    ],
    header,
  );
}
