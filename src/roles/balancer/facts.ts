import { givenOf } from "../../model/certificate.ts";
import type { Site } from "../../model/site.ts";

/** Certificate and key that visitors see. The user's own has a name of its own: the two kinds never share a file. */
export function publicCertificate(site: Site): string {
  return givenOf(site) ? "/etc/haproxy/tls/given.pem" : "/etc/haproxy/tls/public.pem";
}

/** Beside one that the site's CA did not issue: for the name on the operator's machine. */
export const localCertificate = "/etc/haproxy/tls/local.pem";

/** Port on 127.0.0.1 at which a handshake shows what visitors are served, also on the balancer that stands by. */
export const servedPort = 8406;

/** Where a public CA asks for the answer to its challenge (RFC 8555, 8.3). */
export const challengePath = "/.well-known/acme-challenge/";

/** Port on 127.0.0.1 at which keepalived asks whether HAProxy still answers. */
export const alivePort = 8404;

/** Holds 1 while HAProxy is down, 0 while it runs. Written by its unit, read by keepalived. */
export const downFile = "/run/haproxy_down";
