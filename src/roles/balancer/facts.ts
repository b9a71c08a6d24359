import { haproxyPaths } from "../../formats/haproxy-parts.ts";

/** Where a public CA asks for the answer to its challenge (RFC 8555, 8.3). */
export const challengePath = "/.well-known/acme-challenge/";

/** Port on 127.0.0.1 at which HAProxy is asked whether it still answers. */
export const alivePort = 8404;

/** Holds 1 while HAProxy is down, 0 while it runs. Written by its unit, read by keepalived. */
export const downFile = "/run/haproxy_down";

/** Holds 1 while HAProxy runs but does not answer, else 0. Written by its watcher, read by keepalived. */
export const hangsFile = "/run/haproxy_hangs";

/** Lines of a backend: when none of its servers answers, visitors get a calm page. */
export const calmErrors: readonly string[] = [502, 503, 504].map(
  (status) => `errorfile ${status} ${haproxyPaths.errors}/rampart-${status}.http`,
);
